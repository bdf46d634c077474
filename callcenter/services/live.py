"""The live branch: telephony events in, messages to screens out; nothing here waits.

`desk_events` decides what an event means for whom; this is the door: what the gateway and the
services ask and tell. A desk with several calls keeps them in the order they came, and a message
replaces in place: snapshot + messages = fresh snapshot, whatever the order of events (proven by
test).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.clock import Clock
from callcenter.services.colleagues import Colleagues
from callcenter.services.desk_events import Ask, CallerMemory, DeskEvents, WrappedUp
from callcenter.services.desks import Desks, LiveCall, Place, guess_ticket
from callcenter.services.presence import Presence
from callcenter.services.queue_strip import QueueStrip
from callcenter.services.roster import Roster
from callcenter.services.switch_states import SwitchStates
from callcenter.services.views import Caller, PhoneView, Snapshot, SwitchView
from telephony import events
from telephony.events import Direction, TelephonyEvent


class Live:
    def __init__(
        self,
        *,
        roster: Roster,
        presence: Presence,
        strip: QueueStrip,
        colleagues: Colleagues,
        phone: Callable[[UUID], PhoneView],
        directory: CallerMemory,
        feed: Feed,
        clock: Clock,
        ask: Ask,
        wrapped_up: WrappedUp,
        simulated: Callable[[], bool],
        pbxs: Sequence[str] = (),
    ) -> None:
        self._roster = roster
        self._presence = presence
        self._strip = strip
        self._colleagues = colleagues
        self._phone = phone
        self._directory = directory
        self._feed = feed
        self._desks = Desks(feed, roster)
        self._switches = SwitchStates(pbxs, roster, feed, simulated)
        self._on_desks = DeskEvents(
            self._desks,
            roster=roster,
            presence=presence,
            strip=strip,
            directory=directory,
            clock=clock,
            ask=ask,
            wrapped_up=wrapped_up,
        )
        self._handlers: dict[type, Callable[..., None]] = {
            **self._on_desks.handlers(),
            events.SwitchConnected: self._switches.connected,
            events.SwitchLost: self._switches.lost,
        }

    # --- what services and the gateway ask ---------------------------------------------------

    @property
    def switch(self) -> SwitchView:
        """All of them; each agent is told about their own."""
        return self._switches.whole

    def snapshot(self, user_id: UUID) -> Snapshot:
        return Snapshot(
            me=self._presence.view(user_id),
            switch=self._switches.of(user_id),
            calls=self._desks.views(user_id),
            queues=self._strip.views(),
            colleagues=self._colleagues.views(),
            phone=self._phone(user_id),
        )

    def place(self, user_id: UUID, call_id: UUID) -> Place | None:
        """Where the call stands on this desk; None when it is not there."""
        call = self._desks.call(call_id)
        return call.places.get(user_id) if call else None

    def on_phone(self, user_id: UUID) -> list[tuple[LiveCall, Place]]:
        """The calls that this agent's telephone talks in, or holds. Who consults somebody does so
        with the leg of the customer's call."""
        return [
            (call, place)
            for call, place in self._desks.of(user_id)
            if place.state in ("active", "held") and (place.legs or call.of is not None)
        ]

    def rings(self, user_id: UUID) -> bool:
        """Whether a call rings on this desk."""
        return self._desks.has(user_id, "ringing")

    def call(self, call_id: UUID) -> LiveCall | None:
        """A call that lives, or is still on somebody's desk."""
        return self._desks.call(call_id)

    # --- what services tell ------------------------------------------------------------------

    def resume(self, user_id: UUID) -> None:
        """They signed in: the calls their phone already has (they outlive us) are theirs."""
        self._on_desks.resume(user_id)

    def roster_changed(self) -> None:
        self._switches.roster_changed()
        self._presence.roster_changed()
        self._strip.roster_changed()
        self._colleagues.roster_changed()
        for call in self._desks.calls():
            self._desks.show(call)

    def caller_known(self, call_id: UUID, caller: Caller) -> None:
        """The look-up returned. What a person chose meanwhile stays."""
        call = self._desks.call(call_id)
        if call is not None and call.chosen_party is None:
            self._set_caller(call, caller)

    def customer_chosen(self, call_id: UUID, party_id: UUID | None, caller: Caller) -> None:
        """Somebody said who is calling; also called again when that customer's card changes."""
        call = self._desks.call(call_id)
        if call is not None:
            call.chosen_party = party_id
            self._set_caller(call, caller)

    def chosen(self, party_ids: Collection[UUID]) -> list[LiveCall]:
        """Calls that a person attached to one of these customers."""
        return [call for call in self._desks.calls() if call.chosen_party in party_ids]

    def callers_changed(self, numbers: Iterable[str]) -> None:
        """Customers behind these numbers changed in a commit: show them as they are now."""
        affected = set(numbers)
        for call in self._desks.calls():
            if call.caller.number not in affected or call.direction is Direction.INTERNAL:
                continue
            caller = self._directory.caller(call.caller.number, call.caller.name)
            if caller.looked_up:
                self.caller_known(call.id, caller)

    def set_note(self, call_id: UUID, note: str) -> None:
        call = self._desks.call(call_id)
        if call is not None and call.note != note:
            call.note = note
            self._desks.show(call)

    def set_ticket(self, call_id: UUID, ticket_id: UUID | None) -> None:
        call = self._desks.call(call_id)
        if call is not None:
            call.ticket_id, call.ticket_chosen = ticket_id, True
            self._desks.show(call)

    def set_muted(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        call = self._desks.call(call_id)
        place = call.places.get(user_id) if call else None
        if call is not None and place is not None and place.muted != on:
            place.muted = on
            self._desks.show(call)

    def set_returning(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """The customer is sent back to this agent, whose page with the call was lost."""
        self._on_desks.set_returning(user_id, call_id, on)

    # --- events ------------------------------------------------------------------------------

    def on_event(self, event: TelephonyEvent) -> None:
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def _set_caller(self, call: LiveCall, caller: Caller) -> None:
        if call.caller != caller:
            call.caller = caller
            if call.waiting:
                self._strip.identified(call.queue, call.id, call.tier)
            guess_ticket(call, self._roster)
            self._desks.show(call)
