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
from callcenter.services.roster import EVERYTHING, Roster, Seat
from callcenter.services.views import Caller, CallState, CallView, Recording
from telephony.events import Direction, RecordingState

_RECORDING: dict[RecordingState | None, Recording] = {
    RecordingState.ON: "on",
    RecordingState.PAUSED: "paused",
}


@dataclass(slots=True, eq=False)
class Place:
    """One call on one desk. `legs` are the devices of this agent that ring or talk in it."""

    state: CallState
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    held_at: datetime | None = None
    ended_at: datetime | None = None
    muted: bool = False
    legs: set[str] = field(default_factory=set)
    missed: str = ""  # why it was not taken back, when it returned from a page that was lost
    shown: CallView | None = None  # what the agent's screens were told last


@dataclass(slots=True, eq=False)
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
    of: LiveCall | None = None  # the customer's call, of a consultation
    consultations: list[LiveCall] = field(default_factory=list)  # about this one
    outside: list[str] = field(default_factory=list)  # legs that answered and are nobody's of ours
    guests: dict[str, str] = field(default_factory=dict)  # third parties outside: leg -> name
    recording: RecordingState | None = None  # as the switch told; None: it never did
    returning: set[UUID] = field(default_factory=set)  # agents whose page with it was lost

    @property
    def tier(self) -> str:
        """The code of the customer's; "" while they are not known."""
        tier = self.caller.card.tier if self.caller.card else None
        return tier.code if tier else ""

    def others(self, user_id: UUID) -> list[UUID]:
        """Agents who talk in it besides this one."""
        return [
            other
            for other, place in self.places.items()
            if other != user_id and place.state in ("active", "held")
        ]

    def view(self, user_id: UUID, place: Place) -> CallView:
        asks = user_id == self.starter
        caller = self.callee if self.callee and asks else self.caller
        about = self.of.caller if self.of and not asks else None
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
            ticket_id=self.of.ticket_id if self.of else self.ticket_id,
            note=self.note,
            consult_of=self.of.id if self.of else None,
            about=about,
            parties=(),
            recording="never",
            returning=user_id in self.returning,
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
        self.show(call)

    def show(self, call: LiveCall) -> None:
        """Tell every desk it lies on what is different there, and those of a consultation about
        it: whoever is asked sees who the customer is."""
        for one in (call, *call.consultations):
            for user_id, place in one.places.items():
                view = self._view(one, user_id, place)
                if view != place.shown:
                    place.shown = view
                    self._feed.publish(frozenset((user_id,)), "call", view)

    def remove(self, call: LiveCall, user_id: UUID) -> None:
        del call.places[user_id]
        del self._desks[user_id][call.id]
        self._feed.publish(frozenset((user_id,)), "call.gone", {"id": call.id})
        self.show(call)
        self.forget_if_done(call)

    def forget_if_done(self, call: LiveCall) -> None:
        if call.over and not call.places:
            self._calls.pop(call.id, None)
            if call.of is not None and call in call.of.consultations:
                call.of.consultations.remove(call)

    def _view(self, call: LiveCall, user_id: UUID, place: Place) -> CallView:
        view = call.view(user_id, place)
        view = replace(view, parties=self._parties(call, user_id), recording=self._recording(call))
        seat = self._roster.seat(user_id)
        if seat is None or seat.reads_all == EVERYTHING:
            return view
        about = _masked(view.about, seat) if view.about else None
        return replace(view, caller=_masked(view.caller, seat), about=about)

    def _parties(self, call: LiveCall, user_id: UUID) -> tuple[str, ...]:
        """Who else talks in it; in an internal call that is who the call is with."""
        talks = call.places[user_id].state in ("active", "held")
        if call.direction is Direction.INTERNAL or not talks:
            return ()
        seats = [self._roster.seat(other) for other in call.others(user_id)]
        return (*(seat.name for seat in seats if seat), *call.guests.values())

    def _recording(self, call: LiveCall) -> Recording:
        told = _RECORDING.get(call.recording)
        if told is not None:
            return told
        queue = self._roster.queue(call.queue)
        customer = call.direction is not Direction.INTERNAL and call.of is None
        return "off" if queue and customer and queue.recording != "never" else "never"


def _masked(caller: Caller, seat: Seat) -> Caller:
    card = caller.card
    return replace(caller, card=masked(card, seat.reads_all)) if card else caller
