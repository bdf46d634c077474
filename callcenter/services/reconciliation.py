"""Compares our log of calls with what the switch itself recorded, and keeps what differs.

By hand (``callcenter calls reconcile``) and each night, at 03:10 in the company's zone, for the day
before; a night that was missed is made up for at the start. Calls that go on, and those of before
we first worked for the switch, are no differences.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.reconciliation import (
    CallFacts,
    Difference,
    LegFacts,
    Sides,
    StayFacts,
    compare,
)
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock, Timer
from callcenter.services.figures import midnight
from callcenter.services.recovery import Rebuild
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.problems import as_text
from callcenter.store.queries import AnyRow, history
from callcenter.store.queries import reconciliation as rows
from telephony.calls import Topology
from telephony.events import CallLog, call_id_for
from telephony.history.queue_log import QueueReading
from telephony.history.rows import HistorySource, HistoryUnavailable
from telephony.problems import Problem

log = structlog.get_logger(__name__)

SLICE: Final = timedelta(hours=1)
EDGE: Final = timedelta(minutes=1)  # the two sides may put a call's begin on either side of a slice
LONGEST_WAIT: Final = timedelta(hours=6)
AT: Final = timedelta(hours=3, minutes=10)  # after midnight
LOOK_S: Final = 600.0  # at least so often: a machine that slept wakes to another time
RETRY_S: Final = 60.0
MADE_UP_FOR: Final = timedelta(days=7)

Progress = Callable[[float], None]
"""0 … 1"""


class QueueLogSource(Protocol):
    async def read(self, since: datetime, until: datetime) -> QueueReading: ...


@dataclass(frozen=True, slots=True)
class Records:
    """What a switch recorded of itself, and how it is read."""

    pbx: str
    source: HistorySource
    rebuild: Rebuild
    topology: Topology
    queue_log: QueueLogSource | None = None


@dataclass(slots=True)
class Report:
    run_id: UUID
    pbx: str
    since: datetime
    until: datetime
    calls: int = 0  # compared
    bad_lines: int = 0
    problem: Problem | None = None  # why it could not be done to its end
    begins_at: datetime | None = None  # the switch's record, when it begins only within
    differences: list[Difference] = field(default_factory=list)


class Reconciliation:
    def __init__(
        self,
        records: Records,
        database: Database,
        clock: Clock,
        *,
        alive: Callable[[], Collection[UUID]] = lambda: (),
        alarms: Alarms | None = None,
    ) -> None:
        """`alive`: the calls that go on just now."""
        self._records = records
        self._database = database
        self._clock = clock
        self._alive = alive
        self._alarms = alarms

    @property
    def pbx(self) -> str:
        return self._records.pbx

    async def run(
        self, since: datetime, until: datetime, progress: Progress | None = None
    ) -> Report:
        """Compares the calls that began within, and keeps the outcome. A record that cannot be
        read is the report's `problem`. Raises what a database raises."""
        report = Report(new_id(), self.pbx, since, until)
        began = {"id": report.run_id, "pbx": self.pbx, "from": since, "to": until}
        async with self._database.begin() as connection:
            await rows.begin(connection, began | {"began_at": self._clock.now()})
            ours_from = await history.known_from(connection, self.pbx)
        first = max(since, ours_from or since)
        begin = first
        try:
            while begin < until:
                end = min(begin + SLICE, until)
                await self._slice(begin, end, report)
                begin = end
                if progress is not None:
                    progress((begin - first) / (until - first))
        except HistoryUnavailable as error:
            report.problem = error.problem
        await self._keep(report)
        return report

    async def _slice(self, since: datetime, until: datetime, report: Report) -> None:
        made = self._records
        reading = await made.source.read(since - EDGE, until + EDGE)
        report.bad_lines += reading.bad_count or len(reading.bad)
        rebuilt = await asyncio.to_thread(made.rebuild, reading.rows, made.pbx, made.topology)
        untold = (*rebuilt.unfinished, *rebuilt.incomplete)
        going_on = {call_id_for(made.pbx, uniqueid) for uniqueid in untold}
        theirs = {one.call_id: one for one in rebuilt.logs}
        async with self._database.read() as connection:
            ours = await self._ours(connection, since, until, theirs)
        going_on |= set(self._alive())
        if reading.complete_from is not None and reading.complete_from > since:
            begins = reading.complete_from
            ours = {key: one for key, one in ours.items() if one.started_at >= begins}
            report.begins_at = begins
        within = {
            call_id: of_log(one)
            for call_id, one in theirs.items()
            if call_id in ours or since <= one.started_at < until
        }
        counted = await self._counted(since, until, ours)
        report.differences += compare(Sides(ours, within, going_on, counted))
        report.calls += len({*ours, *within} - going_on)

    async def _ours(
        self,
        connection: AsyncConnection,
        since: datetime,
        until: datetime,
        theirs: Mapping[UUID, CallLog],
    ) -> dict[UUID, CallFacts]:
        """Those that began within; also those that did by the switch, and not quite by us. What
        began within by us, and not quite by the switch, is of another slice."""
        found = list(await rows.calls(connection, self.pbx, since, until))
        here = {row.id for row in found}
        near = [
            call_id
            for call_id, one in theirs.items()
            if call_id not in here and since <= one.started_at < until
        ]
        if near:
            found += await rows.calls_named(connection, near)
        found = [
            row
            for row in found
            if row.id not in theirs or since <= theirs[row.id].started_at < until
        ]
        ids = [row.id for row in found]
        legs, stays = defaultdict(list), defaultdict(list)
        for leg in await rows.legs(connection, ids):
            legs[leg.call_id].append(leg)
        for stay in await rows.visits(connection, ids):
            stays[stay.call_id].append(stay)
        return {row.id: of_rows(row, legs[row.id], stays[row.id]) for row in found}

    async def _counted(
        self, since: datetime, until: datetime, ours: Mapping[UUID, CallFacts]
    ) -> dict[str, Sequence[StayFacts]]:
        """What queue_log has of our calls; of those that it covers."""
        if self._records.queue_log is None:
            return {}
        reading = await self._records.queue_log.read(since - EDGE, until + LONGEST_WAIT)
        stays: dict[str, list[StayFacts]] = {
            one.uniqueid: []
            for one in ours.values()
            if one.ended_at is not None
            and (reading.complete_from is None or one.started_at >= reading.complete_from)
        }
        for fact in reading.facts:
            if fact.callid in stays:
                outcome = str(fact.outcome) if fact.outcome is not None else ""
                stays[fact.callid].append(StayFacts(fact.queue, float(fact.wait_s), outcome))
        return dict(stays)

    async def _keep(self, report: Report) -> None:
        values: dict[str, Any] = {
            "ended_at": self._clock.now(),
            "calls": report.calls,
            "differences": len(report.differences),
            "bad_lines": report.bad_lines,
            "problem": as_text(report.problem) if report.problem else "",
        }
        found = [
            {
                "id": new_id(),
                "reconciliation_id": report.run_id,
                "call_id": one.call_id,
                "uniqueid": one.uniqueid,
                "kind": str(one.kind),
                "ours": one.ours,
                "theirs": one.theirs,
            }
            for one in report.differences
        ]
        async with self._database.begin() as connection:
            await rows.end(connection, report.run_id, values, found)
        log.info(
            "reconciled",
            pbx=self.pbx,
            calls=report.calls,
            differences=len(found),
            problem=str(report.problem or ""),
        )
        if self._alarms is None:
            return
        if found:
            text = f"{len(found)} in {report.calls} calls since {report.since:%Y-%m-%d %H:%M} UTC"
            n, calls = len(found), report.calls
            self._alarms.set("differences", text, pbx=self.pbx, n=n, calls=calls)
        elif not report.problem:
            self._alarms.clear("differences", self.pbx)


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


def of_log(log_: CallLog) -> CallFacts:
    return CallFacts(
        call_id=log_.call_id,
        uniqueid=log_.uniqueid,
        direction=str(log_.direction),
        result=str(log_.result),
        started_at=log_.started_at,
        answered_at=log_.answered_at,
        ended_at=log_.ended_at,
        wait_s=log_.wait_s,
        queues=tuple(log_.queues),
        legs=tuple(
            LegFacts(
                leg_id=leg.leg_id,
                role=str(leg.role),
                result=str(leg.result),
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                connected_s=leg.connected_s,
            )
            for leg in log_.legs
        ),
        stays=tuple(StayFacts(one.queue, one.wait_s, str(one.outcome)) for one in log_.visits),
    )


def of_rows(row: AnyRow, legs: Sequence[AnyRow], visits: Sequence[AnyRow]) -> CallFacts:
    """Of `call`, and its rows of `call_leg` and `queue_visit`."""
    return CallFacts(
        call_id=row.id,
        uniqueid=row.uniqueid,
        direction=row.direction,
        result=row.result,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        wait_s=row.wait_s,
        queues=tuple(row.queues),
        legs=tuple(
            LegFacts(
                leg_id=leg.uniqueid,
                role=leg.role,
                result=leg.result,
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                connected_s=leg.connected_s,
            )
            for leg in legs
        ),
        stays=tuple(StayFacts(one.queue, one.wait_s, one.outcome) for one in visits),
    )
