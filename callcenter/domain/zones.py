"""Time zones by their IANA names. The `tzdata` package knows them where the machine does not."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

EXPECTED: Final = "a time zone's IANA name, like Asia/Shanghai"


@cache
def _known() -> frozenset[str]:
    """Looked for once: it reads hundreds of files."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in _known()
