"""Consultations, three-way calls and recording: what their events mean for the desks.

Rules
1. A consultation lies on the desk of who asks and, once it rings there, of who is asked: both see
   which customer it is about, before anything is handed over.
2. Who is spoken to meanwhile is told by CallHeld and CallResumed of both calls, as ever.
3. Merged into the customer's call it is gone: whoever was in it is in the customer's call now,
   with its ticket and its note. Third parties outside the house are named there until they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callcenter.services.desks import Desks, LiveCall
from callcenter.services.roster import Roster
from telephony import events
from telephony.events import Direction


class DeskConsults:
    """`leave_queue` takes a call out of the queue strip."""

    def __init__(
        self, desks: Desks, roster: Roster, leave_queue: Callable[[LiveCall], None]
    ) -> None:
        self._desks = desks
        self._roster = roster
        self._leave_queue = leave_queue

    def handlers(self) -> Mapping[type, Callable[..., None]]:
        return {
            events.ConsultBegan: self._began,
            events.CallMerged: self._merged,
            events.RecordingChanged: self._recording_changed,
        }

    def _began(self, event: events.ConsultBegan) -> None:
        consult, of = self._desks.call(event.call_id), self._desks.call(event.of)
        if consult is None or of is None or consult is of or consult.of is not None:
            return
        consult.of = of
        of.consultations.append(consult)
        self._desks.show(consult)

    def _merged(self, event: events.CallMerged) -> None:
        consult, into = self._desks.call(event.call_id), self._desks.call(event.into)
        if consult is None or into is None:
            return
        self._leave_queue(consult)
        consult.over = True
        if consult.direction is not Direction.INTERNAL:
            who = consult.caller
            name = who.card.name if who.card else who.name or who.display
            into.guests |= dict.fromkeys(consult.outside, name)
        for user_id, place in list(consult.places.items()):
            self._desks.remove(consult, user_id)
            there = into.places.get(user_id)
            if there is None and place.state != "ended":
                self._desks.put(into, user_id, place)
            elif there is not None and (there.state, place.state) == ("held", "active"):
                there.state, there.held_at = "active", None
        into.consultations = [one for one in into.consultations if one is not consult]
        self._desks.forget_if_done(consult)
        self._desks.show(into)

    def _recording_changed(self, event: events.RecordingChanged) -> None:
        call = self._desks.call(event.call_id)
        if call is not None:
            call.recording = event.state
            self._desks.show(call)
