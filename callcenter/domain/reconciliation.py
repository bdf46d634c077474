"""Our log of calls beside the switch's own record: what differs, call by call.

Tolerances: `CLOSE_S` on times, because two programs saw them; hold and consultation count as talk,
because the switch's record does not tell them apart everywhere. queue_log counts whole seconds.
What the record cannot know is no difference: whether a telephone refused by a hand or was busy,
whom a click-to-dial was for that nobody picked up, and links to calls of other switches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from callcenter.domain.call_facts import CallFacts, LegFacts, StayFacts, TransferFacts

CLOSE_S: Final = 1.0
QUEUE_LOG_S: Final = 2.0

_ALIKE: Final = {"rejected": "busy", "declined": "busy"}  # results and causes, to the record
_CALL_TIMES: Final = ("started_at", "answered_at", "ended_at", "connected_s")
_LEG_TIMES: Final = (
    *("started_at", "answered_at", "ended_at"),
    *("ring_s", "wait_s", "connected_s", "spoken_s"),
)


class Kind(StrEnum):
    MISSING = "missing"  # the switch has it, we do not
    EXTRA = "extra"  # we have it, the switch does not
    OPEN = "open"  # it ended, and goes on in our log
    RESULT = "result"
    DIRECTION = "direction"
    PARTIES = "parties"  # who called whom, and by which devices
    LEGS = "legs"  # who was in it, and how they came out
    ENDED_BY = "ended_by"  # who ended each part in it, and why
    TRANSFERS = "transfers"
    LINKS = "links"  # to the calls that belong to it
    TIMES = "times"
    QUEUE = "queue"  # which queues, and how each stay ended
    WAITS = "waits"
    UNREADABLE = "unreadable"  # what the switch recorded of it is damaged


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
    if _heard(ours.result) != _heard(theirs.result):
        yield _said(ours, Kind.RESULT, ours.result, theirs.result)
    yield from _parties(ours, theirs)
    yield from _legs(ours, theirs)
    yield from _ends(ours, theirs)
    yield from _transfers(ours, theirs)
    yield from _times(ours, theirs)
    yield from _stays(ours, theirs)


def _legs(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine = {leg.leg_id: leg for leg in ours.legs}
    other = {leg.leg_id: leg for leg in theirs.legs}
    both = {
        one.leg_id
        for one, two in _pairs(ours, theirs)
        if (one.role, _heard(one.result)) == (two.role, _heard(two.result))
    }
    if both != mine.keys() | other.keys():
        yield _said(
            ours,
            Kind.LEGS,
            {name: [leg.role, leg.result] for name, leg in mine.items() if name not in both},
            {name: [leg.role, leg.result] for name, leg in other.items() if name not in both},
        )


def _heard(said: str | None) -> str | None:
    return _ALIKE.get(said, said) if said else None


def _parties(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine, other = _named(ours), _named(theirs)
    if not theirs.dialled:  # of a click-to-dial that was not picked up
        mine["dialled"] = ""
    for leg in [*mine.keys() ^ other.keys()]:  # a leg that one side lacks: see `_legs`
        mine.pop(leg, None)
        other.pop(leg, None)
    yield from _unlike(ours, Kind.PARTIES, mine, other)


def _named(call: CallFacts) -> dict[str, Any]:
    names = ("uniqueid", "caller", "caller_name", "dialled")
    return {name: getattr(call, name) for name in names} | {
        leg.leg_id: leg.interface for leg in call.legs
    }


def _ends(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    """Of legs that came out alike by both: else how they ended follows from that."""
    mine: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for one, two in _pairs(ours, theirs):
        if _heard(one.result) == _heard(two.result):
            mine[one.leg_id] = [one.ended_by, _heard(one.cause)]
            other[two.leg_id] = [two.ended_by, _heard(two.cause)]
    yield from _unlike(ours, Kind.ENDED_BY, mine, other)


def _transfers(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine, other = ([_plainly(one) for one in call.transfers] for call in (ours, theirs))
    alike = [one[:-1] for one in mine] == [one[:-1] for one in other]
    if not alike or not all(
        _near(one.at, two.at) for one, two in zip(ours.transfers, theirs.transfers, strict=True)
    ):
        yield _said(ours, Kind.TRANSFERS, mine, other)
    if lacking := theirs.linked - ours.linked:
        yield _said(ours, Kind.LINKS, [], sorted(map(str, lacking)))


def _plainly(one: TransferFacts) -> list[Any]:
    return [one.kind, one.by, one.to, _time(one.at)]


def _pairs(ours: CallFacts, theirs: CallFacts) -> list[tuple[LegFacts, LegFacts]]:
    same = {leg.leg_id: leg for leg in theirs.legs}
    return [(leg, same[leg.leg_id]) for leg in ours.legs if leg.leg_id in same]


def _unlike(
    call: CallFacts, kind: Kind, mine: dict[str, Any], other: dict[str, Any]
) -> Iterator[Difference]:
    """Of what both have, by the same names: only what differs is shown."""
    names = [name for name in mine if mine[name] != other[name]]
    if names:
        yield _said(
            call, kind, {name: mine[name] for name in names}, {name: other[name] for name in names}
        )


def _times(ours: CallFacts, theirs: CallFacts) -> Iterator[Difference]:
    mine: dict[str, Any] = {}
    other: dict[str, Any] = {}

    def put(name: str, one: datetime | float | None, two: datetime | float | None) -> None:
        if not _near(one, two):
            mine[name], other[name] = _plain(one), _plain(two)

    for name in _CALL_TIMES:
        put(name, getattr(ours, name), getattr(theirs, name))
    for leg, same in _pairs(ours, theirs):
        for name in _LEG_TIMES:
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
    edges = [at for stay in ours.stays for at in (stay.joined_at, stay.left_at)]
    their_edges = [at for stay in theirs.stays for at in (stay.joined_at, stay.left_at)]
    if not all(
        _near(one, two)
        for one, two in zip([*waits, *edges], [*their_waits, *their_edges], strict=True)
    ):
        waits += [_plain(at) for at in edges]
        their_waits += [_plain(at) for at in their_edges]
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
    return [list(call.queues), [[one.queue, one.outcome, one.priority] for one in call.stays]]


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
