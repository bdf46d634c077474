"""A company's colour on the desk: legible in both themes, or refused.

Contrast is that of WCAG 2.2: text needs 4.5:1 on its ground (1.4.3), what shows where a control is
needs 3:1 on the surface (1.4.11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

TEXT: Final = 4.5
CONTROL: Final = 3.0

WHITE, BLACK = "#ffffff", "#000000"
# The desk's grounds that come closest to an accent (agent_ui/src/styles/tokens.css): the darkest
# of the light theme, the lightest of the dark one.
LIGHT_GROUND, DARK_GROUND = "#eef0f3", "#20252e"
_STEPS = 100


class Illegible(ValueError):
    """The text says what is expected."""


@dataclass(frozen=True, slots=True)
class Accent:
    colour: str
    text: str  # on it


def for_light(colour: str) -> Accent:
    """Raises Illegible for what is no colour, or hardly seen on a light ground."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise Illegible("a colour like #24324a")
    if contrast(colour, LIGHT_GROUND) < CONTROL:
        raise Illegible(f"a darker colour: on a light page it is hardly seen (under {CONTROL:g}:1)")
    return Accent(colour.lower(), _text_on(colour))


def for_dark(colour: str) -> Accent:
    """The same colour, as much lighter as a dark ground needs."""
    for step in range(_STEPS + 1):
        lighter = _mixed(colour, WHITE, step / _STEPS)
        if contrast(lighter, DARK_GROUND) >= CONTROL:
            break
    return Accent(lighter, _text_on(lighter))


def contrast(one: str, other: str) -> float:
    """1 … 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _text_on(colour: str) -> str:
    """One of the two always reaches 4.5:1, for √21 > 4.5."""
    return WHITE if contrast(colour, WHITE) >= TEXT else BLACK


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _mixed(one: str, other: str, share: float) -> str:
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
