"""How calls sounded to their agents' browsers, into the call log: on the agent's own leg.

A browser tells while the call lasts; the log has a leg when that has ended. What was told is kept
until then, the worst of each figure; what comes after (the page was busy, its line came back) is
added. Both go by the journal, behind the leg they belong to.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

from callcenter.services.errors import NotFound
from callcenter.services.journal import LineHeard, LineQuality
from callcenter.services.live import Live
from callcenter.services.roster import Roster
from telephony import events

REMEMBERED: Final = 2_000  # legs that ended last


class Quality:
    """Subscribe `on_event` behind the log's, so that the leg is in the journal before."""

    def __init__(self, roster: Roster, live: Live, record: Callable[[LineHeard], None]) -> None:
        self._roster = roster
        self._live = live
        self._record = record
        self._heard: dict[tuple[UUID, UUID], LineQuality] = {}  # by (call, user), the leg goes on
        self._ended: OrderedDict[tuple[UUID, UUID], tuple[str, str]] = OrderedDict()

    def report(self, user_id: UUID, call_id: UUID, heard: LineQuality) -> None:
        """Raises NotFound for a call that this user was not in."""
        place, key = self._live.place(user_id, call_id), (call_id, user_id)
        if place is not None and place.legs:
            self._heard[key] = heard.worst(self._heard.get(key, heard))
        elif key in self._ended:
            self._record(LineHeard(*self._ended[key], heard))
        else:
            raise NotFound("no_such_call", "That call is not on your desk.")

    def on_event(self, event: events.TelephonyEvent) -> None:
        match event:
            case events.LegEnded():
                self._leg_ended(event)
            case events.CallMerged():
                for call_id, user_id in [key for key in self._heard if key[0] == event.call_id]:
                    heard, key = self._heard.pop((call_id, user_id)), (event.into, user_id)
                    self._heard[key] = heard.worst(self._heard.get(key, heard))
            case events.CallEnded():
                for key in [key for key in self._heard if key[0] == event.call_id]:
                    del self._heard[key]

    def _leg_ended(self, event: events.LegEnded) -> None:
        seat = self._roster.at(event.log.interface)
        if seat is None or event.log.answered_at is None:
            return
        key, leg = (event.call_id, seat.user_id), (event.pbx, event.log.leg_id)
        self._ended[key] = leg
        self._ended.move_to_end(key)
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        heard = self._heard.pop(key, None)
        if heard is not None:
            self._record(LineHeard(*leg, heard))
