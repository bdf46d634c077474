"""What the live branch remembers of a call, and of its place on each agent's desk.

Plain mutable records; the live branch is their only writer. A desk keeps its calls in the order
they came; every change of a desk is published to its agent at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.cards import masked
from callcenter.services.roster import EVERYTHING, Roster
from callcenter.services.views import Caller, CallState, CallView
from telephony.events import Direction


@dataclass(slots=True)
class Place:
    """One call on one desk. `legs` are the devices of this agent that ring or talk in it."""

    state: CallState
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    held_at: datetime | None = None
    ended_at: datetime | None = None
    muted: bool = False
    legs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class LiveCall:
    id: UUID
    direction: Direction
    caller: Caller
    started_at: datetime
    starter: UUID | None  # the agent who placed it; None for an inbound call
    callee: Caller | None = None  # internal calls: whom the starter's desk shows
    queue: str = ""  # the last one it was in
    waiting: bool = False  # in `queue` now
    queued_at: datetime | None = None
    answered_at: datetime | None = None  # outbound: by the far end
    chosen_party: UUID | None = None  # by a person, among several owners of the number
    ticket_id: UUID | None = None
    ticket_chosen: bool = False  # by a person, so it is not guessed again
    note: str = ""
    over: bool = False
    places: dict[UUID, Place] = field(default_factory=dict)

    def view(self, user_id: UUID, place: Place) -> CallView:
        caller = self.callee if self.callee and user_id == self.starter else self.caller
        return CallView(
            id=self.id,
            direction=self.direction,
            state=place.state,
            queue=self.queue,
            caller=caller,
            started_at=self.started_at,
            queued_at=self.queued_at,
            rang_at=place.rang_at,
            answered_at=place.answered_at,
            held_at=place.held_at,
            ended_at=place.ended_at,
            muted=place.muted,
            ticket_id=self.ticket_id,
            note=self.note,
        )


def guess_ticket(call: LiveCall, roster: Roster) -> None:
    """The customer's most urgent open ticket in the queue's domain, until a person chooses."""
    if call.ticket_chosen:
        return
    card, queue = call.caller.card, roster.queue(call.queue)
    tickets = card.tickets if card and queue else ()
    call.ticket_id = next((t.id for t in tickets if queue and t.domain == queue.domain), None)


class Desks:
    def __init__(self, feed: Feed, roster: Roster) -> None:
        self._feed = feed
        self._roster = roster
        self._calls: dict[UUID, LiveCall] = {}
        self._desks: dict[UUID, dict[UUID, LiveCall]] = {}

    def add(self, call: LiveCall) -> None:
        self._calls[call.id] = call

    def call(self, call_id: UUID) -> LiveCall | None:
        """A call that lives, or is still on somebody's desk."""
        return self._calls.get(call_id)

    def calls(self) -> Iterator[LiveCall]:
        return iter(self._calls.values())

    def of(self, user_id: UUID) -> list[tuple[LiveCall, Place]]:
        """What lies on this desk, oldest first."""
        return [(call, call.places[user_id]) for call in self._desks.get(user_id, {}).values()]

    def has(self, user_id: UUID, *states: CallState) -> bool:
        return any(place.state in states for _, place in self.of(user_id))

    def views(self, user_id: UUID) -> tuple[CallView, ...]:
        return tuple(self._view(call, user_id, place) for call, place in self.of(user_id))

    def put(self, call: LiveCall, user_id: UUID, place: Place) -> None:
        call.places[user_id] = place
        self._desks.setdefault(user_id, {})[call.id] = call
        self.show(call, user_id)

    def show(self, call: LiveCall, user_id: UUID) -> None:
        view = self._view(call, user_id, call.places[user_id])
        self._feed.publish(frozenset((user_id,)), "call", view)

    def _view(self, call: LiveCall, user_id: UUID, place: Place) -> CallView:
        view, seat = call.view(user_id, place), self._roster.seat(user_id)
        card = view.caller.card
        if card is None or seat is None or seat.reads_all == EVERYTHING:
            return view
        return replace(view, caller=replace(view.caller, card=masked(card, seat.reads_all)))

    def show_everywhere(self, call: LiveCall) -> None:
        for user_id in call.places:
            self.show(call, user_id)

    def remove(self, call: LiveCall, user_id: UUID) -> None:
        del call.places[user_id]
        del self._desks[user_id][call.id]
        self._feed.publish(frozenset((user_id,)), "call.gone", {"id": call.id})
        self.forget_if_done(call)

    def forget_if_done(self, call: LiveCall) -> None:
        if call.over and not call.places:
            self._calls.pop(call.id, None)
