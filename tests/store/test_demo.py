"""Demo data: as much of everything as promised, the same every time, and it fits together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from callcenter.domain.phone import normalise
from callcenter.feed import Feed
from callcenter.services import customers as service
from callcenter.services.directory import Directory
from callcenter.services.news import News
from callcenter.services.records import Company
from callcenter.services.roster import Roster
from callcenter.services.routing import Router
from callcenter.store import demo
from callcenter.store.database import Database
from callcenter.store.demo.desk import Desk, desk
from callcenter.store.demo.people import Customers, Staff, customers, staff
from callcenter.store.demo.work import Work, work
from callcenter.store.queries import AnyRow, timeline
from callcenter.store.tables import (
    activity,
    call,
    call_leg,
    contact_point,
    party,
    queue_visit,
    routing_rule,
    setting,
    ticket,
    tier,
    user,
)
from tests.fakes import START, FakeClock
from tests.feed_scenarios import World
from tests.people import NOW, actor
from tests.services.changing import after_calls, call_changes

HASHES = {"agent": "hash-a", "supervisor": "hash-s", "admin": "hash-x"}


async def rows(database: Database, query: Select[*tuple[Any, ...]]) -> Sequence[AnyRow]:
    async with database.read() as connection:
        return (await connection.execute(query)).all()


async def test_everything_is_there(database: Database) -> None:
    told: list[tuple[int, int, str]] = []
    assert not await demo.is_filled(database)
    await demo.fill(database, NOW, HASHES, lambda *now: told.append(now))
    assert await demo.is_filled(database)

    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == told[-1][1] > 15_000
    assert {what for _, _, what in told} == {
        "users", "customers", "tickets", "calls", "work", "done",
    }  # fmt: skip

    await _customers_are_as_promised(database)
    await _numbers_are_as_promised(database)
    await _work_is_as_promised(database)
    await _calls_are_true_to_life(database)
    await _users_are_as_promised(database)
    await _services_can_use_it(database)
    await _the_desk_has_something_to_show(database)


async def _customers_are_as_promised(database: Database) -> None:
    parties = await rows(
        database, select(party, tier.c.code.label("tier")).join(tier, party.c.tier_id == tier.c.id)
    )
    assert len(parties) == demo.CUSTOMERS
    assert all(row.custom == {"demo": True} for row in parties)
    assert all(row.code.startswith("DEMO-") for row in parties)
    assert Counter(row.kind for row in parties)["organisation"] == 250
    assert set(Counter(row.tier for row in parties)) == {"platinum", "gold", "silver", "standard"}
    languages = Counter(row.language for row in parties)
    assert languages["zh-CN"] > 1_000 > languages["en"] > 300
    assert sum(row.parent_id is not None for row in parties) > 1_000
    assert sum(row.owner_id is not None for row in parties) > 400


async def _numbers_are_as_promised(database: Database) -> None:
    points = await rows(database, select(contact_point))
    for row in points:
        number = normalise(row.raw, "CN")
        assert (number.kind, number.norm, number.rev) == ("e164", row.norm, row.rev), row.raw
    owners = Counter(row.norm for row in points)
    assert sum(many > 1 for many in owners.values()) > 50, "shared numbers"
    numbers = Counter(row.party_id for row in points)
    assert sum(many > 1 for many in numbers.values()) > 400, "several numbers"
    assert any(row.ext for row in points)


async def _calls_are_true_to_life(database: Database) -> None:
    calls = {row.id: row for row in await rows(database, select(call))}
    expected = {"busy": "busy", "no_answer": "not_picked_up", "abandoned": "caller_left"}
    legs = await rows(database, select(call_leg))
    for leg in legs:
        of = calls[leg.call_id]
        lost = "lost" if of.inferred else "hung_up"
        assert leg.cause == expected.get(leg.result, lost)
        assert (leg.ended_by in {"customer", "agent"}) == (leg.cause == "hung_up")
        assert not (of.from_history and leg.hold_s), "CEL knows no holds"
        called = "agent" if of.direction == "inbound" else "customer"
        assert (leg.wait_s, leg.ring_s)[leg.role != called] == 0.0
    assert {row.wait_s for row in legs} > {row.wait_s for row in calls.values()} - {0.0}
    assert {leg.ended_by for leg in legs} == {"customer", "agent", None}
    assert 1 <= sum(row.inferred for row in calls.values()) < 40
    assert 10 < sum(row.recovered for row in calls.values()) < 100
    assert all(row.recovered == row.from_history for row in calls.values())
    stays: dict[UUID, list[AnyRow]] = {}
    for stay in await rows(database, select(queue_visit).order_by(queue_visit.c.position)):
        stays.setdefault(stay.call_id, []).append(stay)
    assert set(stays) == {row.id for row in calls.values() if row.direction == "inbound"}
    for call_id, visits in stays.items():
        row = calls[call_id]
        assert [stay.queue for stay in visits] == row.queues
        assert abs(sum(stay.wait_s for stay in visits) - row.wait_s) < 0.01
        assert visits[-1].outcome == row.result
    assert {stay.outcome for each in stays.values() for stay in each} == {
        "answered", "abandoned", "timed_out",
    }  # fmt: skip


async def _work_is_as_promised(database: Database) -> None:
    statuses = Counter(row.status for row in await rows(database, select(ticket.c.status)))
    assert min(statuses[name] for name in ("open", "pending", "solved", "closed")) > 50
    calls = await rows(database, select(call))
    assert len(calls) == 4_005
    assert all(row.ended_at <= NOW for row in calls)
    assert all((row.answered_at is not None) == (row.result == "answered") for row in calls)
    legs = await rows(database, select(call_leg))
    agents = {row.call_id: row for row in legs if row.role == "agent"}
    for row in calls:
        if row.result == "answered":
            leg = agents[row.id]
            assert leg.user_id == row.last_agent_id
            assert abs(leg.talk_s + leg.hold_s - row.connected_s) < 0.11
            assert leg.answered_at is not None
            assert leg.started_at >= row.started_at
    kinds = Counter(row.kind for row in await rows(database, select(activity.c.kind)))
    assert kinds["note"] > 1_000
    assert min(kinds[kind] for kind in ("order", "mail", "campaign", "task")) >= 50
    highest = max(row.number for row in await rows(database, select(ticket.c.number)))
    ((counter,),) = await rows(
        database, select(setting.c.value).where(setting.c.key == "ticket.last_number")
    )
    assert counter == highest


async def _users_are_as_promised(database: Database) -> None:
    users = {row.login: row for row in await rows(database, select(user))}
    assert set(users) == set(demo.LOGINS)
    assert {users[login].password_hash for login in HASHES} == set(HASHES.values())
    assert users["agent"].extension == "1001"
    assert users["zhang.wei"].password_hash == ""
    assert len({row.extension for row in users.values()}) == len(users)


async def _the_desk_has_something_to_show(database: Database) -> None:
    """To the demo's agent, through the services, a minute after it was made."""
    world = World()
    world.clock.advance((NOW - START).total_seconds() + 60)
    directory, roster = Directory(database, "CN", [demo.LINE]), Roster()
    await roster.load(database)
    changes = call_changes(world, directory)
    after = after_calls(database, directory, world, changes, roster=roster)
    [(agent_id,)] = await rows(database, select(user.c.id).where(user.c.login == "agent"))
    who = actor(agent_id)

    due = await after.callbacks.listed(who, "due", 50)
    assert {one.owner for one in due} == {"", "Li Na 李娜"}
    soon = [one for one in await after.callbacks.listed(who, "open", 50) if one not in due]
    assert min(one.due_at for one in soon) < NOW + timedelta(minutes=5)
    assert all(one.party_name and one.zone and one.note for one in (*due, *soon))
    missed = await after.missed.listed(who)
    assert [one.times for one in missed] == [1, 2, 1, 1]
    assert [one.reason for one in missed] == ["missed"] * 3 + ["abandoned"]
    assert sum(one.party_id is None for one in missed) == 1
    fixed: dict[str, Any] = {"party_id": None, "limit": 200}
    mine = await after.tasks.listed(who, mine=True, done=False, **fixed)
    assert len(mine) >= 20
    assert min(one.due_at for one in mine if one.due_at) < NOW + timedelta(hours=2)
    day = await after.figures.today(agent_id)
    assert (day.missed, day.ready_s) == (4, 3000)
    desk = await after.desk.get(Company())
    assert len(desk.tags) >= 5
    assert {one.recording for one in desk.queues} == {"on_demand", "always"}
    assert [one.name for one in desk.queues if one.disposition_required] == ["sales"]
    for queue in ("support", "sales", "vip"):
        for locale in ("en", "zh-CN"):
            found = await after.desk.articles(
                who, queue=queue, kind=None, text="", locale=locale, limit=50
            )
            assert [one.kind for one in found[:2]] == ["script", "knowledge"]
    given = await rows(database, select(func.count(call.c.disposition_id)))
    assert given[0][0] > 2_000


async def _services_can_use_it(database: Database) -> None:
    directory = Directory(database, "CN", [demo.LINE])
    router = Router(database, directory, FakeClock(), lambda _: START)
    await router.load()
    ready = await rows(database, select(routing_rule.c.active))
    assert all(row.active for row in ready)
    calling = await demo.callers(database, 300)
    assert len({number for number, _ in calling}) == 300
    routes = [await router.route(number, demo.LINE) for number, _ in calling]
    assert {route.caller.match for route in routes} == {"exact", "several"}
    assert {route.queue for route in routes} == {"support", "vip"}
    assert any(route.ring_first for route in routes)
    await _the_first_callers_show_everything(database, directory, router)
    customers = service.Customers(database, directory, FakeClock(NOW), News(Feed()))
    found = await customers.search(actor(), "wang", 5)
    assert len(found) == 5


async def _the_first_callers_show_everything(
    database: Database, directory: Directory, router: Router
) -> None:
    first = await demo.first_callers(database)
    routes = [await router.route(number, demo.LINE, name) for number, name in first]
    matches = [route.caller.match for route in routes]
    assert matches == ["exact", "several", "unknown", "suffix", "withheld"]
    card = routes[0].caller.card
    assert card is not None
    assert card.tier is not None
    assert (card.tier.code, routes[0].queue) == ("platinum", "vip")
    assert card.note
    assert [ticket.domain for ticket in card.tickets].count("support") >= 2
    assert len(card.contacts) == 3
    async with database.read() as connection:
        history = await timeline.of_customer(connection, actor(), card.party_id, limit=100)
    kinds = {entry.kind for entry in history}
    assert kinds >= {"call", "ticket", "note", "order", "mail"}
    assert card.owner != "Li Na 李娜", "whom the demo's agent looks after does not wait in a queue"
    assert {(await router.route("", line)).queue for line in demo.LINES} == {
        "support",
        "sales",
        "vip",
    }


def test_the_same_seed_gives_the_same_data() -> None:
    assert _made(seed=7) == _made(seed=7)
    assert _made(seed=7) != _made(seed=8)


def _made(seed: int) -> tuple[Staff, Customers, Work, Desk]:
    random = Random(seed)
    people = staff(random, NOW, HASHES)
    known = customers(random, NOW, people.agents, 40)
    done = work(random, NOW, people.agents, known.known, tickets=30, calls=60, first_ticket=1)
    return people, known, done, desk(random, NOW, people.agents, known.known, done)
