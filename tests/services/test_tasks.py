"""Tasks: written down, done once, and seen by whom they concern."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from callcenter.services.errors import Forbidden, Invalid, NotFound
from callcenter.services.records import TaskRow
from callcenter.store.database import Database
from tests import people
from tests.services.after_house import Afterwards, afterwards
from tests.services.log_house import WANG

OWN = {"read": "own", "create": "own", "update": "own"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Afterwards]:
    async with afterwards(database, tmp_path / "journal") as made:
        yield made


async def write(house: Afterwards, login: str = "lina", **given: Any) -> TaskRow:
    about = {"due_at": None, "owner": "me", "party_id": None, "ticket_id": None, "call_id": None}
    return await house.after.tasks.create(house.agent(login), **{"body": "x", **about, **given})


async def listed(house: Afterwards, login: str = "lina", **query: Any) -> list[UUID]:
    wanted = {"mine": False, "party_id": None, "done": False, "limit": 50} | query
    return [row.id for row in await house.after.tasks.listed(house.agent(login), **wanted)]


async def test_it_is_about_the_tickets_customer(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    ticket = await people.add_ticket(house.database, wang, 7)
    call = await house.call("1")
    due_at = house.later(hours=1)
    made = await write(house, body="send it", ticket_id=ticket, call_id=call, due_at=due_at)
    assert (made.party_id, made.party_name, made.ticket_number) == (wang, "王小明", 7)
    assert (made.assignee, made.author, made.due_at, made.done_at) == ("Lina", "Lina", due_at, None)
    of_call = await write(house, call_id=call, owner="anyone")
    assert (of_call.party_id, of_call.assignee_id, of_call.assignee) == (wang, None, "")


@pytest.mark.parametrize("field", ["party_id", "ticket_id", "call_id"])
async def test_what_cannot_be_read_cannot_be_written_about(house: Afterwards, field: str) -> None:
    about: dict[str, Any] = {field: uuid4()}
    with pytest.raises(Invalid) as caught:
        await write(house, **about)
    assert (caught.value.code, list(caught.value.fields)) == ("invalid_task", [field])


async def test_anothers_ticket_is_not_this_customers(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    chen = await people.add_customer(house.database, "Chen", "95588")
    ticket = await people.add_ticket(house.database, wang, 7)
    with pytest.raises(Invalid) as caught:
        await write(house, party_id=chen, ticket_id=ticket)
    assert list(caught.value.fields) == ["ticket_id"]


async def test_the_first_due_first(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    some_time = await write(house)
    tomorrow = await write(house, due_at=house.later(days=1), party_id=wang)
    today = await write(house, due_at=house.later(hours=1), owner="anyone")
    zhangs = await write(house, "zhang", due_at=house.later(hours=2))
    assert await listed(house) == [today.id, zhangs.id, tomorrow.id, some_time.id]
    assert await listed(house, mine=True) == [today.id, tomorrow.id, some_time.id]
    assert await listed(house, "zhang", mine=True) == [zhangs.id]
    assert await listed(house, party_id=wang) == [tomorrow.id]


async def test_done_once_and_taken_back(house: Afterwards) -> None:
    made = await write(house)
    update = house.after.tasks.update
    done_at = house.now
    assert (await update(house.agent(), made.id, {"done": True})).done_at == done_at
    assert await listed(house) == []
    assert await listed(house, done=True) == [made.id]
    house.clock.advance(60)
    assert (await update(house.agent("zhang"), made.id, {"done": True})).done_at == done_at
    assert (await update(house.agent(), made.id, {"done": False})).done_at is None
    moved = await update(house.agent("zhang"), made.id, {"owner": "me", "due_at": house.now})
    assert (moved.assignee, moved.due_at) == ("Zhang", house.now)
    assert (await update(house.agent(), made.id, {"due_at": None})).due_at is None
    actions = [row.action for row in await house.rows("audit")]
    assert actions == ["task.create", *["task.update"] * 4], "a second tick changes nothing"


async def test_who_is_told(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    lina, zhang = house.log.agents["lina"], house.log.agents["zhang"]
    made = await write(house)
    assert house.changed("tasks") == [frozenset({lina})]
    await house.after.tasks.update(house.agent("zhang"), made.id, {"owner": "me"})
    assert house.changed("tasks") == [frozenset({lina}), frozenset({lina, zhang})]
    await write(house, owner="anyone")
    assert house.changed("tasks") == [None]
    await write(house, party_id=wang)
    assert house.changed("customer") == [None], "it stands in the timeline"


async def test_who_may(house: Afterwards) -> None:
    made = await write(house)
    update = house.after.tasks.update
    with pytest.raises(NotFound):
        await update(house.agent("zhang", task=OWN), made.id, {"done": True})
    with pytest.raises(NotFound):
        await update(house.agent(), uuid4(), {"done": True})
    reader = house.agent("zhang", task={"read": "all"})
    with pytest.raises(Forbidden) as caught:
        await update(reader, made.id, {"done": True})
    assert caught.value.code == "task_update"
    with pytest.raises(Forbidden):
        await house.after.tasks.create(
            reader, body="x", due_at=None, owner="me", party_id=None, ticket_id=None, call_id=None
        )
    assert (await update(house.agent("lina", task=OWN), made.id, {"done": True})).done_at
