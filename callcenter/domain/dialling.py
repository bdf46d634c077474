"""What an agent may dial: a colleague's extension, or a number under an allowed prefix.

A hijacked account must not be able to ring premium numbers around the world at our expense, so
what is not allowed is refused: a number has to be whole (E.164, or digits that are listed
themselves, like 95588) and begin with one of the prefixes. Feature codes (``*43``) are no numbers.

Emergency numbers are refused whatever is allowed, and with a reason of their own: the trunk would
tell the rescuers where the switch stands, not where the agent sits.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

import phonenumbers

from callcenter.domain.phone import normalise

_EMERGENCY_ANYWHERE = frozenset({"112", "911"})  # people dial these wherever they are


class NotDialable(ValueError):
    """`code`: ``not_a_number``, ``emergency_number``, ``number_not_allowed``; the text is plain."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    number: str  # as it goes to the dialplan: an extension, E.164 with "+", or digits
    internal: bool


def dialable(raw: str, region: str, prefixes: Iterable[str], extensions: Container[str]) -> Target:
    """Raises NotDialable. `region` is where a number without a country code is dialled."""
    wanted = raw.strip()
    if wanted in extensions:
        return Target(wanted, internal=True)
    number = normalise(wanted, region)
    if not number.norm:
        raise NotDialable("not_a_number", f"{wanted[:40]!r} is not a telephone number.")
    if number.kind == "digits" and _is_emergency(number.norm, region):
        raise NotDialable(
            "emergency_number",
            "Emergency numbers are not dialled from here:"
            " use a telephone that knows where you are.",
        )
    if not any(number.norm.startswith(prefix) for prefix in prefixes):
        raise NotDialable("number_not_allowed", f"Calls to {number.display} are not allowed.")
    return Target(number.norm, internal=False)


def _is_emergency(digits: str, region: str) -> bool:
    """Also with digits behind it, where the network would not wait for them."""
    connects: bool = phonenumbers.connects_to_emergency_number(digits, region)
    return connects or digits in _EMERGENCY_ANYWHERE
