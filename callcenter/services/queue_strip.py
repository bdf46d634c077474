"""How many wait in each queue, of which tiers and how long, and how many agents are ready for it:
the strip on every screen.

Everybody sees it, so it is told at most every `PERIOD_S`: a burst of callers is one message, and
the pop of a ringing agent never waits behind two hundred of them. A snapshot shows what was told
last, so that snapshot + messages stays the truth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.domain.agents import Status
from callcenter.feed import Feed
from callcenter.services.clock import Clock, Timer
from callcenter.services.presence import Presence
from callcenter.services.roster import Roster
from callcenter.services.views import QueueView

PERIOD_S = 0.5


@dataclass(frozen=True, slots=True)
class _Caller:
    since: datetime
    tier: str  # its code; "" while nobody knows


class QueueStrip:
    def __init__(self, roster: Roster, presence: Presence, feed: Feed, clock: Clock) -> None:
        self._roster = roster
        self._presence = presence
        self._feed = feed
        self._clock = clock
        self._waiting: dict[str, dict[UUID, _Caller]] = {}
        self._told: dict[str, QueueView] = {}
        self._dirty: dict[str, None] = {}
        self._timer: Timer | None = None
        self._ready: Counter[str] = Counter()
        self._ready_in: dict[UUID, tuple[str, ...]] = {}
        """The queues for which an agent was counted, also when they were given others since."""
        presence.subscribe(self._presence_changed)

    def joined(self, queue: str, call_id: UUID, at: datetime, tier: str) -> None:
        self._waiting.setdefault(queue, {})[call_id] = _Caller(at, tier)
        self._touch(queue)

    def identified(self, queue: str, call_id: UUID, tier: str) -> None:
        """Who waits there is known now, or somebody else."""
        waiting = self._waiting.get(queue, {})
        caller = waiting.get(call_id)
        if caller is not None and caller.tier != tier:
            waiting[call_id] = _Caller(caller.since, tier)
            self._touch(queue)

    def left(self, queue: str, call_id: UUID) -> None:
        if self._waiting.get(queue, {}).pop(call_id, None) is not None:
            self._touch(queue)

    def roster_changed(self) -> None:
        """Queues came or have another label, or agents are in others."""
        for seat in self._roster.seats():
            self._count(seat.user_id)
        for user_id in [one for one in self._ready_in if self._roster.seat(one) is None]:
            self._count(user_id)
        for queue in self._roster.queues:
            self._touch(queue)

    def views(self) -> tuple[QueueView, ...]:
        """What screens were told last, one per known queue, in the roster's order."""
        names = dict.fromkeys((*self._roster.queues, *self._told))
        return tuple(self._told.get(name) or self._view(name, {}, 0) for name in names)

    def _presence_changed(self, user_id: UUID, before: Status, after: Status) -> None:
        if (before.state == "ready") != (after.state == "ready"):
            self._count(user_id)

    def _count(self, user_id: UUID) -> None:
        """Counts this agent where they are ready now, and nowhere else."""
        seat = self._roster.seat(user_id)
        ready = self._presence.status(user_id).state == "ready"
        now = seat.queues if seat is not None and ready else ()
        before = self._ready_in.pop(user_id, ())
        if now:
            self._ready_in[user_id] = now
        if now != before:
            self._ready.subtract(before)
            self._ready.update(now)
            for queue in dict.fromkeys((*before, *now)):
                self._touch(queue)

    def _touch(self, queue: str) -> None:
        self._dirty[queue] = None
        if self._timer is None:
            self._timer = self._clock.call_later(PERIOD_S, self._tell)

    def _tell(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, {}
        for name in dirty:
            view = self._view(name, self._waiting.get(name, {}), self._ready[name])
            if view != self._told.get(name):
                self._told[name] = view
                self._feed.publish(None, "queue", view)

    def _view(self, name: str, waiting: dict[UUID, _Caller], ready: int) -> QueueView:
        info = self._roster.queues.get(name)
        tiers = Counter(caller.tier for caller in waiting.values() if caller.tier)
        return QueueView(
            name=name,
            label=info.label if info else {"en": name},
            waiting=len(waiting),
            longest_since=min((caller.since for caller in waiting.values()), default=None),
            tiers=dict(sorted(tiers.items())),
            ready=ready,
        )
