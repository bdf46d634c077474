"""The switch's own copy of who goes where: filled on connecting, written through on changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from sqlalchemy.exc import OperationalError

from callcenter.services.mirror import REFUSED_S, RETRY_S, Mirror
from callcenter.services.routing import MirrorEntry
from telephony.events import SwitchConnected
from telephony.switch import SwitchRefused
from tests.fakes import START, FakeClock, FakeSwitch

WANG, LI = "+8613800138000", "+8613900139000"


@dataclass
class FakeRoutes:
    entries: dict[str, tuple[str, int]] = field(default_factory=dict)
    fault: Exception | None = None

    async def mirror(self) -> AsyncIterator[MirrorEntry]:
        if self.fault:
            raise self.fault
        for number, made in list(self.entries.items()):  # as they are when it begins
            yield MirrorEntry(number.removeprefix("+"), *made)

    async def mirror_of(self, number: str) -> MirrorEntry | None:
        if number not in self.entries:
            return None
        return MirrorEntry(number.removeprefix("+"), *self.entries[number])


@dataclass
class House:
    switch: FakeSwitch
    routes: FakeRoutes
    mirror: Mirror
    clock: FakeClock

    def has(self) -> dict[str, str]:
        return {digits: value for (_, digits), value in self.switch.database.items()}

    async def settles(self) -> dict[str, str]:
        """What the switch has once everything that can be done was done."""
        await asyncio.sleep(0.05)
        return self.has()

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
    clock = FakeClock()
    mirror = Mirror(switch, routes, clock)
    mirror.start()
    yield House(switch, routes, mirror, clock)
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
    assert await house.orders(lambda count: count >= 1) == [
        ("db_delete", "crm_tier", "8613800138000"),
    ]


async def test_what_the_switch_has_of_before_our_restart_goes_unless_it_still_counts(
    house: House,
) -> None:
    house.switch.database = {
        ("crm_tier", "8613700137000"): "vip,30",
        ("crm_tier", "8613800138000"): "vip,30",
        ("another", "8613700137000"): "x",
    }
    house.connects()
    assert set(await house.orders(lambda count: count == 2)) == {
        ("db_put", "crm_tier", "8613900139000", "support,20"),
        ("db_delete", "crm_tier", "8613700137000"),
    }


async def test_a_number_that_changes_while_it_is_written_is_written_again(house: House) -> None:
    house.connects()
    await house.settles()
    house.switch.gate.clear()
    for queue in ("sales", "support"):
        house.routes.entries[WANG] = (queue, 10)
        house.mirror.numbers_changed(frozenset({WANG}))
        await asyncio.sleep(0.01)
    house.switch.gate.set()
    assert (await house.settles())["8613800138000"] == "support,10"


@pytest.mark.parametrize(
    "fault", [OperationalError("select", {}, Exception("gone")), OSError("gone"), KeyError("a bug")]
)
async def test_without_the_database_it_waits_and_tries_again(
    house: House, fault: Exception
) -> None:
    house.routes.fault = fault
    house.connects()
    assert await house.settles() == {}
    house.routes.fault = None
    house.clock.advance(RETRY_S)
    assert len(await house.settles()) == 2


async def test_a_refused_number_keeps_no_other_waiting(house: House) -> None:
    class Picky(FakeSwitch):
        async def db_put(self, family: str, key: str, value: str) -> None:
            if key == "8613800138000" and self.refuse:
                raise SwitchRefused("Failed to update entry")
            await super().db_put(family, key, value)

    switch = Picky(refuse={"db_put of Wang": SwitchRefused("")})
    mirror = Mirror(switch, house.routes, house.clock)
    mirror.start()
    picky = House(switch, house.routes, mirror, house.clock)
    picky.connects()
    assert await picky.settles() == {"8613900139000": "support,20"}
    house.routes.entries[LI] = ("vip", 30)
    mirror.numbers_changed(frozenset({WANG, LI}))
    assert await picky.settles() == {"8613900139000": "vip,30"}
    switch.refuse = {}
    house.clock.advance(REFUSED_S)
    assert len(await picky.settles()) == 2
    await mirror.stop()
