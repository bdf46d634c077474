"""Callers memory did not know: asked for in the background, told when the answer comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from callcenter.services.directory import Directory
from callcenter.services.look_ups import LookUps
from callcenter.store.database import Database
from telephony import events
from telephony.events import Direction, call_id_for
from tests import people
from tests.feed_scenarios import DEVICES, PBX, USERS, World, named

NUMBER, SHARED = "+8613600136000", "+8613700137000"
CALL = call_id_for(PBX, "1.1")


class House:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.world = World()
        self.directory = Directory(database, "CN")
        self.look_ups = LookUps(self.directory)
        self.look_ups.tell(self.world.live)

    def rings(self, number: str) -> None:
        fields = ("1.1", Direction.INBOUND, number, "", "4001", "PJSIP/carrier")
        self.world.say(events.CallArrived, CALL, *fields)
        self.world.say(events.AgentRinging, CALL, "leg", DEVICES[0], "support")

    async def shows(self, name: str) -> None:
        changed = asyncio.Event()
        self.world.feed.subscribe(lambda message: changed.set())
        async with asyncio.timeout(5):
            while self.name() != name:
                changed.clear()
                await changed.wait()

    def name(self) -> str:
        [call] = self.world.live.snapshot(USERS[0]).calls
        return call.caller.card.name if call.caller.card else ""


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database) -> AsyncIterator[House]:
    made = House(database)
    yield made
    await made.look_ups.stop()


async def test_a_pop_is_completed_when_the_answer_comes(house: House) -> None:
    await people.add_customer(house.database, "王小明", NUMBER)
    house.rings(NUMBER)
    assert house.name() == ""
    house.look_ups.ask(CALL, NUMBER, "")
    await house.shows("王小明")


async def test_what_was_chosen_stays_current(house: House) -> None:
    party = await people.add_customer(house.database, "王小明", SHARED)
    await people.add_customer(house.database, "Li Na", SHARED)
    house.rings(SHARED)
    caller = await house.directory.look_up(SHARED)
    assert caller.match == "several"
    house.world.live.customer_chosen(CALL, party, caller)
    await house.directory.refresh([party])
    await house.shows("王小明")


async def test_an_answer_for_a_call_that_is_over_is_nobodys(house: House) -> None:
    await people.add_customer(house.database, "王小明", NUMBER)
    house.look_ups.ask(named("over"), NUMBER, "")
    async with asyncio.timeout(5):
        while not house.directory.caller(NUMBER).looked_up:  # noqa: ASYNC110 (nobody is told)
            await asyncio.sleep(0.005)
    assert house.world.live.call(named("over")) is None
