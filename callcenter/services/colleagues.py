"""Whom a call can be given to, and what they do: everybody with an extension, on every screen.

Told at most every `PERIOD_S` and only what is different, as the queue strip is: a busy floor
changes states many times a second. A snapshot shows what was told last. Who left the house stays
in the list without an extension; screens leave them out.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from callcenter.domain.agents import State, Status
from callcenter.feed import Feed
from callcenter.services.clock import Clock, Timer
from callcenter.services.presence import Presence
from callcenter.services.queue_strip import PERIOD_S
from callcenter.services.roster import Roster
from callcenter.services.views import ColleagueView


class Colleagues:
    def __init__(self, roster: Roster, presence: Presence, feed: Feed, clock: Clock) -> None:
        self._roster = roster
        self._presence = presence
        self._feed = feed
        self._clock = clock
        self._told: dict[UUID, ColleagueView] = {}
        self._dirty: dict[UUID, None] = {}
        self._timer: Timer | None = None
        presence.subscribe(self._presence_changed)
        self.roster_changed()

    def views(self) -> tuple[ColleagueView, ...]:
        return tuple(self._told.values())

    def roster_changed(self) -> None:
        """People came, went, have another name or extension."""
        everybody = [seat.user_id for seat in self._roster.seats()]
        if not self._told:  # nobody was told anything yet
            self._told = {view.user_id: view for view in map(self._view, everybody) if view}
            return
        for user_id in (*everybody, *self._told):
            self._touch(user_id)

    def _presence_changed(self, user_id: UUID, before: Status, after: Status) -> None:
        if _shown(before) != _shown(after):
            self._touch(user_id)

    def _touch(self, user_id: UUID) -> None:
        self._dirty[user_id] = None
        if self._timer is None:
            self._timer = self._clock.call_later(PERIOD_S, self._tell)

    def _tell(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, {}
        for user_id in dirty:
            view = self._view(user_id)
            if view is not None and view != self._told.get(user_id):
                self._told[user_id] = view
                self._feed.publish(None, "colleague", view)

    def _view(self, user_id: UUID) -> ColleagueView | None:
        seat, told = self._roster.seat(user_id), self._told.get(user_id)
        if seat is not None and seat.extension:
            state, reason, since = _shown(self._presence.status(user_id))
            return ColleagueView(user_id, seat.name, seat.extension, state, reason, since)
        if told is None:
            return None
        return ColleagueView(user_id, told.name, "", "signed_out", "", told.since)


def _shown(status: Status) -> tuple[State, str, datetime]:
    """What comes after a call, and how long a pause may last, is their own business."""
    reason = status.reason if status.state == "not_ready" else ""
    return status.state, reason, status.since
