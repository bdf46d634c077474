"""The switch's own copy of who goes where: filled on connecting, written through on changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest_asyncio

from callcenter.services.mirror import Mirror
from callcenter.services.routing import MirrorEntry
from telephony.events import SwitchConnected
from tests.fakes import START, FakeSwitch

WANG, LI = "+8613800138000", "+8613900139000"


@dataclass
class FakeRoutes:
    entries: dict[str, tuple[str, int]] = field(default_factory=dict)

    async def mirror(self) -> AsyncIterator[MirrorEntry]:
        for number in self.entries:
            entry = await self.mirror_of(number)
            assert entry
            yield entry

    async def mirror_of(self, number: str) -> MirrorEntry | None:
        if number not in self.entries:
            return None
        return MirrorEntry(number.removeprefix("+"), *self.entries[number])


@dataclass
class House:
    switch: FakeSwitch
    routes: FakeRoutes
    mirror: Mirror

    def connects(self) -> None:
        self.switch.connected = True
        self.mirror.on_event(SwitchConnected("pbx1", 1, START, "22"))

    async def orders(self, enough: Callable[[int], bool]) -> list[tuple[object, ...]]:
        async with asyncio.timeout(5):
            while not enough(len(self.switch.orders)):  # noqa: ASYNC110 (a fake has no event)
                await asyncio.sleep(0.005)
        told, self.switch.orders = self.switch.orders, []
        return told


@pytest_asyncio.fixture(loop_scope="session")
async def house() -> AsyncIterator[House]:
    switch, routes = FakeSwitch(), FakeRoutes({WANG: ("vip", 30), LI: ("support", 20)})
    mirror = Mirror(switch, routes)
    mirror.start()
    yield House(switch, routes, mirror)
    await mirror.stop()


async def test_filled_when_the_switch_connects(house: House) -> None:
    house.connects()
    assert await house.orders(lambda count: count == 2) == [
        ("db_put", "crm_tier", "8613800138000", "vip,30"),
        ("db_put", "crm_tier", "8613900139000", "support,20"),
    ]


async def test_changes_are_written_through_and_nothing_else(house: House) -> None:
    house.connects()
    await house.orders(lambda count: count == 2)
    house.routes.entries[LI] = ("vip", 30)
    del house.routes.entries[WANG]
    house.mirror.numbers_changed(frozenset({WANG, LI, "+8613700137000"}))
    assert set(await house.orders(lambda count: count == 2)) == {
        ("db_put", "crm_tier", "8613900139000", "vip,30"),
        ("db_delete", "crm_tier", "8613800138000"),
    }
    house.mirror.numbers_changed(frozenset({WANG, LI}))
    await asyncio.sleep(0.05)
    assert house.switch.orders == []


async def test_what_changed_while_the_switch_was_away_is_made_up_for(house: House) -> None:
    house.connects()
    await house.orders(lambda count: count == 2)
    house.switch.connected = False
    del house.routes.entries[WANG]
    house.mirror.numbers_changed(frozenset({WANG}))
    await asyncio.sleep(0.05)
    house.connects()
    assert set(await house.orders(lambda count: count >= 2)) >= {
        ("db_put", "crm_tier", "8613900139000", "support,20"),
        ("db_delete", "crm_tier", "8613800138000"),
    }
