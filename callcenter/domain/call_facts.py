"""What can be compared of a call, from whichever side it was seen. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LegFacts:
    """`spoken_s`: in talk, with somebody on hold, or in consultation; the switch's record does not
    tell these apart everywhere. `interface` is the switch's own name of the device."""

    leg_id: str
    interface: str
    role: str
    result: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    ring_s: float
    wait_s: float
    connected_s: float
    spoken_s: float
    ended_by: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class StayFacts:
    """A stay in a queue. `outcome`: `telephony.events.VisitOutcome`."""

    queue: str
    wait_s: float
    outcome: str  # "": not told
    priority: int = 0
    joined_at: datetime | None = None  # None: not told
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TransferFacts:
    kind: str
    by: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallFacts:
    """`ended_at` is None while it goes on."""

    call_id: UUID
    uniqueid: str
    direction: str
    result: str | None
    caller: str
    caller_name: str
    dialled: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_s: float
    connected_s: float
    queues: tuple[str, ...] = ()
    legs: tuple[LegFacts, ...] = ()
    stays: tuple[StayFacts, ...] = ()
    transfers: tuple[TransferFacts, ...] = ()
    linked: frozenset[UUID] = frozenset()
