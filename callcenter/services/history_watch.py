"""What is wrong with the record that a switch keeps of itself, as an administrator is told.

Rules
1. A record that cannot be read is an alarm, until it can.
2. Lines of it that are none are counted, and each is told once; the alarm stays for a day after the
   last of them.
3. A record that begins later than it is needed lacks something when we know calls of then, or did
   not listen ourselves; the one of a switch that is new simply begins.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from callcenter.services.absences import Absences
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock
from callcenter.store.database import Database
from callcenter.store.queries import history
from telephony.history.rows import BadLine, Reading, Rebuilt
from telephony.problems import Problem

log = structlog.get_logger(__name__)

TOLD_LINES: Final = 20  # of bad ones, each in the log
BAD_FOR: Final = timedelta(hours=24)  # so long an alarm stays
BEGINS_S: Final = 1.0  # a record begins with its first call, and not with ours to the millisecond
REMEMBERED: Final = 10_000  # bad lines that were told: some are read twice

_MOMENT: Final = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True)
class HistoryHealth:
    ok: bool | None  # None: not read yet
    problem: Problem | None = None
    until: datetime | None = None
    bad_lines: int = 0  # since we started


class HistoryWatch:
    """Of one switch. `absences`: when we did not listen to it."""

    def __init__(self, pbx: str, alarms: Alarms, database: Database, clock: Clock) -> None:
        self._pbx = pbx
        self._alarms = alarms
        self._database = database
        self._clock = clock
        self._told_bad: deque[tuple[str, Problem]] = deque(maxlen=REMEMBERED)
        self._told_lost: deque[tuple[str, ...]] = deque(maxlen=REMEMBERED)
        self._last_bad: datetime | None = None
        self.absences = Absences()
        self.health = HistoryHealth(None)

    def unreadable(self, problem: Problem) -> None:
        """Rule 1."""
        self.health = replace(self.health, ok=False, problem=problem)
        self._alarms.set("history_unavailable", problem, pbx=self._pbx)

    def is_read_until(self, until: datetime) -> None:
        self.health = replace(self.health, until=until)

    def read(self, reading: Reading) -> None:
        """Rule 2."""
        bad = self._new_lines(reading)
        lines = self.health.bad_lines + bad
        self.health = HistoryHealth(True, None, self.health.until, lines)
        if bad:
            self._last_bad = self._clock.now()
        elif self._last_bad is None or self._clock.now() - self._last_bad > BAD_FOR:
            self._alarms.clear("history_bad_lines", self._pbx)

    def _new_lines(self, reading: Reading) -> int:
        """How many bad lines were not told before."""
        fresh: list[BadLine] = []
        for line in reading.bad:
            if (line.where, line.problem) not in self._told_bad:
                self._told_bad.append((line.where, line.problem))
                fresh.append(line)
        if not fresh:
            return 0
        for line in fresh[:TOLD_LINES]:
            log.warning(
                "history_bad_line", pbx=self._pbx, where=line.where, problem=str(line.problem)
            )
        more = max(0, reading.bad_count - len(reading.bad))
        total = self.health.bad_lines + len(fresh) + more
        last = fresh[-1]
        detail = f"{total} lines; the last: {last.where}: {last.problem}"
        told = {**last.problem.values, "why": last.problem.code, "where": last.where}
        self._alarms.set("history_bad_lines", detail, "warning", self._pbx, lines=total, **told)
        return len(fresh) + more

    def not_rebuilt(self, reading: Reading, rebuilt: Rebuilt) -> None:
        """Calls that bad lines cost us, each said once; a comparison (`reconciliation`) names them,
        too. Without bad lines a call without a beginning is older than the record."""
        if not reading.bad:
            return
        for one in rebuilt.incomplete:
            if one.uniqueids not in self._told_lost:
                self._told_lost.append(one.uniqueids)
                at, channels = one.at.isoformat(), list(one.uniqueids)
                log.warning("call_not_rebuilt", pbx=self._pbx, at=at, channels=channels)

    async def compare_begin(self, reading: Reading, needed_from: datetime) -> None:
        """Rule 3. Raises what a database raises."""
        begins = reading.complete_from
        if begins is None or begins <= needed_from or not await self._misses(needed_from, begins):
            self._alarms.clear("history_unavailable", self._pbx)
            return
        told = {"begins": f"{begins:{_MOMENT}}", "since": f"{needed_from:{_MOMENT}}"}
        problem = Problem("begins_late", told)
        self._alarms.set("history_unavailable", problem, "warning", self._pbx)

    async def _misses(self, since: datetime, begins: datetime) -> bool:
        if self.absences.within(since, begins):
            return True
        until = begins - timedelta(seconds=BEGINS_S)
        async with self._database.read() as connection:
            return await history.any_began(connection, self._pbx, since, until)
