"""One timeline of a customer, by one statement: in order, by page, by kind, and by who may read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql, sqlite

from callcenter.domain.permissions import Actor
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, timeline
from callcenter.store.tables import activity, call, ticket
from tests import people
from tests.people import NOW, actor

KINDS = ("note", "task", "mail", "order", "campaign")
MANY = 10_000


async def happened(
    database: Database,
    party_id: UUID,
    count: int,
    agent_id: UUID | None = None,
    first: int = 1,
    **values: Any,
) -> None:
    """So many things of every kind, in a mixed order, several of them at the same moment."""
    random, places = Random(1), range(count)
    rows: dict[str, list[dict[str, Any]]] = {"call": [], "ticket": [], "activity": []}
    for place in places:
        at = NOW - timedelta(minutes=random.randrange(count))
        id_, kind = new_id(), ("call", "ticket", *KINDS)[place % 7]
        if kind == "call":
            row = {
                "pbx": "x",
                "uniqueid": str(id_),
                "direction": "inbound",
                "result": "answered",
                "started_at": at,
                "last_agent_id": agent_id,
            }
            rows["call"].append({"id": id_, "party_id": party_id, **row})
        elif kind == "ticket":
            row = {
                "number": place + first,
                "subject": "x",
                "domain": "support",
                "created_at": at,
                "updated_at": at,
                "owner_id": agent_id,
            }
            rows["ticket"].append({"id": id_, "party_id": party_id, **row})
        else:
            data = {"title": "SO-1", "amount": 9_900, "currency": "CNY"}
            row = {"kind": kind, "at": at, "author_id": agent_id, "data": data, **values}
            rows["activity"].append({"id": id_, "party_id": party_id, **row})  # fmt: skip
    async with database.begin() as connection:
        for table in (call, ticket, activity):
            await connection.execute(insert(table), rows[table.name])
        if not database.is_sqlite:
            await connection.execute(text("ANALYZE"))


async def read(
    database: Database, party_id: UUID, who: Actor | None = None, **query: Any
) -> Sequence[AnyRow]:
    wanted = {"limit": 1000} | query
    async with database.read() as connection:
        return await timeline.of_customer(connection, who or actor(), party_id, **wanted)


def marks(rows: Sequence[AnyRow]) -> list[tuple[Any, UUID]]:
    return [(row.at, row.id) for row in rows]


async def test_page_by_page_it_is_the_whole_in_order(database: Database) -> None:
    wang = await people.add_customer(database, "王小明")
    await happened(database, wang, 70)
    await happened(database, await people.add_customer(database, "Chen"), 7, first=1000)
    whole = await read(database, wang)
    assert len(whole) == 70
    assert marks(whole) == sorted(marks(whole), reverse=True)
    assert {row.kind for row in whole} == {"call", "ticket", *KINDS}
    pages: list[tuple[Any, UUID]] = []
    before = None
    while page := await read(database, wang, limit=9, before=before):
        pages += marks(page)
        before = pages[-1]
    assert pages == marks(whole)
    assert len({at for at, _ in pages}) < len(pages), "some of one moment are among them"


@pytest.mark.parametrize("kinds", [("call",), ("ticket",), ("note",), ("order", "call"), KINDS])
async def test_of_these_kinds_only(database: Database, kinds: tuple[str, ...]) -> None:
    wang = await people.add_customer(database, "王小明")
    await happened(database, wang, 70)
    whole = await read(database, wang)
    wanted = [(row.at, row.id) for row in whole if row.kind in kinds]
    assert marks(await read(database, wang, kinds=kinds)) == wanted
    assert len(wanted) == 10 * len(kinds)


async def test_every_kind_brings_what_it_has(database: Database) -> None:
    lina = await people.add_user(database, "lina")
    wang = await people.add_customer(database, "王小明")
    await happened(database, wang, 7, lina, due_at=NOW, body="written")
    rows = {row.kind: row for row in await read(database, wang)}
    assert {row.author for row in rows.values()} == {"Lina"}
    assert (rows["call"].title, rows["call"].direction) == ("answered", "inbound")
    assert rows["call"].data is rows["call"].due_at is rows["ticket"].disposition is None
    assert (rows["ticket"].title, rows["ticket"].status) == ("x", "open")
    assert (rows["ticket"].ticket_id, rows["ticket"].ticket_number) == (rows["ticket"].id, 2)
    assert (rows["task"].body, rows["task"].due_at) == ("written", NOW)
    assert rows["order"].data == {"title": "SO-1", "amount": 9_900, "currency": "CNY"}
    assert type(rows["call"].id) is UUID


def role(**objects: str) -> dict[str, dict[str, str]]:
    return {object_: {"read": scope} for object_, scope in objects.items()}


async def test_only_what_may_be_read(database: Database) -> None:
    lina, zhang = [await people.add_user(database, name) for name in ("lina", "zhang")]
    wang = await people.add_customer(database, "王小明")
    await happened(database, wang, 7, lina)
    theirs = await people.add_ticket(database, wang, 99, owner_id=lina)
    for author, ticket_id in ((lina, theirs), (zhang, None)):
        await people.insert(
            database, "activity", kind="task", at=NOW, body="", data={}, party_id=wang,
            author_id=author, assignee_id=author, ticket_id=ticket_id,
        )  # fmt: skip

    async def sees(user_id: UUID, **objects: str) -> dict[str, int]:
        rows = await read(database, wang, Actor(user_id, permissions=role(**objects)))
        kinds = [row.kind for row in rows]
        return {kind: kinds.count(kind) for kind in kinds}

    others = dict.fromkeys(("note", "mail", "order", "campaign"), 1)
    everything = {"call": 1, "ticket": 2, "task": 3, **others}
    assert await sees(zhang, call="all", ticket="all", task="all") == everything
    assert await sees(zhang) == others, "what hangs on the customer alone"
    assert await sees(zhang, task="own") == {"task": 1, **others}
    assert await sees(zhang, task="all") == {"task": 2, **others}, "not on a ticket of hers"
    assert await sees(lina, call="own", ticket="own", task="own") == {**everything, "task": 2}


async def test_ten_thousand_entries_cost_what_ten_cost(database: Database) -> None:
    wang = await people.add_customer(database, "王小明")
    await happened(database, wang, MANY)
    await happened(database, await people.add_customer(database, "Chen"), MANY, first=MANY + 1)
    took = []
    middle = NOW - timedelta(minutes=MANY // 2)
    for _ in range(7):
        for before in (None, (middle, None)):
            begun = time.perf_counter()
            assert len(await read(database, wang, limit=51, before=before)) == 51
            took.append(time.perf_counter() - begun)
    assert min(took) < 0.05
    marks: tuple[Any, ...] = (None, (middle, new_id()))
    for mark in marks:
        plan = await _plan(database, wang, mark)
        for index in (
            "ix_call_party_id_started_at",
            "ix_ticket_party_id_created_at",
            "ix_activity_party_id_at",
        ):
            assert index in plan, plan
        for table in ("call", "activity"):
            assert f"Seq Scan on {table}" not in plan, plan
            assert f"SCAN {table}" not in plan, plan


async def _plan(database: Database, party_id: UUID, before: Any) -> str:
    """How the database goes about it, in one text."""
    statement = timeline.page(actor(), party_id, kinds=(), before=before, limit=51)
    kind: Any = sqlite if database.is_sqlite else postgresql
    written = str(statement.compile(dialect=kind.dialect(), compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.read() as connection:
        rows = await connection.exec_driver_sql(explain + written)
        return "\n".join(str(row[-1]) for row in rows)
