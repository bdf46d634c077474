"""Customers: found by whatever the agent types, made while the caller waits, seen by whom may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from callcenter.feed import Feed
from callcenter.services.customers import Customers
from callcenter.services.directory import Directory
from callcenter.services.errors import Forbidden, Invalid, NotFound
from callcenter.services.news import News
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.tables import audit, contact_point, party
from tests.fakes import FakeClock
from tests.people import (
    NOW,
    actor,
    add_call,
    add_customer,
    add_team,
    add_ticket,
    add_user,
    insert,
)


@pytest.fixture
def directory(database: Database) -> Directory:
    return Directory(database, "CN", ["4008001234"])


@pytest.fixture
def customers(database: Database, directory: Directory) -> Customers:
    return Customers(database, directory, FakeClock(NOW), News(Feed()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("小明", ["王小明"]),
        ("wangxiao", ["王小明"]),
        ("wxm", ["王小明"]),
        ("JOSÉ", ["Jose Ruß"]),
        ("optics", ["Hangzhou Optics", "王小明"]),  # the company, and who works there
        ("0138000", ["王小明"]),  # the end of the number …
        ("138001", ["王小明"]),  # … its beginning as dialled at home …
        ("+86 138 0013 8000", ["王小明"]),
        ("4420", ["Jose Ruß"]),  # … or abroad
        ("95588", ["Jose Ruß"]),
        ("C-77", ["Jose Ruß"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("", ["王小明", "Jose Ruß", "Hangzhou Optics"]),
    ],
)
async def test_search(
    database: Database, customers: Customers, text: str, found: list[str]
) -> None:
    optics = await add_customer(database, "Hangzhou Optics", kind="organisation")
    await add_customer(database, "Jose Ruß", "+44 20 7946 0958", "95588", code="C-77", tier="gold")
    await add_customer(database, "王小明", "13800138000", parent_id=optics)
    await add_customer(database, "Deleted wxm", "13800138000", deleted_at=NOW)
    rows = await customers.search(actor(), text, 10)
    assert sorted(row.name for row in rows) == sorted(found)


async def test_a_row_of_a_search(database: Database, customers: Customers) -> None:
    optics = await add_customer(database, "Optics", kind="organisation")
    wang = await add_customer(database, "Wang", "13800138000", parent_id=optics, tier="gold")
    (row,) = await customers.search(actor(), "wang", 10)
    assert (row.id, row.kind, row.company) == (wang, "person", "Optics")
    assert (row.number, row.display) == ("+8613800138000", "+86 138 0013 8000")
    assert row.tier is not None
    assert row.tier.code == "gold"


async def test_names_that_begin_so_come_first(database: Database, customers: Customers) -> None:
    for name in ("Abe Lincoln", "Lincoln Abe", "Lin Abe", "Zoe"):
        await add_customer(database, name)
    rows = await customers.search(actor(), "lin", 2)
    assert [row.name for row in rows] == ["Lin Abe", "Lincoln Abe"]


async def test_a_customer_with_everything_that_happened(
    database: Database, customers: Customers
) -> None:
    agent = await add_user(database, "li")
    wang = await add_customer(database, "Wang", "13800138000转801", "95588")
    ticket = await add_ticket(database, wang, 17, days_ago=1, owner_id=agent)
    called = await add_call(database, wang, 10, agent, note="invoice", ticket_id=ticket)
    note = await insert(
        database,
        "activity",
        kind="note",
        at=NOW,
        body="sent",
        author_id=agent,
        party_id=wang,
        ticket_id=ticket,
    )
    detail = await customers.get(actor(), wang)
    assert (detail.id, detail.kind, detail.version) == (wang, "person", 1)
    assert detail.card.contacts[0].note == "invoice"
    assert [(n.number, n.ext, n.display) for n in detail.numbers] == [
        ("+8613800138000", "801", "+86 138 0013 8000 ext. 801"),
        ("95588", "", "95588"),
    ]
    assert [
        (e.kind, e.id, e.title, e.body, e.status, e.author, e.ticket_number)
        for e in detail.timeline
    ] == [
        ("note", note, "", "sent", "", "Li", 17),
        ("call", called, "answered", "invoice", "", "Li", 17),
        ("ticket", ticket, "Ticket 17", "", "open", "Li", 17),
    ]


async def test_quick_create(database: Database, customers: Customers, directory: Directory) -> None:
    team = await add_team(database, "/1/")
    agent = await add_user(database, "li", team_id=team)
    li = actor(agent, team_id=team, team_path="/1/")
    assert (await directory.look_up("013800138000")).match == "unknown"
    made = await customers.quick_create(
        li, name=" 王小明 ", number="013800138000", company="杭州光学"
    )
    assert (made.card.name, made.card.company, made.card.owner) == ("王小明", "杭州光学", "Li")
    assert made.card.tier is not None
    assert made.card.tier.code == "standard"
    assert [(n.number, n.primary) for n in made.numbers] == [("+8613800138000", True)]
    assert directory.caller("+8613800138000").card == made.card, "memory knows at once"

    again = await customers.quick_create(li, name="Zhao", number="010-12345678", company="杭州光学")
    async with database.read() as connection:
        rows = (await connection.execute(select(party))).all()
        point = (
            await connection.execute(
                select(contact_point).where(contact_point.c.party_id == made.id)
            )
        ).one()
        entries = (await connection.execute(select(audit).order_by(audit.c.seq))).all()
    companies = {row.parent_id for row in rows if row.id in {made.id, again.id}}
    assert len(companies) == 1, "the company is there only once"
    assert {(row.owner_id, row.team_id) for row in rows} == {(agent, team)}
    assert (point.raw, point.rev) == ("013800138000", "0008310083168")
    assert [(e.action, e.object_id) for e in entries] == [
        ("customer.create", str(companies.pop())),
        ("customer.create", str(made.id)),
        ("customer.create", str(again.id)),
    ]
    assert (entries[1].actor_id, entries[1].ip, entries[1].before) == (agent, "10.0.0.7", None)
    assert entries[1].after["number"] == "+8613800138000"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 301}, {"name"}),
        ({"number": "bob"}, {"number"}),
        ({"number": "anonymous"}, {"number"}),
        ({"number": "12"}, {"number"}),
        ({"number": "400 800 1234"}, {"number"}),  # our own
        ({"company": "x" * 301, "kind": "robot"}, {"company", "kind"}),
    ],
)
async def test_what_is_refused_says_why(
    database: Database, customers: Customers, given: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        await customers.quick_create(actor(), **{"name": "Wang", "number": "95588"} | given)
    assert set(caught.value.fields) == fields
    async with database.read() as connection:
        assert (await connection.execute(select(party.c.id))).all() == []


async def test_only_whom_the_role_lets_may_create(customers: Customers) -> None:
    reader = actor(new_id(), permissions={"customer": {"read": "all"}})
    with pytest.raises(Forbidden):
        await customers.quick_create(reader, name="Wang", number="95588")


async def test_everybody_sees_what_their_scope_covers(
    database: Database, customers: Customers
) -> None:
    teams = {path: await add_team(database, path) for path in ("/1/", "/1/7/", "/1/8/", "/1/77/")}
    me, colleague = await add_user(database, "me"), await add_user(database, "colleague")
    for name, owner, path in [
        ("mine", me, "/1/8/"),
        ("my team's", colleague, "/1/7/"),
        ("other team's", colleague, "/1/77/"),
        ("nobody's", None, None),
    ]:
        team_id = teams[path] if path else None
        await add_customer(database, name, owner_id=owner, team_id=team_id)

    async def seen(scope: str, path: str) -> set[str]:
        asks = actor(me, team_path=path, permissions={"customer": {"read": scope}})
        rows = await customers.search(asks, "", 10)
        everything = await customers.search(actor(), "", 10)
        readable = set()
        for row in everything:  # a single record obeys the same rule as the list
            try:
                readable.add((await customers.get(asks, row.id)).card.name)
            except NotFound:
                continue
        assert readable == {row.name for row in rows}
        return readable

    assert await seen("none", "/1/7/") == set()
    assert await seen("own", "/1/7/") == {"mine"}
    assert await seen("team", "/1/7/") == {"mine", "my team's"}
    assert await seen("team", "") == {"mine"}
    assert await seen("below", "/1/") == {"mine", "my team's", "other team's"}
    assert await seen("all", "") == {"mine", "my team's", "other team's", "nobody's"}


async def test_the_timeline_shows_only_what_may_be_read(
    database: Database, customers: Customers
) -> None:
    agent = await add_user(database, "li")
    wang = await add_customer(database, "Wang")
    await add_ticket(database, wang, 1)
    await add_call(database, wang, 5, agent)
    await add_call(database, wang, 9, None)
    permissions = {"customer": {"read": "all"}, "call": {"read": "own"}}
    detail = await customers.get(actor(agent, permissions=permissions), wang)
    assert [(entry.kind, entry.author) for entry in detail.timeline] == [("call", "Li")]


async def test_nobody_is_not_found(customers: Customers) -> None:
    with pytest.raises(NotFound):
        await customers.get(actor(), uuid4())


@pytest.mark.parametrize("scope", ["own", "team", "below"])
async def test_a_card_shows_the_calls_and_tickets_one_may_read(
    database: Database, customers: Customers, scope: str
) -> None:
    team = await add_team(database, "/1/")
    me = await add_user(database, "me", team_id=team)
    colleague = await add_user(database, "colleague")
    wang = await add_customer(database, "Wang", "13800138000", owner_id=me)
    mine = await add_ticket(database, wang, 1, owner_id=me)
    await add_ticket(database, wang, 2, owner_id=colleague)
    await add_call(database, wang, 9, me, note="mine")
    await add_call(database, wang, 5, colleague, note="private")
    may = {"customer": {"read": "own"}, "ticket": {"read": scope}, "call": {"read": scope}}
    detail = await customers.get(actor(me, team_path="/1/", permissions=may), wang)
    assert [one.note for one in detail.card.contacts] == ["mine"]
    assert [one.id for one in detail.card.tickets] == [mine]
    assert [one.kind for one in detail.timeline] == ["ticket", "call"]


async def test_whoever_may_create_but_not_read_is_answered_all_the_same(
    database: Database, customers: Customers
) -> None:
    """A refusal after the commit would free the idempotency key: the repetition makes another."""
    me = await add_user(database, "me")
    maker = actor(me, permissions={"customer": {"create": "all"}})
    made = await customers.quick_create(maker, name="Wang", number="13800138000")
    assert (made.card.name, made.timeline) == ("Wang", ())
