"""Each night our log of calls is compared with the switch's record, for the day before: at 03:10 in
the company's zone. A night that was missed is made up for at the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.clock import Clock, Timer
from callcenter.services.figures import midnight
from callcenter.services.reconciliation import Reconciliation
from callcenter.store.database import Database
from callcenter.store.queries import history
from callcenter.store.queries import reconciliation as rows

log = structlog.get_logger(__name__)

AT: Final = timedelta(hours=3, minutes=10)  # after midnight
LOOK_S: Final = 600.0  # at least so often: a machine that slept wakes to another time
RETRY_S: Final = 60.0
MADE_UP_FOR: Final = timedelta(days=7)


class Nightly:
    """`owns(pbx)`: whether this process works for that switch just now."""

    def __init__(
        self,
        each: Sequence[Reconciliation],
        database: Database,
        clock: Clock,
        zone: str = "",
        owns: Callable[[str], bool] = lambda _pbx: True,
    ) -> None:
        self._each = each
        self._database = database
        self._clock = clock
        self._zone: tzinfo | None = ZoneInfo(zone) if zone else None
        self._owns = owns
        self._wake = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self.looks = 0

    def start(self) -> None:
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            wait_s = LOOK_S
            try:
                wait_s = await self._look()
            except (SQLAlchemyError, OSError) as error:  # the database is away: later
                log.warning("not_reconciled", reason=str(error))
                wait_s = RETRY_S
            except Exception:  # a fault of ours: the next night comes all the same
                log.exception("reconciliation_stumbled")
            self.looks += 1
            self._timer = self._clock.call_later(wait_s, self._wake.set)

    async def _look(self) -> float:
        """What is due is done; seconds until the next look."""
        now = self._clock.now()
        today = midnight(now, self._zone)
        due_at = today + AT
        if now < due_at:
            return min(LOOK_S, (due_at - now).total_seconds())
        for one in self._each:
            if self._owns(one.pbx):
                await self._make_up(one, today)
        return LOOK_S

    async def _make_up(self, one: Reconciliation, today: datetime) -> None:
        """Every day that lacks, up to last midnight."""
        async with self._database.read() as connection:
            ours_from = await history.known_from(connection, one.pbx)
            if ours_from is None:
                return
            since = max(ours_from, today - MADE_UP_FOR)
            spans = list(await rows.compared(connection, one.pbx, since))
        while (since := covered_until(spans, since)) < today:
            end = min(midnight(since + timedelta(hours=26), self._zone), today)
            report = await one.run(since, end)
            if report.problem:
                return  # tried again at the next look
            spans.append((since, end))


def covered_until(spans: Sequence[tuple[datetime, datetime]], since: datetime) -> datetime:
    """How far these reach from `since` on without a gap: who compared an hour by hand has not
    compared the day before it."""
    for begin, end in sorted(spans):
        if begin <= since:
            since = max(since, end)
    return since
