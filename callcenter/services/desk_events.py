"""Telephony events → places on desks: the rules of who is shown a call, and when.

Rules
1. A call is prepared when it arrives: the directory's memory says who it is. What memory does not
   know is asked for (`ask`).
2. It is shown to an agent when their device rings (or when they placed it), and to nobody else.
3. It leaves a desk when the ringing ends unanswered, when somebody else takes it, and after the
   wrap-up that follows it.
4. A consultation is a call of its own, about the customer's; what both are then is said by
   `desk_consults`.
5. A customer whose agent's page was lost comes back to that agent: until then they are on hold on
   that desk, and it is one stay. Not taken back, it ends there, and a ring that was missed or
   refused sets the agent aside after it (rule 4 of `domain.agents`).
6. Events about calls we do not know are not ours to show and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from callcenter.domain.agents import (
    REASON_MISSED,
    REASON_NO_PHONE,
    REASON_REJECTED,
    Input,
    Status,
)
from callcenter.services.clock import Clock
from callcenter.services.desk_consults import DeskConsults
from callcenter.services.desks import Desks, LiveCall, Place, guess_ticket
from callcenter.services.presence import Presence
from callcenter.services.queue_strip import QueueStrip
from callcenter.services.roster import Roster, Seat
from callcenter.services.views import Caller
from telephony import events
from telephony.events import Direction, LegResult

Ask = Callable[[UUID, str, str], None]
"""Asked with (call, number as presented, name as presented) when memory does not know a caller."""

WrappedUp = Callable[[UUID, UUID, float], None]
"""Told (call, agent, seconds) when the after-call work of a call is over."""

# How a ring ended that leaves the agent not ready, and why they are.
_MISSED = {
    LegResult.NO_ANSWER: REASON_MISSED,
    LegResult.REJECTED: REASON_REJECTED,
    LegResult.FAILED: REASON_NO_PHONE,
    LegResult.BUSY: REASON_NO_PHONE,
}


class CallerMemory(Protocol):
    def caller(self, raw: str, name: str = "") -> Caller:
        """At once, from memory; `looked_up` False when memory does not know."""


class DeskEvents:
    def __init__(
        self,
        desks: Desks,
        *,
        roster: Roster,
        presence: Presence,
        strip: QueueStrip,
        directory: CallerMemory,
        clock: Clock,
        ask: Ask,
        wrapped_up: WrappedUp,
    ) -> None:
        self._desks = desks
        self._roster = roster
        self._presence = presence
        self._strip = strip
        self._directory = directory
        self._clock = clock
        self._ask = ask
        self._wrapped_up = wrapped_up
        self._consults = DeskConsults(desks, roster, self._leave_queue)
        presence.subscribe(self._presence_changed)

    def handlers(self) -> Mapping[type, Callable[..., None]]:
        """What is done about which event; what is not here concerns no desk."""
        return {
            events.CallArrived: self._arrived,
            events.CallQueued: self._queued,
            events.CallUnqueued: self._unqueued,
            events.AgentRinging: self._ringing,
            events.AgentRingEnded: self._ring_ended,
            events.CallAnswered: self._answered,
            events.CallHeld: self._held,
            events.CallResumed: self._resumed,
            **self._consults.handlers(),
            events.LegEnded: self._leg_ended,
            events.CallEnded: self._call_ended,
        }

    def resume(self, user_id: UUID) -> None:
        """Bring the agent's state in line with what lies on their desk."""
        for call, place in self._desks.of(user_id):
            if place.state == "ringing" and call.starter != user_id:
                self._presence.apply(user_id, Input.RING)
            elif place.state != "ended":
                self._presence.apply(user_id, Input.ANSWERED)

    def set_returning(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """This agent's page with the call was lost, and the customer is sent back to them; or that
        could not be done."""
        call = self._desks.call(call_id)
        place = call.places.get(user_id) if call else None
        if call is None or place is None or place.state not in ("active", "held"):
            return
        if on:
            call.returning.add(user_id)
        else:
            call.returning.discard(user_id)
            if not place.legs:
                self._left(call, user_id, place, self._clock.now())
        self._desks.show(call)

    def _arrived(self, event: events.CallArrived) -> None:
        if self._desks.call(event.call_id) is not None:
            return
        outbound = event.direction is Direction.OUTBOUND
        raw, name = (event.dialled, "") if outbound else (event.caller, event.caller_name)
        internal = event.direction is Direction.INTERNAL
        caller = self._colleague(raw, name) if internal else self._directory.caller(raw, name)
        starter = None if event.direction is Direction.INBOUND else self._roster.at(event.interface)
        call = LiveCall(
            id=event.call_id,
            direction=event.direction,
            caller=caller,
            started_at=event.at,
            starter=starter.user_id if starter else None,
            callee=self._colleague(event.dialled, "") if internal else None,
        )
        self._desks.add(call)
        guess_ticket(call, self._roster)
        if not caller.looked_up:
            self._ask(call.id, raw, name)
        if starter is not None:
            self._desks.put(call, starter.user_id, Place("active"))
            self._presence.apply(starter.user_id, Input.ANSWERED)

    def _queued(self, event: events.CallQueued) -> None:
        call = self._desks.call(event.call_id)
        if call is None:
            return
        self._leave_queue(call)
        call.queue, call.queued_at, call.waiting = event.queue, event.at, True
        self._strip.joined(event.queue, call.id, event.at, call.tier)
        for user_id in list(call.returning):
            self._not_taken_back(call, user_id, event.at)
        guess_ticket(call, self._roster)
        self._desks.show(call)

    def _unqueued(self, event: events.CallUnqueued) -> None:
        call = self._desks.call(event.call_id)
        if call is not None and call.queue == event.queue:
            self._leave_queue(call)

    def _ringing(self, event: events.AgentRinging) -> None:
        call = self._desks.call(event.call_id)
        seat = self._roster.at(event.interface)
        if call is None or seat is None:
            return
        place = call.places.get(seat.user_id)
        back = seat.user_id in call.returning  # it may ring before the dead leg has gone
        talks = place is not None and place.state in ("ringing", "active", "held")
        if place is not None and talks and place.legs and not back:
            place.legs.add(event.leg_id)
            return
        if place is None:
            self._desks.put(
                call, seat.user_id, Place("ringing", rang_at=event.at, legs={event.leg_id})
            )
        else:  # the call came back to a desk that still has it, or the starter's own phone rings
            place.state, place.rang_at = "ringing", event.at
            place.ended_at = place.held_at = None
            place.legs = {*place.legs, event.leg_id} if back else {event.leg_id}
            self._desks.show(call)
        self._presence.apply(seat.user_id, Input.RING)

    def _ring_ended(self, event: events.AgentRingEnded) -> None:
        call = self._desks.call(event.call_id)
        seat = self._roster.at(event.interface)
        if call is None or seat is None:
            return
        place = call.places.get(seat.user_id)
        if place is not None:
            place.legs.discard(event.leg_id)
            if place.legs:  # another phone of theirs rings on, or has answered
                return
            if seat.user_id in call.returning:
                self._rang_back(call, place, event)
                return
            if place.state == "ringing":
                self._desks.remove(call, seat.user_id)
        self._after_ring(call, seat, event.result)

    def _answered(self, event: events.CallAnswered) -> None:
        call = self._desks.call(event.call_id)
        if call is None:
            return
        seat = self._roster.at(event.interface)
        if seat is None:
            call.outside.append(event.leg_id)
            self._far_end_answered(call, event.at)
            return
        if call.direction is Direction.INTERNAL and seat.user_id != call.starter:
            self._far_end_answered(call, event.at)
        place = call.places.get(seat.user_id)
        if place is None:
            place = Place("active")
            self._desks.put(call, seat.user_id, place)
        back = seat.user_id in call.returning
        if place.state in ("ringing", "ended") or back:
            place.state, place.ended_at, place.held_at = "active", None, None
            place.missed = ""
            call.returning.discard(seat.user_id)
        place.legs.add(event.leg_id)
        if place.answered_at is None:
            mine = call.starter == seat.user_id
            place.answered_at = call.answered_at if mine else event.at
        self._desks.show(call)
        self._presence.apply(seat.user_id, Input.ANSWERED)
        self._taken_from_others(call, seat.user_id)

    def _held(self, event: events.CallHeld) -> None:
        self._set_held(event.call_id, event.interface, event.at)

    def _resumed(self, event: events.CallResumed) -> None:
        self._set_held(event.call_id, event.interface, None)

    def _leg_ended(self, event: events.LegEnded) -> None:
        call = self._desks.call(event.call_id)
        seat = self._roster.at(event.log.interface)
        if call is not None and call.guests.pop(event.log.leg_id, None) is not None:
            self._desks.show(call)
        place = call.places.get(seat.user_id) if call and seat else None
        if call is None or seat is None or place is None:
            return
        place.legs.discard(event.log.leg_id)
        if not place.legs and seat.user_id in call.returning:
            place.state, place.held_at, place.muted = "held", event.at, False
            self._desks.show(call)
        elif not place.legs:
            self._left(call, seat.user_id, place, event.at)

    def _call_ended(self, event: events.CallEnded) -> None:
        call = self._desks.call(event.call_id)
        if call is None:
            return
        self._leave_queue(call)
        call.over = True
        for user_id, place in list(call.places.items()):
            place.legs.clear()
            self._left(call, user_id, place, event.at)
        self._desks.forget_if_done(call)

    # --- what events have in common ----------------------------------------------------------

    def _after_ring(self, call: LiveCall, seat: Seat | None, result: LegResult) -> None:
        """The agent's state once a ring ended unanswered and nothing else is on the desk."""
        if seat is None:
            return
        if not self._is_on_phone(seat.user_id):
            # Who dials by click is on a call while their own phone still rings.
            self._presence.apply(seat.user_id, Input.TALK_ENDED)
        reason = _MISSED.get(result)
        if reason and call.direction is Direction.INBOUND:
            self._presence.apply(seat.user_id, Input.RING_MISSED, reason=reason)
        elif not self._desks.has(seat.user_id, "ringing"):
            self._presence.apply(seat.user_id, Input.RING_ENDED)

    def _rang_back(self, call: LiveCall, place: Place, event: events.AgentRingEnded) -> None:
        """It rang, or could not, and may ring again; the customer hears music."""
        place.missed = _MISSED.get(event.result, place.missed)
        if place.state == "ringing":
            place.state, place.held_at = "held", event.at
            self._desks.show(call)

    def _not_taken_back(self, call: LiveCall, user_id: UUID, at: datetime) -> None:
        """The customer was sent on to others; the after-call work of this agent begins."""
        call.returning.discard(user_id)
        place, status = call.places[user_id], self._presence.status(user_id)
        if place.missed and status.then == "ready" and not status.away:
            self._presence.apply(user_id, Input.GO_NOT_READY, reason=place.missed)
        place.missed = ""
        self._end(call, user_id, place, at)

    def _is_on_phone(self, user_id: UUID) -> bool:
        """In a call, or in one that comes back to them."""
        return any(
            place.state in ("active", "held") or user_id in call.returning
            for call, place in self._desks.of(user_id)
        )

    def _far_end_answered(self, call: LiveCall, at: datetime) -> None:
        call.answered_at = call.answered_at or at
        place = call.places.get(call.starter) if call.starter else None
        if call.starter and place is not None and place.answered_at is None:
            place.answered_at = at
            self._desks.show(call)

    def _taken_from_others(self, call: LiveCall, taker: UUID) -> None:
        """Ring-all: the moment one answers, nobody else's screen shows it."""
        for user_id, place in list(call.places.items()):
            if user_id == taker:
                continue
            if user_id in call.returning:
                self._not_taken_back(call, user_id, self._clock.now())
            elif place.state == "ringing":
                self._stop_ringing(call, user_id)

    def _stop_ringing(self, call: LiveCall, user_id: UUID) -> None:
        self._desks.remove(call, user_id)
        self._after_ring(call, self._roster.seat(user_id), LegResult.CANCELLED)

    def _set_held(self, call_id: UUID, interface: str, at: datetime | None) -> None:
        call, seat = self._desks.call(call_id), self._roster.at(interface)
        place = call.places.get(seat.user_id) if call and seat else None
        if call is None or seat is None or place is None:
            return
        if place.state in ("active", "held") and (place.state == "held") != (at is not None):
            place.state = "held" if at else "active"
            place.held_at = at
            self._desks.show(call)

    def _left(self, call: LiveCall, user_id: UUID, place: Place, at: datetime) -> None:
        """The agent has no device in the call any more."""
        if place.state == "ringing" and user_id not in call.returning:
            self._stop_ringing(call, user_id)
        elif place.state != "ended":
            call.returning.discard(user_id)
            self._end(call, user_id, place, at)

    def _end(self, call: LiveCall, user_id: UUID, place: Place, at: datetime) -> None:
        """The agent's part in the call is over; it stays on the desk while they wrap up. What is
        left to do after a consultation is left to do after the customer's call."""
        place.state, place.ended_at, place.held_at, place.muted = "ended", at, None, False
        if call.of is not None:
            self._desks.remove(call, user_id)
        else:
            self._desks.show(call)
        if self._is_on_phone(user_id):
            return
        ended = self._desks.of(user_id)
        longest_s = max((self._after_work_s(call, place) for call, place in ended), default=0)
        until = self._clock.now() + timedelta(seconds=longest_s)
        extra_s = max((self._extra_s(call, place) for call, place in ended), default=0)
        status = self._presence.apply(user_id, Input.TALK_ENDED, wrap_until=until, extra_s=extra_s)
        if status.state != "wrap_up":
            self._clear_ended(user_id)

    def _after_work_s(self, call: LiveCall, place: Place) -> int:
        """What an ended call asks for: nothing if nobody talked, or only colleagues."""
        talked = place.state == "ended" and place.answered_at is not None
        queue = self._roster.queue(call.queue)
        return (
            queue.wrap_up_s if queue and talked and call.direction is not Direction.INTERNAL else 0
        )

    def _extra_s(self, call: LiveCall, place: Place) -> int:
        """By how much its after-call work may be made longer."""
        queue = self._roster.queue(call.queue)
        return queue.wrap_up_extra_s if queue and self._after_work_s(call, place) else 0

    def _presence_changed(self, user_id: UUID, before: Status, after: Status) -> None:
        if before.state == "wrap_up" and after.state != "wrap_up":
            worked = [
                call.id
                for call, place in self._desks.of(user_id)
                if self._after_work_s(call, place)
            ]
            if worked:
                seconds = (after.since - before.since).total_seconds()
                self._wrapped_up(worked[-1], user_id, seconds)
            self._clear_ended(user_id)

    def _clear_ended(self, user_id: UUID) -> None:
        for call, place in self._desks.of(user_id):
            if place.state == "ended":
                self._desks.remove(call, user_id)

    def _leave_queue(self, call: LiveCall) -> None:
        if call.waiting:
            call.waiting = False
            self._strip.left(call.queue, call.id)

    def _colleague(self, raw: str, name: str) -> Caller:
        seat = self._roster.extension(raw)
        shown = seat.name if seat else name
        return Caller(raw, raw, shown, "unknown", None, (), looked_up=True)
