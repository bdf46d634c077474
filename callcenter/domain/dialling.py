"""What an agent may dial: a colleague's extension, a queue, or a number that the policy allows.

A hijacked account must not be able to ring premium numbers around the world at our expense, so
what is not allowed is refused: a number has to be whole (E.164, or digits that are listed
themselves, like 95588), begin with an allowed prefix and with no refused one, and be no
premium-rate number. Feature codes (``*43``) are no numbers.

Emergency numbers are refused whatever is allowed, and with a reason of their own: the trunk would
tell the rescuers where the switch stands, not where the agent sits.

What is returned goes into a dial string: it is digits, after a "+" at most, whatever came in and
whatever stands in the list of extensions.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ShortNumberCost

from callcenter.domain.phone import normalise

_EMERGENCY_ANYWHERE = frozenset({"112", "911"})  # people dial these wherever they are
_NEVER = re.compile("[&;|]")  # two places to dial, or what a URI says besides its number
_SAFE = re.compile(r"\+?[0-9]{1,32}")
_SAFE_QUEUE = re.compile(r"[A-Za-z0-9_-]{1,60}")


class NotDialable(ValueError):
    """`code`: ``not_a_number``, ``emergency_number``, ``number_not_allowed``, ``premium_number``;
    the text is plain."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class DialRules:
    """`region` is where a number without a country code is dialled. Prefixes are as numbers are
    kept: "+86", "+" for the whole world, "95588"."""

    region: str
    allowed: tuple[str, ...]
    refused: tuple[str, ...] = ()
    premium: bool = False  # premium-rate numbers, too


@dataclass(frozen=True, slots=True)
class Target:
    number: str  # as it goes to the dialplan: an extension, E.164 with "+", or digits
    internal: bool


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Minor units of money per minute begun, by the beginning of the number; the longest counts.
    What no prefix names costs nothing."""

    per_minute: Mapping[str, int] = field(default_factory=dict)

    def cost(self, number: str, seconds: float) -> int:
        fitting = [prefix for prefix in self.per_minute if number.startswith(prefix)]
        if not fitting or seconds <= 0:
            return 0
        return self.per_minute[max(fitting, key=len)] * ceil(seconds / 60)


def dialable(raw: str, rules: DialRules, extensions: Container[str]) -> Target:
    """Raises NotDialable."""
    wanted = raw.strip()
    if wanted in extensions and _SAFE.fullmatch(wanted):
        return Target(wanted, internal=True)
    number = normalise(wanted, rules.region)
    norm = number.norm
    if _NEVER.search(wanted) or not _SAFE.fullmatch(norm):
        raise NotDialable("not_a_number", f"{wanted[:40]!r} is not a telephone number.")
    if number.kind == "digits" and _is_emergency(norm, rules.region):
        raise NotDialable(
            "emergency_number",
            "Emergency numbers are not dialled from here:"
            " use a telephone that knows where you are.",
        )
    if not rules.premium and _is_premium(norm, rules.region):
        raise NotDialable("premium_number", f"{number.display} is a premium-rate number.")
    if not _begins(norm, rules.allowed) or _begins(norm, rules.refused):
        raise NotDialable("number_not_allowed", f"Calls to {number.display} are not allowed.")
    return Target(norm, internal=False)


def queue_exten(name: str) -> str:
    """Where the dialplan puts a caller into this queue. Raises NotDialable."""
    if not _SAFE_QUEUE.fullmatch(name):
        raise NotDialable("not_a_number", f"{name[:40]!r} cannot be dialled.")
    return f"q-{name}"


def _begins(number: str, prefixes: Iterable[str]) -> bool:
    return any(number.startswith(prefix) for prefix in prefixes)


def _is_emergency(digits: str, region: str) -> bool:
    """Also with digits behind it, where the network would not wait for them."""
    connects: bool = phonenumbers.connects_to_emergency_number(digits, region)
    return connects or digits in _EMERGENCY_ANYWHERE


def _is_premium(norm: str, region: str) -> bool:
    try:
        parsed = phonenumbers.parse(norm, region)
    except NumberParseException:
        return False
    if norm.startswith("+"):
        return bool(phonenumbers.number_type(parsed) == PhoneNumberType.PREMIUM_RATE)
    cost = phonenumbers.expected_cost_for_region(parsed, region)
    return bool(cost == ShortNumberCost.PREMIUM_RATE)
