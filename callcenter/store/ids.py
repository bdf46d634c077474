"""Ids: made by us, so that a record can be made offline, and sortable by time of birth."""

from __future__ import annotations

from datetime import datetime
from random import Random
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

_DEFAULTS = UUID("1c0a2b0e-6d0f-5d7e-8d8e-2f8b7f5b9a01")


def new_id() -> UUID:
    """A UUIDv7: later ids sort after earlier ones, on every machine."""
    return uuid7()


def default_id(table: str, code: str) -> UUID:
    """The id of a row that ships with the product: the same in every installation."""
    return uuid5(_DEFAULTS, f"{table}/{code}")


def id_at(moment: datetime, random: Random) -> UUID:
    """A UUIDv7 as it would have been made at that moment, from this source of chance."""
    milliseconds = int(moment.timestamp() * 1000)
    bits = random.getrandbits(74)
    high = milliseconds << 16 | 0x7000 | bits >> 62
    return UUID(int=high << 64 | 0b10 << 62 | bits & (1 << 62) - 1)
