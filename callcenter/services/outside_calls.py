"""Connections to the outside that go on, and who made them: the log has them once they are over.

Rules
1. Whom an agent dials is theirs until it ends, also when a colleague talks there by then.
2. So is whom they consult, once that has answered; cancelled before, it never was connected.
3. Who sends a customer on to a number outside has made that connection: it is theirs as long as it
   lasts, though neither call is on their desk any more.

Made of events alone: after a start of ours the switch tells anew of what it has, but not who had
transferred it; such a call counts when it is over, as the log tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from callcenter.services.roster import Roster
from telephony import events
from telephony.events import Direction, LegRole


@dataclass(frozen=True, slots=True)
class Connection:
    call_id: UUID
    user_id: UUID
    number: str  # as dialled
    since: datetime


@dataclass(frozen=True, slots=True)
class _Order:
    user_id: UUID
    number: str


@dataclass(slots=True)
class _Call:
    dialled: _Order | None
    sent_on: _Order | None = None  # the latest transfer
    is_consultation: bool = False
    legs: dict[str, tuple[datetime, _Order | None]] = field(default_factory=dict)


class OutsideCalls:
    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._calls: dict[UUID, _Call] = {}
        self._handlers: dict[type, Callable[..., None]] = {
            events.CallArrived: self._arrived,
            events.ConsultBegan: self._consulted,
            events.CallTransferred: self._transferred,
            events.CallAnswered: self._answered,
            events.CallMerged: self._merged,
            events.LegEnded: self._leg_ended,
            events.CallEnded: self._ended,
        }

    def on_event(self, event: events.TelephonyEvent) -> None:
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def connections(self) -> Iterator[Connection]:
        for call_id, call in self._calls.items():
            for since, order in call.legs.values():
                # A transfer may be told behind the answer that it led to.
                whose = order or call.sent_on
                if whose is not None:
                    yield Connection(call_id, whose.user_id, whose.number, since)

    def _arrived(self, event: events.CallArrived) -> None:
        outbound = event.direction is Direction.OUTBOUND
        order = self._order(event.interface, event.dialled) if outbound else None
        self._calls.setdefault(event.call_id, _Call(order))

    def _consulted(self, event: events.ConsultBegan) -> None:
        if event.call_id in self._calls:
            self._calls[event.call_id].is_consultation = True

    def _transferred(self, event: events.CallTransferred) -> None:
        if event.call_id in self._calls:
            self._calls[event.call_id].sent_on = self._order(event.by, event.to)

    def _answered(self, event: events.CallAnswered) -> None:
        call = self._calls.get(event.call_id)
        if call is None or event.role not in (LegRole.CUSTOMER, LegRole.OUTSIDE):
            return
        dialled = event.role is LegRole.CUSTOMER or call.is_consultation
        if dialled and call.dialled is None:
            return  # the caller, who pays themselves
        call.legs[event.leg_id] = event.at, call.dialled if dialled else None

    def _merged(self, event: events.CallMerged) -> None:
        gone, into = self._calls.pop(event.call_id, None), self._calls.get(event.into)
        if gone is not None and into is not None:
            into.legs |= gone.legs

    def _leg_ended(self, event: events.LegEnded) -> None:
        call = self._calls.get(event.call_id)
        if call is not None:
            call.legs.pop(event.log.leg_id, None)

    def _ended(self, event: events.CallEnded) -> None:
        self._calls.pop(event.call_id, None)

    def _order(self, interface: str, number: str) -> _Order | None:
        seat = self._roster.at(interface)
        return _Order(seat.user_id, number) if seat is not None else None
