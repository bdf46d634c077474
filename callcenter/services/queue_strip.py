"""How many wait in each queue, of which tiers and how long: the strip on every screen.

Everybody sees it, so it is told at most every `PERIOD_S`: a burst of callers is one message, and
the pop of a ringing agent never waits behind two hundred of them. A snapshot shows what was told
last, so that snapshot + messages stays the truth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.clock import Clock, Timer
from callcenter.services.roster import Roster
from callcenter.services.views import QueueView

PERIOD_S = 0.5


@dataclass(frozen=True, slots=True)
class _Caller:
    since: datetime
    tier: str  # its code; "" while nobody knows


class QueueStrip:
    def __init__(self, roster: Roster, feed: Feed, clock: Clock) -> None:
        self._roster = roster
        self._feed = feed
        self._clock = clock
        self._waiting: dict[str, dict[UUID, _Caller]] = {}
        self._told: dict[str, QueueView] = {}
        self._dirty: dict[str, None] = {}
        self._timer: Timer | None = None

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
        """Queues came, or have another label."""
        for queue in self._roster.queues:
            self._touch(queue)

    def views(self) -> tuple[QueueView, ...]:
        """What screens were told last, one per known queue, in the roster's order."""
        names = dict.fromkeys((*self._roster.queues, *self._told))
        return tuple(self._told.get(name) or self._view(name, {}) for name in names)

    def _touch(self, queue: str) -> None:
        self._dirty[queue] = None
        if self._timer is None:
            self._timer = self._clock.call_later(PERIOD_S, self._tell)

    def _tell(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, {}
        for name in dirty:
            view = self._view(name, self._waiting.get(name, {}))
            if view != self._told.get(name):
                self._told[name] = view
                self._feed.publish(None, "queue", view)

    def _view(self, name: str, waiting: dict[UUID, _Caller]) -> QueueView:
        info = self._roster.queues.get(name)
        tiers = Counter(caller.tier for caller in waiting.values() if caller.tier)
        return QueueView(
            name=name,
            label=info.label if info else {"en": name},
            waiting=len(waiting),
            longest_since=min((caller.since for caller in waiting.values()), default=None),
            tiers=dict(sorted(tiers.items())),
        )
