"""Compares our log of calls with what the switch itself recorded, and keeps what differs.

By hand (``callcenter calls reconcile``) and each night (`nightly`). Calls that go on, and those of
before we first worked for the switch, are no differences.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.call_facts import CallFacts, StayFacts
from callcenter.domain.reconciliation import Difference, Sides, compare
from callcenter.services.alarms import Alarms
from callcenter.services.call_facts import of_log, of_rows
from callcenter.services.clock import Clock
from callcenter.services.recovery import Rebuild
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.problems import as_text
from callcenter.store.queries import history
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
        going_on = {
            call_id_for(made.pbx, uniqueid) for uniqueid in (*rebuilt.unfinished, *rebuilt.deaf)
        }
        theirs = {one.call_id: one for one in rebuilt.logs}
        async with self._database.read() as connection:
            ours = await self._ours(connection, since, until, theirs)
        going_on |= set(self._alive())
        unreadable: dict[UUID, str] = {}
        for lacking in rebuilt.incomplete:
            names = {call_id_for(made.pbx, name): name for name in lacking.uniqueids}
            if not reading.bad:  # it begins before the record does
                going_on |= names.keys()
            elif known := ours.keys() & names.keys():
                unreadable |= {call_id: names[call_id] for call_id in known}
            elif since <= lacking.at < until:
                unreadable |= [*names.items()][:1]
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
        report.differences += compare(Sides(ours, within, going_on, counted, unreadable))
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
            found += await rows.calls_named(connection, self.pbx, near)
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
