"""The router: default rules on a database, agents who are ready, and an answer whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update

from callcenter.services.directory import Directory
from callcenter.services.routing import LOOK_UP_PATIENCE_S, PROMISE_S, MirrorEntry, Router
from callcenter.store.database import Database
from callcenter.store.seed import VIP_RULE
from callcenter.store.tables import party, routing_rule, user
from tests.fakes import START, FakeClock
from tests.people import NOW, add_call, add_customer, add_user, insert

WANG = "13800138000"


class Floor:
    """Who is ready."""

    def __init__(self) -> None:
        self.ready: set[UUID] = set()
        self.clock = FakeClock()
        self.since = START

    def ready_since(self, user_id: UUID) -> datetime | None:
        return self.since if user_id in self.ready else None


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.fixture
def directory(database: Database) -> Directory:
    return Directory(database, "CN", ["4008001234"])


@pytest.fixture
async def router(database: Database, directory: Directory, floor: Floor) -> Router:
    router = Router(database, directory, floor.clock, floor.ready_since)
    await router.load()
    return router


async def test_the_default_rules(database: Database, router: Router) -> None:
    await add_customer(database, "Platinum", "13800138001", tier="platinum", language="zh-CN")
    await add_customer(database, "Gold", "13800138002", tier="gold", language="en")
    await add_customer(database, "Silver", "13800138003", tier="silver")
    await add_customer(database, "Standard", "13800138004")
    await add_customer(database, "Partner", "13800138004", tier="gold")
    made = {}
    for raw in (*(f"1380013800{n}" for n in range(1, 6)), "anonymous", "", "bob", "4008001234"):
        route = await router.route(raw, "4008001234")
        made[raw] = (route.queue, route.priority, route.language, route.caller.match)
    assert made == {
        "13800138001": ("support", 30, "zh-CN", "exact"),
        "13800138002": ("support", 20, "en", "exact"),
        "13800138003": ("support", 10, "", "exact"),
        "13800138004": ("support", 20, "", "several"),
        "13800138005": ("support", 0, "", "unknown"),
        "anonymous": ("support", 0, "", "withheld"),
        "": ("support", 0, "", "withheld"),
        "bob": ("support", 0, "", "unknown"),
        "4008001234": ("support", 0, "", "unknown"),
    }


async def test_an_agent_is_rung_first_only_when_ready(
    database: Database, router: Router, floor: Floor
) -> None:
    owner = await add_user(database, "owner", extension="1001")
    wang = await add_customer(database, "Wang", WANG, tier="platinum", owner_id=owner)
    gold = await add_customer(database, "Gold", "95588", tier="gold", owner_id=owner)
    last = await add_user(database, "last", extension="1002")
    await add_call(database, wang, 5, last)
    await add_call(database, gold, 5, last)
    await router.load()

    async def first(raw: str) -> tuple[str, UUID | None]:
        route = await router.route(raw, "")
        return route.ring_first, route.ring_first_user

    assert await first(WANG) == ("", None)
    floor.ready = {owner, last}
    assert await first(WANG) == ("PJSIP/1001", owner)
    assert await first("95588") == ("PJSIP/1002", last)
    floor.clock.advance(PROMISE_S)
    async with database.begin() as connection:
        await connection.execute(update(user).where(user.c.id == owner).values(active=False))
    await router.load()
    assert await first(WANG) == ("", None)


async def test_an_agent_is_promised_to_one_caller_at_a_time(
    database: Database, router: Router, floor: Floor
) -> None:
    owner = await add_user(database, "owner", extension="1001")
    await add_customer(database, "Wang", WANG, tier="platinum", owner_id=owner)
    await add_customer(database, "Li", "13900139000", tier="platinum", owner_id=owner)
    await router.load()
    floor.ready = {owner}
    assert (await router.route(WANG, "")).ring_first_user == owner
    assert (await router.route("13900139000", "")).ring_first_user is None
    floor.since += timedelta(seconds=1)  # it rang, the caller left: ready anew
    assert (await router.route("13900139000", "")).ring_first_user == owner
    floor.clock.advance(PROMISE_S)  # that caller never got as far
    assert (await router.route(WANG, "")).ring_first_user == owner


async def test_rules_are_data(database: Database, router: Router) -> None:
    await insert(
        database,
        "routing_rule",
        position=1,
        name="Sales number",
        filter={"field": "dialled", "op": "eq", "value": "4008002"},
        outcome={"queue": "sales", "greeting": "sales-hello", "language": "en"},
    )
    assert (await router.route(WANG, "4008002")).queue == "support"
    await router.load()
    route = await router.route(WANG, "4008002")
    assert (route.queue, route.greeting, route.language) == ("sales", "sales-hello", "en")
    assert (await router.route(WANG, "4008001")).queue == "support"


async def test_the_vip_queue_once_it_is_staffed(database: Database, router: Router) -> None:
    await add_customer(database, "Wang", WANG, tier="platinum")
    async with database.begin() as connection:
        here = routing_rule.c.id == VIP_RULE
        await connection.execute(update(routing_rule).where(here).values(active=True))
    await router.load()
    route = await router.route(WANG, "")
    assert (route.queue, route.priority) == ("vip", 30)


async def test_a_broken_rule_is_left_out(database: Database, router: Router) -> None:
    async with database.begin() as connection:
        await connection.execute(update(routing_rule).values(outcome={"queue": "gone"}))
    await add_customer(database, "Wang", WANG, tier="platinum")
    await router.load()
    route = await router.route(WANG, "")
    assert (route.queue, route.priority, route.rule) == ("support", 30, "")


class Slow(Database):
    """Answers later than anybody waits."""

    async def query(self, work: Callable[[Connection], Any]) -> Any:
        await asyncio.sleep(LOOK_UP_PATIENCE_S * 10)
        return await super().query(work)


async def test_a_caller_is_answered_when_the_database_is_not(
    database: Database, router: Router, floor: Floor
) -> None:
    await add_customer(database, "Wang", WANG, tier="platinum")
    slow = Slow(str(database.url))
    patient = Router(database, Directory(slow, "CN"), floor.clock, floor.ready_since)
    await patient.load()
    async with asyncio.timeout(LOOK_UP_PATIENCE_S * 2):
        route = await patient.route(WANG, "")
    assert (route.queue, route.priority, route.caller.looked_up) == ("support", 0, False)

    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE contact_point RENAME TO gone")
    route = await router.route(WANG, "")
    assert (route.queue, route.caller.looked_up) == ("support", False)


async def test_the_mirror(database: Database, router: Router, directory: Directory) -> None:
    wang = await add_customer(database, "Wang", WANG, "0571-88881234", tier="platinum")
    await add_customer(database, "Li", "0571-88881234", tier="silver")
    await add_customer(database, "Bank", "95588", tier="gold")
    await add_customer(database, "Standard", "13900139000")
    await add_customer(database, "Deleted", "13900139001", tier="gold", deleted_at=NOW)
    entries = {entry.digits: entry async for entry in router.mirror()}
    assert entries == {
        "8613800138000": MirrorEntry("8613800138000", "support", 30),
        "8657188881234": MirrorEntry("8657188881234", "support", 30),
        "95588": MirrorEntry("95588", "support", 20),
    }
    for digits in ("8613800138000", "8657188881234", "8613900139000"):
        assert await router.mirror_of(f"+{digits}") == entries.get(digits)
    assert await router.mirror_of("95588") == entries["95588"]
    assert await router.mirror_of("+13138001380001") is None

    async with database.begin() as connection:
        await connection.execute(update(party).where(party.c.id == wang).values(tier_id=None))
    await directory.refresh([wang])
    assert await router.mirror_of("+8613800138000") is None


async def test_without_anything_in_the_database_a_route_is_still_a_route(
    database: Database, directory: Directory, floor: Floor
) -> None:
    async with database.begin() as connection:
        await connection.execute(routing_rule.delete())
    unloaded = Router(database, directory, floor.clock, floor.ready_since)
    assert (await unloaded.route(WANG, "")).queue == ""
    await unloaded.load()
    assert (await unloaded.route(WANG, "")).queue == "support"
