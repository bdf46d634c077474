"""Missed calls: whom to call back, until somebody has spoken with them or the list was cleared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest_asyncio

from callcenter.services.journal import AgentStateBegan
from callcenter.services.missed import LOOK_BACK
from callcenter.services.records import MissedRow
from callcenter.store.database import Database
from telephony.events import CallResult, Direction
from tests import people
from tests.fakes import START
from tests.services.after_house import Afterwards, afterwards
from tests.services.log_house import OTHER_DEVICE, WANG, Story

CHEN, NOBODYS = "+8613900139000", "013912340987"


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Afterwards]:
    async with afterwards(database, tmp_path / "journal") as made:
        made.clock.advance(3600)
        yield made


def story(minutes: float, caller: str = WANG, name: str = "") -> Story:
    """A call that arrived so many minutes after the start."""
    return Story(name or f"{caller}/{minutes}", caller, at=START + timedelta(minutes=minutes))


async def missed(
    house: Afterwards, minutes: float, caller: str = WANG, device: str = "PJSIP/1001"
) -> UUID:
    told = story(minutes, caller).arrives().waits().misses(device).ends(CallResult.ABANDONED)
    await house.log.tell(told.events)
    return told.id


async def abandoned(house: Afterwards, minutes: float, caller: str = WANG) -> UUID:
    told = story(minutes, caller).arrives().waits().ends(CallResult.ABANDONED)
    await house.log.tell(told.events)
    return told.id


async def answered(house: Afterwards, minutes: float, caller: str, device: str) -> None:
    told = story(minutes, caller).arrives().waits().talks(device).ends()
    await house.log.tell(told.events)


async def called_back(house: Afterwards, minutes: float, number: str, *, reached: bool) -> None:
    told = story(minutes, name=f"out/{minutes}").dials(number, OTHER_DEVICE)
    if reached:
        told.queues.append("")
        told.talks(OTHER_DEVICE)
        told.queues.clear()
    await house.log.tell(told.ends(CallResult.ANSWERED if reached else CallResult.BUSY).events)


async def listed(house: Afterwards, login: str = "lina") -> Sequence[MissedRow]:
    return await house.after.missed.listed(house.agent(login))


async def state(house: Afterwards, login: str, name: str, minutes: float) -> None:
    began = AgentStateBegan(house.log.agents[login], name, "", START + timedelta(minutes=minutes))
    await house.log.tell([began])


async def test_one_entry_per_customer_or_number_newest_first(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG, "95588")
    await missed(house, 1)
    await missed(house, 2, "95588")  # the same customer, from another number
    last = await missed(house, 3)
    await missed(house, 4, NOBODYS)
    unknown = await missed(house, 5, "+8613912340987")
    found = await listed(house)
    assert [(row.call_id, row.times, row.reason) for row in found] == [
        (unknown, 2, "missed"),
        (last, 3, "missed"),
    ]
    assert (found[1].party_id, found[1].party_name, found[1].number) == (wang, "王小明", WANG)
    assert (found[0].party_id, found[0].display) == (None, "+86 139 1234 0987")
    assert found[0].queue == "support"
    assert await listed(house, "zhang") == [], "it did not ring there"


async def test_what_somebody_answered_is_not_missed(house: Afterwards) -> None:
    told = story(1).arrives().waits().misses().talks(OTHER_DEVICE).ends()
    await house.log.tell(told.events)
    assert await listed(house) == []


async def test_given_up_in_my_queue_while_i_was_there(house: Afterwards) -> None:
    await state(house, "lina", "not_ready", 10)
    await state(house, "lina", "ready", 12)
    await state(house, "lina", "signed_out", 30)
    await abandoned(house, 5, CHEN)
    during = await abandoned(house, 20)
    await abandoned(house, 40, NOBODYS)
    told = story(21, "").arrives().waits().ends(CallResult.ABANDONED)  # withheld
    await house.log.tell(told.events)
    assert [(row.call_id, row.reason) for row in await listed(house)] == [(during, "abandoned")]
    assert await listed(house, "zhang") == [], "was not signed in"


async def test_rang_and_given_up_is_one_call_that_rang(house: Afterwards) -> None:
    await state(house, "lina", "ready", 0)
    call = await missed(house, 1)
    [row] = await listed(house)
    assert (row.call_id, row.reason, row.times) == (call, "missed", 1)


async def test_a_colleague_who_rang_is_called_back_at_the_extension(house: Afterwards) -> None:
    told = story(1, "1002")
    told.direction, told.dialled = Direction.INTERNAL, "1001"
    told.arrives("Zhang").misses().ends(CallResult.NO_ANSWER)
    await house.log.tell(told.events)
    [row] = await listed(house)
    assert (row.number, row.reason, row.queue) == ("1002", "missed", "")


async def test_gone_when_somebody_spoke_with_them(house: Afterwards) -> None:
    await people.add_customer(house.database, "王小明", WANG)
    for minutes, caller in ((1, WANG), (2, CHEN), (3, NOBODYS)):
        await missed(house, minutes, caller)
    assert len(await listed(house)) == 3
    house.changed("missed")
    await called_back(house, 10, "013912340987", reached=False)
    assert len(await listed(house)) == 3, "nobody was reached"
    assert house.changed("missed") == []
    await called_back(house, 11, "+8613912340987", reached=True)
    lina = frozenset({house.log.agents["lina"]})
    assert house.changed("missed") == [lina], "on whose list it stood"
    assert [row.number for row in await listed(house)] == [CHEN, WANG]
    await answered(house, 12, "13900139000", OTHER_DEVICE)  # they called again
    assert [row.number for row in await listed(house)] == [WANG]
    await missed(house, 20, CHEN)
    assert [row.number for row in await listed(house)] == [CHEN, WANG], "and once more"


async def test_a_new_one_is_told_to_whom_it_rang_and_to_its_queue(house: Afterwards) -> None:
    await missed(house, 1)
    both = frozenset(house.log.agents.values())
    assert both in house.changed("missed")
    await called_back(house, 2, CHEN, reached=False)
    assert house.changed("missed") == []


async def test_cleared_as_a_set_and_taken_back(house: Afterwards) -> None:
    await missed(house, 1)
    await missed(house, 2, CHEN)
    before = await listed(house)
    lina = house.agent()
    clear = house.after.missed.clear
    house.changed("missed")
    assert await clear(lina, before[0].at) == (before[0].at, None)
    assert await listed(house) == []
    assert house.changed("missed") == [frozenset({lina.user_id})], "their other screen"
    newer = await missed(house, 3, NOBODYS)
    assert [row.call_id for row in await listed(house)] == [newer]
    assert await clear(lina, None) == (None, before[0].at)
    assert [row.call_id for row in await listed(house)] == [newer, *(r.call_id for r in before)]
    until, _ = await clear(lina, house.later(days=1))
    assert until == house.now, "what comes tomorrow was not seen today"


async def test_it_does_not_go_back_for_ever(house: Afterwards) -> None:
    await missed(house, 1)
    house.clock.advance(LOOK_BACK.total_seconds())
    assert await listed(house) == []
