"""What a desk is set up with, and the texts beside a call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from callcenter.domain.permissions import Actor
from callcenter.services.desk_config import DeskConfigs
from callcenter.services.records import Company
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.tables import disposition, pause_reason
from tests.people import NOW, actor, add_call, insert


@pytest.fixture
def desk(database: Database) -> DeskConfigs:
    return DeskConfigs(database)


async def test_a_new_database_has_what_a_desk_needs(desk: DeskConfigs) -> None:
    company = Company(name="杭州光学")
    found = await desk.get(company)
    assert found.company is company
    reasons = {one.code: (one.paid, one.allowed_minutes) for one in found.reasons}
    assert reasons["break"] == (True, 15)
    assert reasons["lunch"] == (False, 60)
    assert reasons["training"] == (True, None)
    assert [one.name for one in found.queues] == ["support", "sales", "vip"]
    assert [one.code for one in found.tiers] == ["platinum", "gold", "silver", "standard"]
    assert {one.queue for one in found.dispositions} == {"", "support", "sales", "vip"}
    beneath = {one.parent_id for one in found.dispositions}
    leaves = [one for one in found.dispositions if one.id not in beneath]
    assert len(leaves) > 30
    assert any(one.wants_callback for one in leaves)
    assert not any(one.wants_callback for one in found.dispositions if one.id in beneath)
    labels = [one.label for one in found.reasons] + [one.label for one in found.dispositions]
    assert all(label.keys() == {"en", "zh-CN"} for label in labels)


async def test_what_is_not_active_is_not_offered(database: Database, desk: DeskConfigs) -> None:
    solved = default_id("disposition", "support.solved")
    async with database.begin() as connection:
        off = {"active": False}
        await connection.execute(
            update(pause_reason).where(pause_reason.c.code == "lunch").values(off)
        )
        await connection.execute(update(disposition).where(disposition.c.id == solved).values(off))
    found = await desk.get(Company())
    assert "lunch" not in {one.code for one in found.reasons}
    codes = {one.code for one in found.dispositions}
    assert "support.open" in codes
    assert not {code for code in codes if code.startswith("support.solved")}


async def test_what_others_edit_is_noticed_once(database: Database, desk: DeskConfigs) -> None:
    assert not await desk.is_changed(), "nobody knows another"
    await add_call(database, None, 1, None, tags=["new"])
    assert not await desk.is_changed()
    async with database.begin() as connection:
        await connection.execute(update(disposition).values(position=1))
    assert await desk.is_changed()
    assert not await desk.is_changed()


async def test_the_most_used_tags_first(database: Database, desk: DeskConfigs) -> None:
    for minutes, tags in enumerate((["b"], ["a", "b"], [], ["c", "b"], ["c"])):
        await add_call(database, None, minutes, None, tags=tags)
    assert (await desk.get(Company())).tags == ("b", "c", "a")


async def write(database: Database, title: str, **values: Any) -> UUID:
    fixed = {"kind": "knowledge", "body": "", "locale": "", "updated_at": NOW - timedelta(days=1)}
    return await insert(database, "article", title=title, **fixed | values)


SUPPORT, SALES = default_id("queue", "support"), default_id("queue", "sales")


async def test_scripts_first_then_the_queues_own(database: Database, desk: DeskConfigs) -> None:
    await write(database, "For all", kind="knowledge")
    await write(database, "Of support", queue_id=SUPPORT, position=2)
    await write(database, "Of support first", queue_id=SUPPORT, position=1)
    await write(database, "Of sales", queue_id=SALES)
    await write(database, "Greeting", kind="script")
    await write(database, "Greeting of support", kind="script", queue_id=SUPPORT)
    await write(database, "Withdrawn", kind="script", active=False)
    found = await titles(desk, queue="support")
    assert found == [
        "Greeting of support", "Greeting", "Of support first", "Of support", "For all",
    ]  # fmt: skip
    assert await titles(desk, queue="support", kind="script") == found[:2]
    assert len(await titles(desk)) == 6
    assert await titles(desk, limit=1) == ["Greeting of support"]


async def test_found_by_what_they_say_in_ones_language(
    database: Database, desk: DeskConfigs
) -> None:
    await write(database, "Refunds", body="Within 30 days", locale="en")
    await write(database, "退款", body="30 天内", locale="zh-CN")
    await write(database, "Hotline 100%", body="95588")
    assert await titles(desk, text="REFUND") == ["Refunds"]
    assert await titles(desk, text="30") == ["Refunds", "退款"]
    assert await titles(desk, text="天内") == ["退款"]
    assert await titles(desk, text="%") == ["Hotline 100%"], "no pattern"
    assert await titles(desk, locale="zh-CN") == ["Hotline 100%", "退款"]


async def test_whose_role_says_nothing_of_articles_reads_none(
    database: Database, desk: DeskConfigs
) -> None:
    await write(database, "Secret")
    assert await titles(desk, Actor(None)) == []
    assert await titles(desk, Actor(None, permissions={"article": {"read": "own"}})) == []
    assert await titles(desk, Actor(None, permissions={"article": {"read": "all"}})) == ["Secret"]


async def titles(desk: DeskConfigs, who: Actor | None = None, **query: Any) -> list[str]:
    wanted = {"queue": "", "kind": None, "text": "", "locale": "", "limit": 50} | query
    return [one.title for one in await desk.articles(who or actor(), **wanted)]
