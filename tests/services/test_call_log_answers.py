"""Whose answer makes a call answered, while it goes on and when its end has to be inferred."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter.services.left_open import left_open
from callcenter.store.database import Database
from telephony.events import CallAnswered, CallArrived, CallEnded, Direction, LegRole
from tests.fakes import START
from tests.services.log_house import (
    AGENT_DEVICE,
    OTHER_DEVICE,
    PBX,
    TRUNK,
    LogHouse,
    Story,
    opened,
    two_agents,
)

LATER = START + timedelta(seconds=30)


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    agents = await two_agents(database)
    async with opened(database, tmp_path / "journal") as made:
        made.agents = agents
        yield made


@pytest.mark.parametrize(
    ("direction", "first", "second"),
    [
        (Direction.OUTBOUND, (AGENT_DEVICE, LegRole.AGENT), (TRUNK, LegRole.CUSTOMER)),
        (Direction.INTERNAL, (AGENT_DEVICE, LegRole.AGENT), (OTHER_DEVICE, LegRole.AGENT)),
        (Direction.INBOUND, (TRUNK, LegRole.CUSTOMER), (AGENT_DEVICE, LegRole.AGENT)),
    ],
)
async def test_the_caller_s_own_answer_does_not_count(
    house: LogHouse,
    direction: Direction,
    first: tuple[str, LegRole],
    second: tuple[str, LegRole],
) -> None:
    [arrived] = Story("3.1").dials("1002").events
    assert isinstance(arrived, CallArrived)
    call_id = arrived.call_id
    await house.tell([replace(arrived, direction=direction)])
    await house.tell([CallAnswered(PBX, call_id, 2, START, "a", *first, "")])
    assert (await house.call(call_id))["answered_at"] is None
    await house.tell([CallAnswered(PBX, call_id, 3, LATER, "b", *second, "")])
    assert (await house.call(call_id))["answered_at"] == LATER


async def test_what_is_open_and_what_is_known_of_it(house: LogHouse) -> None:
    await house.tell(Story("3.2").arrives().waits().ends().events)
    talks = Story("3.3").arrives().waits().talks(seconds=20).waits("sales")
    await house.tell(talks.events)
    [known] = await left_open(house.database, PBX, LATER)
    assert (known.uniqueid, known.direction) == ("3.3", Direction.INBOUND)
    assert (known.queues, known.answered_at) == (("support", "sales"), talks.answered_at)
    assert (known.connected_s, known.seen_at) == (20, LATER)
    assert known.queued_at == talks.at - timedelta(seconds=5)
    assert await left_open(house.database, "another", LATER) == []


async def test_who_had_it_first_is_not_lost_with_the_run_that_saw_it(house: LogHouse) -> None:
    story = Story("3.4").arrives().waits().talks(seconds=20)
    await house.tell(story.events)
    story.legs.clear()
    ending = story.talks(OTHER_DEVICE).ends().events[-1]
    assert isinstance(ending, CallEnded)
    await house.tell([replace(ending, log=replace(ending.log, recovered=True))])
    row = await house.call(story.id)
    assert row["first_agent_id"] == house.agents["lina"]
    assert row["last_agent_id"] == house.agents["zhang"]
    assert row["recovered"]
