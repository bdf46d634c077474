"""Whose call centre this is, as screens are told; and its logo, held in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from callcenter.domain import colours, pictures
from callcenter.services.records import Company

LOGO_PATH = "/company/logo"


@dataclass(frozen=True, slots=True)
class Logo:
    data: bytes
    media_type: str
    version: str  # another picture has another


def read_logo(file: str) -> Logo | None:
    """None for "". Raises OSError."""
    if not file:
        return None
    data = Path(file).read_bytes()
    return Logo(data, pictures.media_type(data), hashlib.sha256(data).hexdigest()[:12])


def company(name: str, accent: str, logo: Logo | None) -> Company:
    """`accent` is one that the settings took, or ""."""
    logo_url = f"{LOGO_PATH}?{logo.version}" if logo else ""
    if not accent:
        return Company(name=name, logo_url=logo_url)
    light, dark = colours.for_light(accent), colours.for_dark(accent)
    return Company(name, light.colour, light.text, dark.colour, dark.text, logo_url)
