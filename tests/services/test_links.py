"""Two calls of one contact name each other in the log, whichever ends first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.store.database import Database
from telephony.events import CallEnded, CallEvent
from tests.services.log_house import LogHouse, Story, opened, two_agents


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    await two_agents(database)
    async with opened(database, tmp_path / "journal") as made:
        yield made


def naming(story: Story, *others: UUID) -> list[CallEvent]:
    """The story, whose final log names those calls."""
    *before, ended = story.events
    assert isinstance(ended, CallEnded)
    return [*before, replace(ended, log=replace(ended.log, linked=others))]


@pytest.mark.parametrize("order", list(permutations((0, 1))))
async def test_whoever_is_named_names_back(house: LogHouse, order: tuple[int, int]) -> None:
    here = Story("1.1").arrives().waits().talks().ends()
    there = Story("1.2").arrives().waits().talks().ends()
    told = [here.events, naming(there, here.id)]
    await house.tell([here.events[0], there.events[0]])
    for which in order:
        await house.tell(told[which])
    await house.tell(told[order[0]])  # again
    assert (await house.call(here.id))["linked"] == [str(there.id)]
    assert (await house.call(there.id))["linked"] == [str(here.id)]


async def test_one_contact_of_three_switches(house: LogHouse) -> None:
    one, two, three = (Story(f"1.{n}").arrives().waits().talks().ends() for n in (1, 2, 3))
    await house.tell([one.events[0], two.events[0], three.events[0]])
    await house.tell([*naming(three, two.id), *naming(two, one.id), *one.events])
    linked = [(await house.call(story.id))["linked"] for story in (one, two, three)]
    assert [set(ids) for ids in linked] == [
        {str(two.id)},
        {str(one.id), str(three.id)},
        {str(two.id)},
    ]


async def test_a_call_that_is_not_in_the_log_is_named_all_the_same(house: LogHouse) -> None:
    """Its switch is another process's, whose log is behind."""
    story, elsewhere = Story("1.1").arrives().waits().talks().ends(), UUID(int=7)
    await house.tell(naming(story, elsewhere))
    assert (await house.call(story.id))["linked"] == [str(elsewhere)]


async def test_two_journals_of_which_the_first_is_behind(
    database: Database, tmp_path: Path
) -> None:
    """The second one's call is not committed before the row is there that it names."""
    here = Story("1.1").arrives().waits().talks().ends()
    there = Story("1.2").arrives().waits().talks().ends()
    async with opened(database, tmp_path / "one") as one, opened(database, tmp_path / "two") as two:
        two.writer.before_linked = one.log.caught_up
        one.stubborn.errors = [OSError("the database is away")] * 20
        for event in here.events:
            one.hand(event)
        await two.tell(naming(there, here.id))
        await one.log.caught_up()
        assert one.stubborn.errors == []
        assert (await one.call(here.id))["linked"] == [str(there.id)]
        assert (await two.call(there.id))["linked"] == [str(here.id)]
