"""Our log beside the switch's own record, on a real database: what is compared, kept and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest_asyncio

from callcenter.services.alarms import Alarms
from callcenter.services.nightly import Nightly, covered_until
from callcenter.services.reconciliation import Reconciliation, Records
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.problems import from_text
from callcenter.store.queries import history
from telephony.calls import Topology
from telephony.events import CallLog, CallResult
from telephony.history.rows import BadLine, HistoryUnavailable, Incomplete
from telephony.problems import Problem
from tests.fakes import START, FakeHistory
from tests.services.log_house import PBX, LogHouse, Story, opened, two_agents

NO_FILE = Problem("no_file", {"path": "callcenter.csv"})
BAD_LINE = BadLine("callcenter.csv:3", Problem("line_columns", {"there": 7, "expected": 12}))

HOUR = timedelta(hours=1)
EVENING = START + 8 * HOUR


@dataclass
class Scene:
    house: LogHouse
    record: FakeHistory
    alarms: Alarms
    work: Reconciliation
    alive: list[UUID] = field(default_factory=list)

    async def called(self, uniqueid: str, at: datetime) -> CallLog:
        """A call that is in our log."""
        story = Story(uniqueid, at=at).arrives().waits().talks().ends()
        await self.house.tell(story.events)
        return replace(story.log(CallResult.ANSWERED), recovered=True, from_history=True)

    async def runs(self) -> list[dict[str, object]]:
        async with self.house.database.read() as connection:
            query = tables.reconciliation.select().order_by(tables.reconciliation.c["from"])
            return [dict(row) for row in (await connection.execute(query)).mappings()]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    agents = await two_agents(database)
    async with opened(database, tmp_path / "journal") as house:
        house.agents = agents
        async with database.begin() as connection:
            await history.put_known_from(connection, PBX, START)
        record, alarms = FakeHistory(), Alarms(house.clock)
        records = Records(PBX, record, record.rebuild, Topology())
        alive: list[UUID] = []
        work = Reconciliation(records, database, house.clock, alive=lambda: alive, alarms=alarms)
        yield Scene(house, record, alarms, work, alive)


async def test_two_logs_of_the_same_calls_do_not_differ(scene: Scene) -> None:
    scene.record.logs = [await scene.called(f"1.{n}", START + n * HOUR / 2) for n in range(7)]
    done: list[float] = []
    report = await scene.work.run(START, EVENING, done.append)
    assert (report.calls, report.differences, report.problem) == (7, [], None)
    assert done == sorted(done)
    assert done[-1] == 1.0
    [run] = await scene.runs()
    assert (run["calls"], run["differences"], run["problem"]) == (7, 0, "")
    assert run["ended_at"] is not None


async def test_each_call_that_differs_is_kept_and_is_an_alarm_until_none_does(scene: Scene) -> None:
    ours = await scene.called("2.1", START + HOUR)
    missing = replace(ours, call_id=UUID(int=5), uniqueid="2.2")
    wrong = await scene.called("2.3", START + 2 * HOUR)
    extra = await scene.called("2.4", START + 3 * HOUR)
    lost = replace(wrong, result=CallResult.ABANDONED, ended_at=wrong.ended_at + HOUR / 60)
    scene.record.logs = [ours, missing, lost]
    scene.record.bad = [BAD_LINE]
    report = await scene.work.run(START, START + HOUR * 4)
    kinds = sorted((one.uniqueid, str(one.kind)) for one in report.differences)
    assert kinds == [("2.2", "missing"), ("2.3", "result"), ("2.3", "times"), ("2.4", "extra")]
    async with scene.house.database.read() as connection:
        kept = (await connection.execute(tables.difference.select())).all()
    assert sorted((one.uniqueid, one.kind) for one in kept) == kinds
    assert {one.reconciliation_id for one in kept} == {report.run_id}
    assert [one.code for one in scene.alarms.current()] == ["differences"]
    scene.record.logs = [ours, wrong, extra]
    assert (await scene.work.run(START, EVENING)).differences == []
    assert scene.alarms.current() == ()


async def test_what_goes_on_or_was_before_us_is_not_compared(scene: Scene) -> None:
    before = await scene.called("3.1", START - HOUR)
    lives = await scene.called("3.2", START + HOUR)
    told = await scene.called("3.3", START + HOUR)
    old = replace(before, call_id=UUID(int=6), uniqueid="3.0")
    scene.record.logs = [old]
    scene.record.unfinished = [told.uniqueid]
    scene.alive.append(lives.call_id)
    report = await scene.work.run(START - 5 * HOUR, EVENING)
    assert (report.calls, report.differences) == (0, [])


async def test_what_damaged_lines_hide_is_a_difference_and_not_what_the_record_never_had(
    scene: Scene,
) -> None:
    known = await scene.called("6.1", START + HOUR)
    at = known.started_at
    lacking = [Incomplete(("6.0", "6.1"), at), Incomplete(("6.3", "6.4"), at)]
    scene.record.incomplete = [*lacking, Incomplete(("6.5",), START - 9 * HOUR)]
    report = await scene.work.run(START, EVENING)
    assert report.differences == [], "the record begins in the middle of them"
    scene.record.bad = [BAD_LINE]
    report = await scene.work.run(START, START + 2 * HOUR)
    found = [(one.uniqueid, str(one.kind), one.ours is None) for one in report.differences]
    assert found == [("6.1", "unreadable", False), ("6.3", "unreadable", True)]


async def test_a_begin_on_the_edge_of_a_slice_is_one_call(scene: Scene) -> None:
    ours = await scene.called("4.1", START + HOUR)
    scene.record.logs = [replace(ours, started_at=ours.started_at - timedelta(seconds=0.5))]
    report = await scene.work.run(START, EVENING)
    assert (report.calls, report.differences) == (1, [])


async def test_a_record_that_cannot_be_read_or_begins_too_late_is_a_problem(scene: Scene) -> None:
    await scene.called("5.1", START + HOUR)
    scene.record.broken = HistoryUnavailable(NO_FILE)
    report = await scene.work.run(START, EVENING)
    assert (report.problem, report.differences) == (NO_FILE, [])
    again = await scene.work.run(START, EVENING)
    [run] = await scene.runs()
    assert (run["id"], from_text(str(run["problem"]))) == (again.run_id, NO_FILE), "one failure"
    scene.record.broken = None
    scene.record.complete_from = START + 4 * HOUR
    report = await scene.work.run(START, EVENING)
    assert report.differences == [], "rotated away is not wrong"
    assert (report.problem, report.begins_at) == (None, START + 4 * HOUR)


async def test_each_night_the_day_before_and_what_was_missed(scene: Scene) -> None:
    clock, day = scene.house.clock, timedelta(days=1)
    nightly = Nightly([scene.work], scene.house.database, clock, "UTC")

    async def looked(looks: int) -> None:
        async with asyncio.timeout(10):
            while nightly.looks < looks:  # noqa: ASYNC110 (a counter has no event)
                await asyncio.sleep(0.005)

    nightly.start()
    await looked(1)
    assert await scene.runs() == [], "nothing of yesterday is ours"
    today = START.replace(hour=0)
    clock.advance((today + day + timedelta(hours=3, minutes=9) - START).total_seconds())
    await looked(2)
    assert await scene.runs() == [], "not before its time"
    for looks in (3, 4):
        clock.advance(600)
        await looked(looks)
    [first] = await scene.runs()
    assert (first["from"], first["to"]) == (START, today + day)
    await nightly.stop()
    clock.advance(3 * 86_400)  # we were not there for three nights
    nightly = Nightly([scene.work], scene.house.database, clock, "UTC")
    nightly.start()
    await looked(1)
    spans = [(run["from"], run["to"]) for run in await scene.runs()][1:]
    assert spans == [(today + n * day, today + (n + 1) * day) for n in (1, 2, 3)]
    await nightly.stop()


async def test_an_hour_that_was_compared_by_hand_hides_no_day(scene: Scene) -> None:
    clock, day = scene.house.clock, timedelta(days=1)
    midnight = START.replace(hour=0) + day
    clock.advance((midnight + timedelta(hours=4) - START).total_seconds())
    await scene.work.run(midnight + HOUR, midnight + 9 * HOUR)  # not all of it has been yet
    nightly = Nightly([scene.work], scene.house.database, clock, "UTC")
    for night in (0, 1):
        nightly.start()
        async with asyncio.timeout(10):
            while nightly.looks == night:  # noqa: ASYNC110 (a counter has no event)
                await asyncio.sleep(0.005)
        await nightly.stop()
        clock.advance(86_400)
    spans = [(run["from"], run["to"]) for run in await scene.runs()]
    by_hand = midnight + HOUR, midnight + 9 * HOUR
    assert spans == [(START, midnight), (midnight, midnight + day), by_hand]


def test_how_far_comparisons_reach() -> None:
    at = [START + n * HOUR for n in range(6)]
    assert covered_until([], at[1]) == at[1]
    assert covered_until([(at[3], at[4]), (at[0], at[2])], at[1]) == at[2]
    assert covered_until([(at[2], at[4]), (at[0], at[3]), (at[4], at[5])], at[1]) == at[5]
