"""The log branch's way in: what happened, as bytes that survive us, and back.

A record is one JSON object ``{"t": type, "d": fields}``. Besides telephony events the log keeps
what agents did (`AgentStateBegan`, `WrapUpDone`), how their lines sounded (`LineHeard`) and when
we ran ourselves. Events that the log
does not need are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from telephony import events


@dataclass(frozen=True, slots=True)
class AgentStateBegan:
    """Told again, with the same user, time and state, when only what follows it has changed."""

    user_id: UUID
    state: str
    reason: str
    at: datetime
    then: str = ""  # this and the rest: `domain.agents.Status`; journals of old lack them
    then_reason: str = ""
    until: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrapUpDone:
    call_id: UUID
    user_id: UUID
    seconds: float


@dataclass(frozen=True, slots=True)
class LineQuality:
    """Share of packets lost, milliseconds, MOS 1 … 5."""

    loss: float
    jitter_ms: float
    rtt_ms: float
    mos: float

    def worst(self, other: LineQuality) -> LineQuality:
        """Of each figure the worse one."""
        return LineQuality(
            loss=max(self.loss, other.loss),
            jitter_ms=max(self.jitter_ms, other.jitter_ms),
            rtt_ms=max(self.rtt_ms, other.rtt_ms),
            mos=min(self.mos, other.mos),
        )


@dataclass(frozen=True, slots=True)
class LineHeard:
    """How an ended leg sounded at its worst. Told again, of each figure the worse counts."""

    pbx: str
    leg_id: str
    quality: LineQuality


@dataclass(frozen=True, slots=True)
class Alive:
    """We ran at this time: from time to time, and as the last thing of a run that ends in order."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RunBegan:
    """What the run before left open ended with that run, when it was last known to be alive."""

    at: datetime
    alive_until: datetime


Record = (
    events.CallArrived
    | events.CallQueued
    | events.CallAnswered
    | events.CallMerged
    | events.LegEnded
    | events.CallEnded
    | AgentStateBegan
    | WrapUpDone
    | LineHeard
    | Alive
    | RunBegan
)

KEPT: tuple[type[Any], ...] = (
    events.CallArrived,
    events.CallQueued,
    events.CallAnswered,
    events.CallMerged,
    events.LegEnded,
    events.CallEnded,
    AgentStateBegan,
    WrapUpDone,
    LineHeard,
    Alive,
    RunBegan,
)


class BadRecord(ValueError):
    """Bytes in the journal that are no record of ours."""


@cache
def _adapters() -> dict[str, TypeAdapter[Record]]:
    """Made when a journal is replayed, and not at every start."""
    return {kind.__name__: TypeAdapter(kind) for kind in KEPT}


def encode(record: Record) -> bytes:
    return orjson.dumps({"t": type(record).__name__, "d": record})


def decode(data: bytes) -> Record:
    """Raises BadRecord."""
    try:
        told = orjson.loads(data)
        return _adapters()[told["t"]].validate_python(told["d"])
    except (orjson.JSONDecodeError, ValidationError, KeyError, TypeError) as error:
        raise BadRecord(f"{error}: {data[:200]!r}") from None
