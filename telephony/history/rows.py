"""What a record of the switch says: one row per thing that happened to a channel (CEL).

Columns: `config/asterisk/cel_custom.conf`; names as Asterisk's CEL specification has them. There is
no hold in CEL, and no ringing: a device rings from the birth of its channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from telephony.events import CallLog
from telephony.problems import Problem


@dataclass(frozen=True, slots=True)
class CelRow:
    """`at` in Unix seconds by the switch's clock; `extra` is the event's own JSON object."""

    event: str  # CHAN_START, ANSWER, BRIDGE_ENTER …
    at: float
    uniqueid: str
    linkedid: str
    channel: str
    number: str = ""
    name: str = ""
    context: str = ""
    exten: str = ""
    app: str = ""
    data: str = ""
    peer: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadLine:
    """Something in the record that is no row. `where` is like ``callcenter.csv:1203``."""

    where: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows in the order of their time (where the switch's clock went back: in the order in which
    they were written), and what could not be read among them: the first few, and how many in all.

    `complete_from` is how far back the record goes: earlier calls may have been rotated away."""

    rows: Sequence[CelRow]
    bad: Sequence[BadLine] = ()
    complete_from: datetime | None = None
    bad_count: int = 0


class HistoryUnavailable(Exception):
    """The record cannot be read at all: `problem` says why, and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class HistorySource(Protocol):
    async def read(self, since: datetime, until: datetime) -> Reading:
        """Rows of calls (linkedid groups) any of which lies within; whole groups, so that calls are
        whole. Times by the switch's clock. Raises HistoryUnavailable."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A call that cannot be rebuilt: its channels, the first one first, and when the first row of
    any of them is."""

    uniqueids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`logs`: calls that ended, as `CallLog(from_history=True)` with the ids they always have;
    `unfinished`: Uniqueids of the first channels of calls that had not ended; `merged`: (call,
    the call that it proved to be part of), in order: the first of the two is no call of its own;
    `incomplete`: calls that are not rebuilt, because the rows lack their beginning; `deaf`:
    Uniqueids of channels that listened to calls outside the rows."""

    logs: Sequence[CallLog]
    unfinished: Sequence[str] = ()
    merged: Sequence[tuple[UUID, UUID]] = ()
    incomplete: Sequence[Incomplete] = ()
    deaf: Sequence[str] = ()
