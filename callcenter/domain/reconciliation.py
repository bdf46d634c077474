"""Our log of calls beside the switch's own record: what differs, call by call.

Tolerances: `CLOSE_S` on times, because two programs saw them; hold and consultation count as talk,
because the switch's record does not tell them apart everywhere. queue_log counts whole seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

CLOSE_S: Final = 1.0
QUEUE_LOG_S: Final = 2.0


class Kind(StrEnum):
    MISSING = "missing"  # the switch has it, we do not
    EXTRA = "extra"  # we have it, the switch does not
    OPEN = "open"  # it ended, and goes on in our log
    RESULT = "result"
    DIRECTION = "direction"
    LEGS = "legs"  # who was in it, and how they came out
    TIMES = "times"
    QUEUE = "queue"  # which queues, and how each stay ended
    WAITS = "waits"
    UNREADABLE = "unreadable"  # what the switch recorded of it is damaged


@dataclass(frozen=True, slots=True)
class LegFacts:
    leg_id: str
    role: str
    result: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    connected_s: float


@dataclass(frozen=True, slots=True)
class StayFacts:
    """A stay in a queue. `outcome`: `telephony.events.VisitOutcome`."""

    queue: str
    wait_s: float
    outcome: str  # "": not told


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Of one call, from either side. `ended_at` is None while it goes on."""

    call_id: UUID
    uniqueid: str
    direction: str
    result: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_s: float
    queues: tuple[str, ...] = ()
    legs: tuple[LegFacts, ...] = ()
    stays: tuple[StayFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """`ours` and `theirs` are what JSON can hold; None where the side has nothing."""

    call_id: UUID
    uniqueid: str
    kind: Kind
    ours: Any = None
    theirs: Any = None


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared. `counted`: the stays of queue_log by the caller's Uniqueid, if there is
    one. `going_on`: calls that had not ended for the one or the other. `unreadable`: calls of which
    the switch's record lacks lines, with their Uniqueids."""

    ours: Mapping[UUID, CallFacts]
    theirs: Mapping[UUID, CallFacts]
    going_on: Collection[UUID] = ()
    counted: Mapping[str, Sequence[StayFacts]] = field(default_factory=dict)
    unreadable: Mapping[UUID, str] = field(default_factory=dict)


def compare(sides: Sides) -> list[Difference]:
    """Ordered by the calls' beginnings; what cannot be compared comes last."""
    every = {**sides.theirs, **sides.ours}
    found: list[Difference] = []
    for call_id, one in sorted(every.items(), key=lambda item: (item[1].started_at, item[0].hex)):
        if call_id not in sides.going_on and call_id not in sides.unreadable:
            found += _call(one, sides.ours.get(call_id), sides.theirs.get(call_id))
            stays = sides.counted.get(one.uniqueid)
            if stays is not None and call_id in sides.ours:
                found += _counted(sides.ours[call_id], stays)
    for call_id, uniqueid in sides.unreadable.items():
        mine = sides.ours.get(call_id)
        found.append(Difference(call_id, uniqueid, Kind.UNREADABLE, mine and _whole(mine)))
    return found


def _call(one: CallFacts, ours: CallFacts | None, theirs: CallFacts | None) -> Iterator[Difference]:
    if ours is None or theirs is None:
        kind = Kind.MISSING if ours is None else Kind.EXTRA
        yield Difference(
            one.call_id, one.uniqueid, kind, ours and _whole(ours), theirs and _whole(theirs)
        )
        return
    if ours.ended_at is None:
        yield _said(ours, Kind.OPEN, None, _time(theirs.ended_at))
        return
    if ours.direction != theirs.direction:
        yield _said(ours, Kind.DIRECTION, ours.direction, theirs.direction)
    if ours.result != theirs.result:
        yield _said(ours, Kind.RESULT, ours.result, theirs.result)
    yield from _legs(ours, theirs)
    yield from _times(ours, theirs)
    yield from _stays(ours, theirs)


def _legs(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine = {leg.leg_id: [leg.role, leg.result] for leg in ours.legs}
    other = {leg.leg_id: [leg.role, leg.result] for leg in theirs.legs}
    if mine != other:
        both = {name for name in mine if mine[name] == other.get(name)}
        yield _said(
            ours,
            Kind.LEGS,
            {name: leg for name, leg in mine.items() if name not in both},
            {name: leg for name, leg in other.items() if name not in both},
        )


def _times(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine: dict[str, Any] = {}
    other: dict[str, Any] = {}

    def put(name: str, one: datetime | float | None, two: datetime | float | None) -> None:
        if not _near(one, two):
            mine[name], other[name] = _plain(one), _plain(two)

    for name in ("started_at", "answered_at", "ended_at"):
        put(name, getattr(ours, name), getattr(theirs, name))
    their_legs = {leg.leg_id: leg for leg in theirs.legs}
    for leg in ours.legs:
        if (same := their_legs.get(leg.leg_id)) is not None:
            for name in ("started_at", "answered_at", "ended_at", "connected_s"):
                put(f"{leg.leg_id} {name}", getattr(leg, name), getattr(same, name))
    if mine:
        yield _said(ours, Kind.TIMES, mine, other)


def _stays(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine, other = _path(ours), _path(theirs)
    if mine != other:
        yield _said(ours, Kind.QUEUE, mine, other)
        return
    waits = [ours.wait_s, *(stay.wait_s for stay in ours.stays)]
    their_waits = [theirs.wait_s, *(stay.wait_s for stay in theirs.stays)]
    if not all(_near(one, two) for one, two in zip(waits, their_waits, strict=True)):
        yield _said(ours, Kind.WAITS, waits, their_waits)


def _counted(ours: CallFacts, stays: Sequence[StayFacts]) -> Iterator[Difference]:
    """Against queue_log: who was not let in is not in it, and how a stay ended not always."""
    mine = [stay for stay in ours.stays if stay.outcome != "full"]
    told = [[stay.queue, stay.outcome] for stay in stays]
    alike = len(mine) == len(stays) and all(
        one.queue == two.queue and two.outcome in ("", one.outcome)
        for one, two in zip(mine, stays, strict=True)
    )
    if not alike:
        own = [[stay.queue, stay.outcome] for stay in mine]
        yield _said(ours, Kind.QUEUE, own, {"queue_log": told})
        return
    ended = [(one.wait_s, two.wait_s) for one, two in zip(mine, stays, strict=True) if two.outcome]
    if any(abs(one - two) > QUEUE_LOG_S for one, two in ended):
        waits = {"queue_log": [two for _, two in ended]}
        yield _said(ours, Kind.WAITS, [one for one, _ in ended], waits)


def _path(call: CallFacts) -> list[Any]:
    return [list(call.queues), [[stay.queue, stay.outcome] for stay in call.stays]]


def _near(one: datetime | float | None, two: datetime | float | None) -> bool:
    if one is None or two is None:
        return one is two
    if isinstance(one, datetime) and isinstance(two, datetime):
        return abs((one - two).total_seconds()) <= CLOSE_S
    if isinstance(one, datetime) or isinstance(two, datetime):
        return False
    return abs(one - two) <= CLOSE_S


def _whole(call: CallFacts) -> dict[str, Any]:
    return {
        "direction": call.direction,
        "result": call.result,
        "started_at": _time(call.started_at),
        "ended_at": _time(call.ended_at),
        "queues": list(call.queues),
        "legs": len(call.legs),
    }


def _said(call: CallFacts, kind: Kind, ours: Any, theirs: Any) -> Difference:
    return Difference(call.call_id, call.uniqueid, kind, ours, theirs)


def _plain(value: datetime | float | None) -> Any:
    return _time(value) if isinstance(value, datetime) else value


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None
