"""What an administrator must know now: set by whoever finds it, cleared by whoever finds it gone.

An alarm is one thing, however often it is found: it is said in the log when it comes, gets worse
and goes, and not in between. `detail` may change while it lasts (a disk fills up), `since` does
not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import structlog

from callcenter.services.clock import Clock
from callcenter.services.views import AlarmView
from telephony.problems import Problem

log = structlog.get_logger(__name__)

AlarmCode = Literal[
    "switch_lost",
    "database_away",
    "log_behind",
    "history_unavailable",
    "history_bad_lines",
    "differences",
    "clock_skew",
    "overflow",
    "recordings_folder_missing",
    "recordings_folder_unreadable",
    "recordings_store_readonly",
    "disk_nearly_full",
    "not_owner",
]
AlarmLevel = Literal["warning", "alarm"]

Listener = Callable[[tuple[AlarmView, ...]], None]
"""Gets all that there are now, after a change; must not wait."""

_LONGEST: Final = 300


class Alarms:
    """One of each code and switch (`pbx` "": of the whole house)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._set: dict[tuple[str, str], AlarmView] = {}
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def set(
        self,
        code: AlarmCode,
        detail: str | Problem,
        level: AlarmLevel = "alarm",
        pbx: str = "",
        **facts: str | float,
    ) -> None:
        """Idempotent. `detail`: one plain line, without a secret; an administrator reads it, in
        their language where it is a problem or `facts` say the same."""
        if isinstance(detail, Problem):
            facts = {**detail.values, **facts, "problem": detail.code}
        detail = " ".join(str(detail).split())[:_LONGEST]
        before = self._set.get((pbx, code))
        since = before.since if before else self._clock.now()
        now = AlarmView(code, level, since, detail, pbx, facts)
        if now == before:
            return
        self._set[pbx, code] = now
        if before is None or before.level != level:
            log.warning("alarm_set", code=code, level=level, detail=detail, pbx=pbx)
        self._tell()

    def clear(self, code: AlarmCode, pbx: str = "") -> None:
        """Idempotent."""
        before = self._set.pop((pbx, code), None)
        if before is None:
            return
        lasted = (self._clock.now() - before.since).total_seconds()
        log.info("alarm_cleared", code=code, lasted_s=round(lasted, 1), pbx=pbx)
        self._tell()

    def current(self) -> tuple[AlarmView, ...]:
        """Alarms before warnings, each the oldest first."""
        return tuple(
            sorted(self._set.values(), key=lambda one: (one.level != "alarm", one.since, one.code))
        )

    def _tell(self) -> None:
        now = self.current()
        for listener in self._listeners:
            listener(now)
