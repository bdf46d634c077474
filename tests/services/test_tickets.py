"""Tickets: opened, changed by whom may, never overwritten unseen, always in the audit."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.services.news import News
from callcenter.services.once import Once
from callcenter.services.tickets import Tickets
from callcenter.store.database import Database
from callcenter.store.tables import audit, call, ticket
from tests.fakes import FakeClock
from tests.feed_scenarios import World
from tests.people import NOW, actor, add_call, add_customer, add_ticket, add_user
from tests.services.changing import call_changes

WANG = "13800138000"


@pytest.fixture
def directory(database: Database) -> Directory:
    return Directory(database, "CN")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def tickets(database: Database, directory: Directory, clock: FakeClock, world: World) -> Tickets:
    return Tickets(database, directory, clock, call_changes(world, directory), News(world.feed))


async def _audited(database: Database) -> list[tuple[str, Any, Any]]:
    async with database.read() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.seq))).all()
    return [(row.action, row.before, row.after) for row in rows]


async def test_create(database: Database, tickets: Tickets, directory: Directory) -> None:
    agent = await add_user(database, "li")
    wang = await add_customer(database, "Wang", WANG)
    await directory.look_up(WANG)
    made = await tickets.create(
        actor(agent), subject=" Invoice ", party_id=wang, queue="sales", priority=2
    )
    assert (made.number, made.subject, made.status, made.priority) == (10_001, "Invoice", "open", 2)
    assert (made.domain, made.party_id, made.party_name) == ("sales", wang, "Wang")
    assert (made.version, made.created_at, made.notes) == (1, NOW, ())
    card = directory.caller(WANG).card
    assert card is not None
    assert [one.number for one in card.tickets] == [10_001], "the card knows at once"
    ((action, before, after),) = await _audited(database)
    assert (action, before, after["subject"]) == ("ticket.create", None, "Invoice")


@pytest.mark.parametrize(
    ("queue", "domain", "expected"),
    [
        ("", "", "support"),
        ("vip", "", "support"),
        ("", "sales", "sales"),
        ("vip", "sales", "sales"),
    ],
)
async def test_domains(
    database: Database, tickets: Tickets, queue: str, domain: str, expected: str
) -> None:
    wang = await add_customer(database, "Wang")
    made = await tickets.create(actor(), subject="x", party_id=wang, queue=queue, domain=domain)
    assert made.domain == expected


async def test_numbers_are_given_once(database: Database, tickets: Tickets) -> None:
    wang = await add_customer(database, "Wang")
    made = await asyncio.gather(
        *(tickets.create(actor(), subject=f"{n}", party_id=wang) for n in range(12))
    )
    assert sorted(one.number for one in made) == list(range(10_001, 10_013))


async def test_a_ticket_made_during_a_call_takes_the_call_with_it(
    database: Database, tickets: Tickets
) -> None:
    wang, li = await add_customer(database, "Wang"), await add_customer(database, "Li")
    his = await add_call(database, wang, 1, None)
    nobodys = await add_call(database, None, 1, None)
    made = await tickets.create(actor(), subject="x", party_id=wang, call_id=his)
    other = await tickets.create(actor(), subject="y", party_id=wang, call_id=nobodys)
    async with database.read() as connection:
        rows = (
            await connection.execute(select(call.c.id, call.c.ticket_id, call.c.party_id))
        ).all()
    assert {tuple(row) for row in rows} == {(his, made.id, wang), (nobodys, other.id, wang)}

    for call_id in (his, uuid4()):
        with pytest.raises(Invalid) as caught:
            await tickets.create(actor(), subject="x", party_id=li, call_id=call_id)
        assert set(caught.value.fields) == {"call_id"}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"subject": " "}, {"subject"}),
        ({"subject": "x" * 301}, {"subject"}),
        ({"priority": 0}, {"priority"}),
        ({"queue": "gone"}, {"queue"}),
        ({"domain": "gone"}, {"domain"}),
        ({"queue": "vip", "domain": "gone"}, {"domain"}),
    ],
)
async def test_what_cannot_be_saved_says_why(
    database: Database, tickets: Tickets, given: dict[str, Any], fields: set[str]
) -> None:
    wang = await add_customer(database, "Wang")
    values: dict[str, Any] = {"subject": "x", "party_id": wang}
    with pytest.raises(Invalid) as caught:
        await tickets.create(actor(), **values | given)
    assert set(caught.value.fields) == fields
    async with database.read() as connection:
        assert (await connection.execute(select(ticket.c.id))).all() == []


async def test_update(database: Database, tickets: Tickets, clock: FakeClock) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7, days_ago=1)
    clock.advance(60)
    changed = await tickets.update(
        actor(), id_, 1, {"status": "solved", "subject": " Paid ", "priority": 3}
    )
    assert (changed.status, changed.subject, changed.version) == ("solved", "Paid", 2)
    assert changed.updated_at == clock.now()
    ((action, before, after),) = await _audited(database)
    assert action == "ticket.update"
    assert before == {"status": "open", "subject": "Ticket 7"}, "priority did not change"
    assert after == {"status": "solved", "subject": "Paid"}
    async with database.read() as connection:
        assert (await connection.execute(select(ticket.c.closed_at))).scalar_one() == clock.now()
    await tickets.update(actor(), id_, 2, {"status": "open"})
    async with database.read() as connection:
        assert (await connection.execute(select(ticket.c.closed_at))).scalar_one() is None


async def test_nothing_changed_is_no_new_version(database: Database, tickets: Tickets) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7)
    assert (await tickets.update(actor(), id_, 1, {"status": "open"})).version == 1
    assert await _audited(database) == []


async def test_of_two_who_looked_at_the_same_version_one_is_told(
    database: Database, tickets: Tickets
) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7)
    results = await asyncio.gather(
        tickets.update(actor(), id_, 1, {"priority": 1}),
        tickets.update(actor(), id_, 1, {"priority": 2}),
        return_exceptions=True,
    )
    conflicts = [one for one in results if isinstance(one, Conflict)]
    assert [one.code for one in conflicts] == ["changed_meanwhile"]
    assert len(await _audited(database)) == 1


async def test_who_changed_it_last_is_told(database: Database, tickets: Tickets) -> None:
    """Whom the second of two has to agree with; notes change nothing that could be in conflict."""
    li, zhang = await add_user(database, "li"), await add_user(database, "zhang")
    wang = await add_customer(database, "Wang")
    id_, other = await add_ticket(database, wang, 7), await add_ticket(database, wang, 8)
    assert (await tickets.get(actor(), id_)).changed_by == ""
    assert (await tickets.update(actor(zhang), id_, 1, {"priority": 1})).changed_by == "Zhang"
    assert (await tickets.update(actor(li), id_, 2, {"priority": 2})).changed_by == "Li"
    assert (await tickets.add_note(actor(zhang), id_, "a note")).changed_by == "Li"
    assert (await tickets.get(actor(), other)).changed_by == ""


async def test_a_closed_ticket_stays_closed(database: Database, tickets: Tickets) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7, status="closed")
    with pytest.raises(Conflict) as caught:
        await tickets.update(actor(), id_, 1, {"status": "open"})
    assert caught.value.code == "ticket_status"


@pytest.mark.parametrize("given", [{"status": "lost"}, {"subject": ""}, {"number": 8}])
async def test_an_update_that_makes_no_sense(
    database: Database, tickets: Tickets, given: dict[str, Any]
) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7)
    with pytest.raises(Invalid) as caught:
        await tickets.update(actor(), id_, 1, given)
    assert set(caught.value.fields) == set(given)


async def test_notes(database: Database, tickets: Tickets, clock: FakeClock) -> None:
    agent = await add_user(database, "li")
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7, status="closed")
    called = await add_call(database, wang, 1, agent)
    await tickets.add_note(actor(agent), id_, "first", called)
    clock.advance(1)
    detail = await tickets.add_note(actor(agent), id_, " second ")
    assert [(n.body, n.author, n.call_id) for n in detail.notes] == [
        ("first", "Li", called),
        ("second", "Li", None),
    ]
    assert detail.version == 1
    assert [action for action, _, _ in await _audited(database)] == ["ticket.note"] * 2
    for body, call_id in (("  ", None), ("x", uuid4())):
        with pytest.raises(Invalid):
            await tickets.add_note(actor(agent), id_, body, call_id)


async def test_scopes(database: Database, tickets: Tickets) -> None:
    me, colleague = await add_user(database, "me"), await add_user(database, "colleague")
    wang = await add_customer(database, "Wang")
    mine = await add_ticket(database, wang, 1, owner_id=me)
    other = await add_ticket(database, wang, 2, owner_id=colleague)
    customer = {"read": "all"}
    own = actor(me, permissions={"customer": customer, "ticket": {"read": "own"}})
    assert [row.id for row in await tickets.of_customer(own, wang, 10)] == [mine]
    assert (await tickets.get(own, mine)).number == 1
    with pytest.raises(NotFound):
        await tickets.get(own, other)
    with pytest.raises(Forbidden):
        await tickets.create(own, subject="x", party_id=wang)

    editor = {"read": "all", "update": "own", "create": "all"}
    reader = actor(me, permissions={"customer": customer, "ticket": editor})
    assert (await tickets.update(reader, mine, 1, {"priority": 1})).priority == 1
    with pytest.raises(Forbidden):
        await tickets.update(reader, other, 1, {"priority": 1})
    with pytest.raises(Forbidden):
        await tickets.add_note(reader, other, "x")
    with pytest.raises(NotFound):
        await tickets.update(reader, uuid4(), 1, {"priority": 1})

    blind = actor(me, permissions={"ticket": {"*": "all"}})
    with pytest.raises(NotFound):
        await tickets.of_customer(blind, wang, 10)
    with pytest.raises(NotFound):
        await tickets.create(blind, subject="x", party_id=wang)


async def test_what_was_made_is_answered_to_whom_may_make_but_not_read_it(
    database: Database, tickets: Tickets, clock: FakeClock
) -> None:
    """A refusal after the commit would free the idempotency key: the repetition makes another."""
    me = await add_user(database, "me")
    wang = await add_customer(database, "Wang")
    maker = actor(me, permissions={"customer": {"read": "all"}, "ticket": {"create": "all"}})
    once = Once(database, clock)

    async def make() -> dict[str, Any]:
        return {"number": (await tickets.create(maker, subject="x", party_id=wang)).number}

    for _ in range(2):
        assert await once.run(me, "key", "request", make) == {"number": 10_001}


async def test_what_cannot_be_read_cannot_be_changed(database: Database, tickets: Tickets) -> None:
    wang = await add_customer(database, "Wang")
    id_ = await add_ticket(database, wang, 7)
    blind = actor(permissions={"ticket": {"update": "all"}})
    with pytest.raises(NotFound):
        await tickets.update(blind, id_, 1, {"priority": 1})
    assert (await tickets.get(actor(), id_)).version == 1
