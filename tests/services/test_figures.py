"""One agent's day in figures, by the trade's formulas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from callcenter.services.figures import midnight
from callcenter.services.journal import AgentStateBegan, WrapUpDone
from callcenter.services.records import FiguresView
from callcenter.store.database import Database
from telephony.events import CallResult, Direction, LegEnded
from tests.fakes import START
from tests.services.after_house import Afterwards, afterwards
from tests.services.log_house import OTHER_DEVICE, PBX, WANG, Story


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Afterwards]:
    async with afterwards(database, tmp_path / "journal") as made:
        yield made


def story(hours: float, **values: Any) -> Story:
    return Story(str(uuid4()), at=START + timedelta(hours=hours), **values)


async def today(house: Afterwards, login: str = "lina") -> FiguresView:
    return await house.after.figures.today(house.log.agents[login])


async def states(house: Afterwards, *told: tuple[str, float]) -> None:
    """(state, hours after the start)"""
    lina = house.log.agents["lina"]
    await house.log.tell(
        AgentStateBegan(lina, state, "", START + timedelta(hours=hours)) for state, hours in told
    )


async def test_before_anything_happened(house: Afterwards) -> None:
    day = await today(house)
    assert (day.calls, day.talk_s, day.aht_s, day.occupancy, day.missed) == (0, 0, None, None, 0)
    assert day.since == datetime(2026, 1, 4, 16, tzinfo=UTC), "midnight in Shanghai"


async def test_the_formulas(house: Afterwards) -> None:
    """Two calls in and one out; a quarter of an hour ready."""
    house.clock.advance(2 * 3600)
    for seconds in (100, 200):
        told = story(0.1).arrives().waits().talks(seconds=seconds).ends()
        await house.log.tell(told.events)
        await house.log.tell([WrapUpDone(told.id, house.log.agents["lina"], 30)])
    out = story(0.5).dials(WANG)
    out.queues.append("")
    await house.log.tell(out.talks(seconds=60).ends().events)
    await states(house, ("ready", 1), ("not_ready", 1.25))
    day = await today(house)
    assert (day.calls, day.answered_in, day.outbound) == (3, 2, 1)
    assert (day.talk_s, day.hold_s, day.wrap_s) == (99 + 199 + 59, 3, 60)
    assert day.aht_s == (357 + 3 + 60) / 3
    assert day.ready_s == 900
    assert day.occupancy == pytest.approx(420 / (420 + 900), abs=0.001)
    assert (await today(house, "zhang")).calls == 0


async def test_asking_a_colleague_is_work_whether_they_take_the_call_or_not(
    house: Afterwards,
) -> None:
    """Of a consultation that was completed the leg tells its seconds apart; one that was cancelled
    was hold, for the customer. Handling took as long."""
    for hold_s, consult_s in ((1.0, 20.0), (21.0, 0.0)):
        told = story(0.1).arrives().waits().talks(seconds=60)
        leg = replace(told.legs[0], talk_s=39.0, hold_s=hold_s, consult_s=consult_s)
        told.legs[0] = leg
        told.events[-1] = LegEnded(PBX, told.id, len(told.events), told.at, leg)
        await house.log.tell(told.ends().events)
        assert (await today(house)).aht_s == 60


async def test_what_does_not_count(house: Afterwards) -> None:
    missed = story(0.1).arrives().waits().misses().talks(OTHER_DEVICE).ends()
    await house.log.tell(missed.events)
    unreached = story(0.2).dials(WANG).ends(CallResult.BUSY)
    await house.log.tell(unreached.events)
    colleague = story(0.3, direction=Direction.INTERNAL, caller="1002", dialled="1001")
    colleague.arrives().queues.append("")
    await house.log.tell(colleague.talks().ends().events)
    day = await today(house)
    assert (day.calls, day.talk_s, day.outbound, day.missed) == (0, 0, 0, 1)


async def test_a_call_that_came_back_to_the_agent_is_one_call(house: Afterwards) -> None:
    told = story(0.1).arrives().waits().talks(seconds=10).talks(OTHER_DEVICE).talks(seconds=20)
    await house.log.tell(told.ends().events)
    day = await today(house)
    assert (day.calls, day.talk_s) == (1, 9 + 19)


async def test_the_day_ends_at_midnight(house: Afterwards) -> None:
    """Shanghai's begins at 16:00 UTC, seven hours after the start."""
    await house.log.tell(story(6).arrives().waits().talks().ends().events)
    await states(house, ("ready", 6))
    house.clock.advance(8 * 3600)
    await house.log.tell(story(7.5).arrives().waits().talks(seconds=11).ends().events)
    day = await today(house)
    assert (day.calls, day.talk_s) == (1, 10)
    assert day.ready_s == 3600, "of the state that goes on, what is today's"


async def test_whoever_had_the_call_is_told(house: Afterwards) -> None:
    await house.call("1")
    assert frozenset({house.log.agents["lina"]}) in house.changed("figures")


@pytest.mark.parametrize(
    ("zone", "now", "began"),
    [
        ("Asia/Shanghai", "2026-01-05T15:59:00+00:00", "2026-01-04T16:00:00+00:00"),
        ("Asia/Shanghai", "2026-01-05T16:00:00+00:00", "2026-01-05T16:00:00+00:00"),
        # the clocks went forward at 02:00, back at 03:00: midnight was before it
        ("Europe/Berlin", "2026-03-29T12:00:00+00:00", "2026-03-28T23:00:00+00:00"),
        ("Europe/Berlin", "2026-10-25T12:00:00+00:00", "2026-10-24T22:00:00+00:00"),
        ("UTC", "2026-01-05T12:00:00+00:00", "2026-01-05T00:00:00+00:00"),
    ],
)
def test_midnight(zone: str, now: str, began: str) -> None:
    assert midnight(datetime.fromisoformat(now), ZoneInfo(zone)).isoformat() == began


def test_midnight_where_the_machine_stands() -> None:
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    local = midnight(now, None).astimezone()
    assert (local.hour, local.minute, local.utcoffset()) == (0, 0, local.astimezone().utcoffset())
    assert timedelta(0) <= now - midnight(now, None) < timedelta(hours=25)
