"""Health: made only while somebody who may looks; what is wrong is minded always."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.domain.permissions import Actor
from callcenter.feed import Feed, Message
from callcenter.services.alarms import Alarms
from callcenter.services.errors import Forbidden
from callcenter.services.health import Health, Watched
from callcenter.services.history_watch import HistoryHealth
from callcenter.services.views import HealthView, RecordingsHealth
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from telephony.ami import AmiStats
from telephony.calls import LiveCall
from telephony.events import SwitchConnected, SwitchLost
from telephony.problems import Problem
from tests import people
from tests.fakes import START, FakeClock

REFUSED = Problem("refused", {"at": "10.0.0.9:5038"})
NO_ROUTE = Problem("unreachable", {"at": "10.0.0.9:5038", "said": "No route to host"})

BOSS = Actor(UUID(int=1), permissions={"*": {"*": "all"}})
BOSSES = frozenset({UUID(int=1)})
AGENT = Actor(UUID(int=2), permissions={"call": {"read": "own"}})


@dataclass
class FakeConnection:
    """As much of a switch, its tracker and its log as is watched."""

    connected: bool = True
    told: AmiStats = field(default_factory=AmiStats)

    def stats(self) -> AmiStats:
        return self.told

    def live_calls(self) -> tuple[LiveCall, ...]:
        return ()

    def backlog(self) -> int:
        return 12

    def oldest_s(self) -> float:
        return 3.21


@dataclass
class Scene:
    database: Database
    clock: FakeClock
    alarms: Alarms
    told: list[Message]
    switch: FakeConnection
    health: Health

    def codes(self) -> list[str]:
        return [one.code for one in self.alarms.current()]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(database: Database) -> AsyncIterator[Scene]:
    clock, feed, switch = FakeClock(), Feed("test"), FakeConnection()
    alarms, told = Alarms(clock), list[Message]()
    feed.subscribe(told.append)
    health = Health(
        [
            Watched(
                "pbx1",
                switch,
                switch,
                switch,
                owner=lambda: "here",
                history=lambda: HistoryHealth(True, None, START, 3),
            )
        ],
        recordings=lambda: RecordingsHealth(None, 0, 0, 0, 1.0, 0.0),
        database=database,
        feed=feed,
        clock=clock,
        alarms=alarms,
        zone="UTC",
    )
    health.start()
    yield Scene(database, clock, alarms, told, switch, health)
    await health.stop()


async def heard(scene: Scene, count: int = 1) -> HealthView:
    async with asyncio.timeout(10):
        while len(scene.told) < count:  # noqa: ASYNC110 (a list has no event)
            await asyncio.sleep(0.005)
    view = scene.told[-1].data
    assert isinstance(view, HealthView)
    return view


async def test_it_is_made_only_while_somebody_looks_and_told_only_to_them(scene: Scene) -> None:
    await asyncio.sleep(0.05)
    assert scene.health.views == 0
    await scene.health.watch(BOSS, "tab", on=True)
    await heard(scene)
    assert [(one.type, one.audience) for one in scene.told] == [("health", BOSSES)]
    assert BOSS.user_id is not None
    scene.health.left(BOSS.user_id, "another tab")
    scene.health.left(BOSS.user_id, "tab")
    await asyncio.sleep(0.05)
    made = scene.health.views
    await scene.health.watch(BOSS, "tab", on=True)
    await scene.health.watch(BOSS, "tab", on=False)
    await asyncio.sleep(0.05)
    assert scene.health.views == made


async def test_it_is_not_everybodys(scene: Scene) -> None:
    for ask in (scene.health.watch(AGENT, "tab", on=True), scene.health.detail(AGENT)):
        with pytest.raises(Forbidden) as refused:
            await ask
        assert refused.value.code == "health_read"


async def test_what_it_tells(scene: Scene) -> None:
    row = {"pbx": "pbx1", "direction": "inbound", "started_at": START, "ended_at": START}
    for number, more in enumerate(({"from_history": True}, {"inferred": True}, {})):
        await people.insert(
            scene.database, "call", id=new_id(), uniqueid=f"1.{number}", **row, **more
        )
    run = {"pbx": "pbx1", "from": START, "to": START, "began_at": START, "ended_at": START}
    await people.insert(
        scene.database, "reconciliation", id=new_id(), calls=9, differences=2, **run
    )
    scene.switch.told = AmiStats(events_by_s=(0,) * 50 + (4,) * 10, lag_ms=2.5, resyncs=3)
    scene.health.on_event(SwitchConnected("pbx1", 1, START, "22.10.1"))
    view = await scene.health.detail(BOSS)
    [pbx] = view.pbxs
    assert (view.database_ok, pbx.owner, pbx.version, pbx.connected) == (
        True,
        "here",
        "22.10.1",
        True,
    )
    assert (pbx.events_per_s, pbx.lag_ms, pbx.resyncs) == (4.0, 2.5, 3)
    assert (pbx.journal_waiting, pbx.journal_oldest_s) == (12, 3.2)
    assert (pbx.recovered_today, pbx.inferred_today) == (1, 1)
    assert (pbx.reconciled_calls, pbx.differences) == (9, 2)
    assert (pbx.history_ok, pbx.history_until, pbx.history_bad_lines) == (True, START, 3)


async def test_a_switch_that_is_lost_is_an_alarm_since_it_was(scene: Scene) -> None:
    scene.health.on_event(SwitchLost("pbx1", 1, START, REFUSED))
    scene.clock.advance(60)
    scene.health.on_event(SwitchLost("pbx1", 2, START, NO_ROUTE))
    [alarm] = scene.alarms.current()
    assert (alarm.code, alarm.since, alarm.detail, alarm.pbx) == (
        "switch_lost",
        START,
        str(NO_ROUTE),
        "pbx1",
    )
    assert alarm.facts == {**NO_ROUTE.values, "problem": "unreachable"}
    gone = (await scene.health.detail(BOSS)).pbxs[0]
    assert (gone.since, gone.problem) == (START, NO_ROUTE)
    scene.health.on_event(SwitchConnected("pbx1", 3, START, "22"))
    assert scene.alarms.current() == ()
    back = (await scene.health.detail(BOSS)).pbxs[0]
    assert (back.since, back.problem) == (START + timedelta(seconds=60), None)


async def test_a_wrong_clock_and_dropped_events_are_seen_without_anybody_looking(
    scene: Scene,
) -> None:
    scene.switch.told = AmiStats(clock_skew_s=-300.0, overflows=1, dropped=70)
    scene.clock.advance(5)
    assert sorted(scene.codes()) == ["clock_skew", "overflow"]
    assert "300.0 s behind ours" in next(
        one.detail for one in scene.alarms.current() if one.code == "clock_skew"
    )
    scene.switch.told = AmiStats(clock_skew_s=0.4, overflows=1, dropped=70)
    scene.clock.advance(5)
    assert scene.codes() == ["overflow"]
    scene.clock.advance(900)
    assert scene.codes() == []
    assert scene.health.views == 0
