"""Says when the log is behind: calls go on, nothing is lost, but what is read of it is old.

Looked at every second, from memory only. Everybody's screen is told when it is later than `LATE_S`,
again every `REPEAT_S` while it lasts, and once with 0 when it is over; an administrator by alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

from callcenter.feed import Feed
from callcenter.services.alarms import AlarmLevel, Alarms
from callcenter.services.clock import Clock, Timer
from callcenter.services.views import DelayView

LOOK_S: Final = 1.0
LATE_S: Final = 5.0
REPEAT_S: Final = 5.0
VERY_LATE_S: Final = 60.0

_NONE: Final = DelayView(0.0, 0)


class Backlogged(Protocol):
    """A log of calls (`services.call_log`)."""

    def backlog(self) -> int: ...

    def oldest_s(self) -> float: ...

    @property
    def waits_for(self) -> str:
        """Why it does not write: what the database said; "" while it does."""


class Delays:
    def __init__(
        self, logs: Callable[[], Iterable[Backlogged]], feed: Feed, clock: Clock, alarms: Alarms
    ) -> None:
        self._logs = logs
        self._feed = feed
        self._clock = clock
        self._alarms = alarms
        self._told_at: datetime | None = None
        self._timer: Timer | None = None
        self.current = _NONE

    def start(self) -> None:
        self._look()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = self._clock.call_later(LOOK_S, self._look)
        logs = list(self._logs())
        behind_s = max((log.oldest_s() for log in logs), default=0.0)
        waiting = sum(log.backlog() for log in logs)
        self._away(next((log.waits_for for log in logs if log.waits_for), ""))
        if behind_s > LATE_S:
            self._behind(DelayView(round(behind_s, 1), waiting))
        elif self.current != _NONE:
            self.current, self._told_at = _NONE, None
            self._alarms.clear("log_behind")
            self._feed.publish(None, "delay", _NONE)

    def _behind(self, view: DelayView) -> None:
        self.current = view
        now = self._clock.now()
        if self._told_at is not None and (now - self._told_at).total_seconds() < REPEAT_S:
            return
        self._told_at = now
        detail = f"{view.log_s:.0f} s behind, {view.waiting} records wait in the journal"
        level: AlarmLevel = "alarm" if view.log_s > VERY_LATE_S else "warning"
        behind_s = round(view.log_s)
        self._alarms.set("log_behind", detail, level, behind_s=behind_s, waiting=view.waiting)
        self._feed.publish(None, "delay", view)

    def _away(self, reason: str) -> None:
        if reason:
            self._alarms.set("database_away", reason)
        else:
            self._alarms.clear("database_away")
