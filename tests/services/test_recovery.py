"""What nobody saw is read back from the switch's own record: all of it, once, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter.services.alarms import Alarms
from callcenter.services.recovery import LAG_S, RETRY_S, SOON_S, Recovery
from callcenter.store.database import Database
from callcenter.store.queries import history
from telephony.calls import LiveCall, Topology
from telephony.events import CallEnded, CallLog, CallResult, Direction, SwitchConnected, SwitchLost
from telephony.history.rows import BadLine, HistoryUnavailable
from telephony.problems import Problem
from tests.fakes import START, FakeHistory
from tests.services.log_house import (
    OTHER_DEVICE,
    PBX,
    LogHouse,
    Story,
    opened,
    two_agents,
)

MINUTE = timedelta(minutes=1)
NO_FILE = Problem("no_file", {"path": "callcenter.csv"})
BAD_LINE = BadLine("callcenter.csv:3", Problem("line_columns", {"there": 7, "expected": 12}))
HOUR = timedelta(hours=1)


@dataclass
class FakeTracker:
    live: list[LiveCall] = field(default_factory=list)

    def live_calls(self) -> Sequence[LiveCall]:
        return self.live


@dataclass
class Scene:
    house: LogHouse
    record: FakeHistory
    tracker: FakeTracker
    alarms: Alarms
    recovery: Recovery
    skew: timedelta = timedelta()

    def skew_s(self) -> float:
        return self.skew.total_seconds()

    async def until(self) -> datetime | None:
        async with self.house.database.read() as connection:
            return await history.read_until(connection, PBX)

    async def ids(self) -> set[str]:
        return {row["uniqueid"] for row in await self.house.rows("call")}

    async def passed(self, passes: int) -> None:
        async with asyncio.timeout(5):
            while self.recovery.passes < passes:  # noqa: ASYNC110 (a counter has no event)
                await asyncio.sleep(0.005)

    def codes(self) -> list[str]:
        return [one.code for one in self.alarms.current()]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    agents = await two_agents(database)
    async with opened(database, tmp_path / "journal") as house:
        house.agents = agents
        record, tracker, alarms = FakeHistory(), FakeTracker(), Alarms(house.clock)
        scene: Scene
        recovery = Recovery(
            pbx=PBX,
            source=record,
            rebuild=record.rebuild,
            topology=Topology(),
            tracker=tracker,
            call_log=house.log,
            database=database,
            clock=house.clock,
            skew_s=lambda: scene.skew_s(),  # noqa: PLW0108 (it is made later)
            alarms=alarms,
        )
        scene = Scene(house, record, tracker, alarms, recovery)
        yield scene
        await recovery.stop()


def call(uniqueid: str, at: datetime) -> CallLog:
    story = Story(uniqueid, at=at).arrives().waits().talks()
    return replace(story.log(CallResult.ANSWERED), recovered=True, from_history=True)


def live(log: CallLog) -> LiveCall:
    return LiveCall(
        call_id=log.call_id,
        direction=Direction.INBOUND,
        caller=log.caller,
        caller_name="",
        dialled="",
        queue="",
        queues=(),
        started_at=log.started_at,
        answered_at=None,
        legs=(),
    )


async def test_what_was_before_our_first_start_is_not_imported(scene: Scene) -> None:
    scene.record.logs = [call("0.1", START - 3 * MINUTE)]
    assert await scene.recovery.look() == 0
    assert await scene.until() == START
    scene.record.logs.append(call("0.2", START + MINUTE))
    scene.house.clock.advance(300)
    assert await scene.recovery.look() == 1
    assert await scene.ids() == {"0.2"}, "also not by the margin that is read twice"


async def test_calls_that_came_and_went_while_we_were_away(scene: Scene) -> None:
    await scene.recovery.look()
    seen = Story("1.1", at=START + MINUTE).arrives().waits().talks().ends()
    await scene.house.tell(seen.events)
    whole = await scene.house.call(seen.id)
    gaps = replace(seen.log(CallResult.ANSWERED), uniqueid="1.2", inferred=True)
    gaps = replace(gaps, call_id=call("1.2", START).call_id, legs=())
    await scene.house.tell([CallEnded(PBX, gaps.call_id, 0, gaps.ended_at, gaps)])
    standing_open = Story("1.3", at=START + MINUTE).arrives().waits()
    await scene.house.tell(standing_open.events)
    scene.record.logs = [call(f"1.{n}", START + MINUTE) for n in range(1, 5)]
    scene.house.clock.advance(600)
    assert await scene.recovery.look() == 3
    rows = {row["uniqueid"]: row for row in await scene.house.rows("call")}
    assert {name: row["from_history"] for name, row in rows.items()} == {
        "1.1": False,
        "1.2": True,
        "1.3": True,
        "1.4": True,
    }
    assert all(row["ended_at"] and not row["inferred"] for row in rows.values())
    assert await scene.house.call(seen.id) == whole
    assert await scene.recovery.look() == 0, "once"
    async with scene.house.database.read() as connection:
        counts = await history.counts_since(connection, PBX, START)
    assert (counts.recovered, counts.inferred) == (3, 0)


async def test_a_call_that_lives_is_left_alone(scene: Scene) -> None:
    await scene.recovery.look()
    by_tracker, by_record = call("2.1", START + MINUTE), call("2.2", START + MINUTE)
    scene.record.logs = [by_tracker, by_record]
    scene.tracker.live = [live(by_tracker)]
    scene.record.unfinished = ["2.2"]
    scene.house.clock.advance(300)
    assert await scene.recovery.look() == 0
    scene.tracker.live, scene.record.unfinished = [], []
    scene.house.clock.advance(300)
    assert await scene.recovery.look() == 2


async def test_a_consultation_that_ended_as_part_of_its_call_is_no_row(scene: Scene) -> None:
    await scene.recovery.look()
    consult = Story("3.2", at=START + MINUTE).arrives().waits().talks(OTHER_DEVICE)
    main = Story("3.1", at=START).arrives().waits().talks()
    await scene.house.tell([*main.events[:-1], *consult.events[:-1]])  # then we were gone
    main.legs.extend(consult.legs)
    whole = replace(main.log(CallResult.ANSWERED), recovered=True, from_history=True)
    scene.record.logs, scene.record.merged = [whole], [(consult.id, main.id)]
    scene.house.clock.advance(300)
    assert await scene.recovery.look() == 1
    assert await scene.ids() == {"3.1"}
    legs = await scene.house.rows("call_leg", call_id=main.id)
    assert len(legs) == 2
    assert await scene.recovery.look() == 0


async def test_a_call_from_before_us_is_ours_when_a_part_of_it_is(scene: Scene) -> None:
    await scene.recovery.look()
    consult = Story("4.2", at=START + MINUTE).arrives().waits().talks(OTHER_DEVICE)
    main = Story("4.1", at=START - MINUTE).arrives().waits().talks()
    await scene.house.tell(consult.events)  # its leg has ended, and is there
    main.legs.extend(consult.legs)
    whole = replace(main.log(CallResult.ANSWERED), recovered=True, from_history=True)
    scene.record.logs, scene.record.merged = [whole], [(consult.id, main.id)]
    scene.house.clock.advance(300)
    assert await scene.recovery.look() == 1
    assert await scene.ids() == {"4.1"}
    assert scene.house.log.refused == 0
    assert len(await scene.house.rows("call_leg", call_id=main.id)) == 2


async def test_a_long_time_away_is_read_in_slices_that_are_kept_one_by_one(scene: Scene) -> None:
    await scene.recovery.look()
    scene.record.logs = [call(f"4.{n}", START + n * HOUR) for n in range(1, 6)]
    scene.record.asked.clear()
    scene.house.clock.advance(5.5 * 3600)
    assert await scene.recovery.look() == 5
    assert len(scene.record.asked) == 6
    assert all(end - begin <= HOUR for begin, end in scene.record.asked)
    assert scene.record.asked[0][0] == START - 5 * MINUTE
    begins = [begin for begin, _ in scene.record.asked[1:]]
    assert begins == [end for _, end in scene.record.asked[:-1]]
    assert await scene.until() == START + 5.5 * HOUR


async def test_a_clock_that_jumped_ahead_and_back_hides_nothing(scene: Scene) -> None:
    await scene.recovery.look()
    scene.skew = 24 * HOUR
    await scene.recovery.look()
    assert await scene.until() == START
    scene.skew = timedelta()
    scene.record.logs = [call("5.1", START + MINUTE)]
    scene.house.clock.advance(3600)
    assert await scene.recovery.look() == 1


async def test_it_is_looked_at_at_the_start_and_twice_after_each_connection(scene: Scene) -> None:
    clock = scene.house.clock
    scene.recovery.start()
    await scene.passed(1)
    scene.recovery.on_event(SwitchConnected(PBX, 1, START, "22"))
    await scene.passed(2)
    scene.record.logs = [call("6.1", START + timedelta(seconds=1))]  # its end was not yet written
    clock.advance(LAG_S)
    await scene.passed(3)
    assert await scene.ids() == {"6.1"}
    scene.recovery.on_event(SwitchConnected("another", 1, START, "22"))
    for passes in (4, 5):  # by itself, and not ever more often
        clock.advance(900)
        await scene.passed(passes)
    await asyncio.sleep(0.02)
    assert scene.recovery.passes == 5


@pytest.mark.parametrize(("gaps", "passes"), [(False, 1), (True, 2)])
async def test_the_end_of_a_call_that_went_on_unseen_is_looked_at_soon(
    scene: Scene, gaps: bool, passes: int
) -> None:
    log = replace(call("6.1", START), from_history=False, recovered=gaps)
    scene.recovery.start()
    await scene.passed(1)
    for number in (1, 2):  # of two at a time, once
        scene.recovery.on_event(CallEnded(PBX, log.call_id, number, START, log))
    scene.house.clock.advance(SOON_S)
    await scene.passed(passes)
    await asyncio.sleep(0.02)
    assert scene.recovery.passes == passes


async def test_a_record_that_cannot_be_read_is_an_alarm_and_is_tried_again(scene: Scene) -> None:
    scene.record.broken = HistoryUnavailable(NO_FILE)
    scene.recovery.start()
    async with asyncio.timeout(5):
        while not scene.alarms.current():  # noqa: ASYNC110 (a list has no event)
            await asyncio.sleep(0.005)
    [alarm] = scene.alarms.current()
    assert (alarm.code, alarm.level, alarm.pbx) == ("history_unavailable", "alarm", PBX)
    assert (scene.recovery.health.ok, scene.recovery.health.problem) == (False, NO_FILE)
    told = {"path": "callcenter.csv", "problem": "no_file"}
    assert (alarm.detail, alarm.facts) == (str(NO_FILE), told)
    scene.record.broken = None
    scene.record.logs = [call("7.1", START + timedelta(seconds=1))]
    scene.house.clock.advance(RETRY_S)
    await scene.passed(1)
    assert scene.alarms.current() == ()
    assert await scene.ids() == {"7.1"}


async def test_bad_lines_are_told_once_each_and_the_rest_is_used(scene: Scene) -> None:
    await scene.recovery.look()
    scene.record.bad = [BAD_LINE]
    scene.record.logs = [call("8.1", START)]
    scene.house.clock.advance(60)
    for _ in range(3):
        await scene.recovery.look()
    assert scene.recovery.health.bad_lines == 1
    assert await scene.ids() == {"8.1"}
    [alarm] = scene.alarms.current()
    assert alarm.detail == "1 lines; the last: callcenter.csv:3: 7 columns where 12 are expected"
    told = {"lines": 1, "where": "callcenter.csv:3", "there": 7, "expected": 12}
    assert alarm.facts == {**told, "why": "line_columns"}
    scene.record.bad = []
    scene.house.clock.advance(25 * 3600)
    await scene.recovery.look()
    assert scene.codes() == []


async def test_a_record_that_begins_after_what_we_need_is_said(scene: Scene) -> None:
    await scene.recovery.look()
    scene.recovery.on_event(SwitchConnected(PBX, 0, START, "22"))
    scene.recovery.on_event(SwitchLost(PBX, 0, START, Problem("closed")))
    scene.house.clock.advance(1800)
    scene.recovery.on_event(SwitchConnected(PBX, 0, START, "22"))
    scene.record.complete_from = START + 10 * MINUTE
    await scene.recovery.look()
    [alarm] = scene.alarms.current()
    assert (alarm.code, alarm.level) == ("history_unavailable", "warning")
    assert "2026-01-05 09:10:00" in alarm.detail
    assert alarm.facts["problem"] == "begins_late"


async def test_a_new_switch_whose_record_begins_with_its_first_call_lacks_nothing(
    scene: Scene,
) -> None:
    """We listened from the beginning; its file is made when there is something to write."""
    await scene.recovery.look()
    scene.recovery.on_event(SwitchConnected(PBX, 0, START, "22"))
    scene.record.complete_from = START + MINUTE
    seen = Story("9.1", at=START + MINUTE).arrives().waits().talks().ends()
    await scene.house.tell(seen.events)
    scene.house.clock.advance(120)
    await scene.recovery.look()
    assert scene.codes() == []


async def test_a_call_of_ours_from_before_the_record_begins_shows_that_it_lacks(
    scene: Scene,
) -> None:
    await scene.recovery.look()
    scene.recovery.on_event(SwitchConnected(PBX, 0, START, "22"))
    seen = Story("9.2", at=START + MINUTE).arrives().waits().talks().ends()
    await scene.house.tell(seen.events)
    scene.record.complete_from = START + 2 * MINUTE
    scene.house.clock.advance(180)
    await scene.recovery.look()
    assert scene.codes() == ["history_unavailable"]


async def test_what_was_between_two_runs_nobody_saw(scene: Scene) -> None:
    """This process is a new one: a former run had read until a minute ago."""
    async with scene.house.database.begin() as connection:
        await history.put_known_from(connection, PBX, START - HOUR)
        await history.put_read_until(connection, PBX, START - MINUTE)
    scene.record.complete_from = START - MINUTE / 2
    await scene.recovery.look()
    assert scene.codes() == ["history_unavailable"]
    scene.recovery.on_event(SwitchConnected(PBX, 0, START, "22"))
    scene.record.complete_from = START - 2 * MINUTE
    await scene.recovery.look()
    assert scene.codes() == [], "it begins before we were away"
