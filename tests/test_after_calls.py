"""After the call, through the whole application: what one saves, all lists and screens show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.tables import queue
from tests import people
from tests.running import Running, Screen, add_agents, running

WANG = "+8613800138000"
ANSWERED = str(default_id("disposition", "support.solved.answered"))
CALL_BACK = str(default_id("disposition", "support.open.call_back"))


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Running]:
    await add_agents(database, 2)
    support = queue.c.name == "support"
    async with database.begin() as connection:
        await connection.execute(update(queue).where(support).values(disposition_required=True))
    url = database.url.render_as_string(hide_password=False)
    async with running(tmp_path, url) as made:
        yield made


async def send(
    house: Running, screen: Screen, request: str, body: dict[str, Any], key: str = ""
) -> tuple[int, Any]:
    method, path = request.split()
    headers = {"Origin": house.url} | ({"Idempotency-Key": key} if key else {})
    async with screen.http.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def talked(house: Running, screen: Screen) -> str:
    """A call of Mr Wang's that this agent had, and wraps up now; its id."""
    assert (await screen.order("agent.ready"))["ok"]
    await screen.shows("ready")
    await house.simulator.place_call(WANG, "WANG", talk_s=-1)
    call = await screen.rings()
    await screen.order("phone.answer", call_id=call["id"])
    await screen.shows("on_call")
    await screen.order("phone.hangup", call_id=call["id"])
    await screen.shows("wrap_up")
    return str(call["id"])


def heard(screen: Screen, what: str) -> int:
    return sum(
        message["type"] == "changed" and message["data"]["what"] == what for message in screen.log
    )


async def test_saved_by_one_key_and_ready_again(house: Running) -> None:
    party = await people.add_customer(house.database, "王小明", WANG, zone="Asia/Shanghai")
    agent, other = await house.screen("agent1"), await house.screen("agent2")
    call = await talked(house, agent)

    left = await agent.order("agent.finish_wrap_up")
    assert (left["ok"], left["error"]["code"]) == (False, "disposition_required")
    due_at = datetime.now(UTC) + timedelta(seconds=2.5)
    work = {
        "disposition_id": CALL_BACK,
        "tags": ["invoice"],
        "note": "invoice is wrong",
        "note_was": "",
        "ticket": {"subject": "Invoice"},
        "callback": {"due_at": due_at.isoformat(), "owner": "anyone"},
        "task": {"body": "correct it"},
    }
    path = f"POST /calls/{call}/wrap-up"
    status, saved = await send(house, agent, path, work, key="one")
    assert (status, saved["disposition"]["en"], saved["tags"]) == (
        200, "To be called back", ["invoice"],
    )  # fmt: skip
    assert await send(house, agent, path, work, key="one") == (200, saved)
    status, reused = await send(house, agent, path, {"tags": []}, key="one")
    assert (status, reused["error"]["code"]) == (409, "key_reused")
    assert (await agent.order("agent.ready"))["ok"]
    await agent.shows("ready")

    [callback] = (await other.get("/callbacks"))["items"]
    assert (callback["party_id"], callback["number"], callback["zone"]) == (
        str(party), WANG, "Asia/Shanghai",
    )  # fmt: skip
    [task] = (await agent.get("/tasks?mine=true"))["items"]
    assert (task["body"], task["call_id"]) == ("correct it", call)
    timeline = (await other.get(f"/customers/{party}/timeline"))["items"]
    assert sorted(entry["kind"] for entry in timeline) == ["call", "note", "task", "ticket"]
    assert [e["disposition"]["zh-CN"] for e in timeline if e["kind"] == "call"] == ["需要回电"]

    told = heard(other, "callbacks")
    await other.until(lambda: heard(other, "callbacks") > told)  # its time has come
    assert [row["id"] for row in (await other.get("/callbacks?state=due"))["items"]] == [
        callback["id"]
    ]
    take = {"owner": "me", "version": callback["version"]}
    path = f"PATCH /callbacks/{callback['id']}"
    status, _ = await send(house, other, path, take)
    assert status == 200
    status, late = await send(house, agent, path, take)
    assert (status, late["error"]["code"]) == (409, "changed_meanwhile")


async def test_figures_and_what_is_still_open(house: Running) -> None:
    agent = await house.screen("agent1")
    call = await talked(house, agent)
    await house.application.call_log.caught_up()
    day = await agent.get("/me/today")
    assert (day["calls"], day["answered_in"], day["undisposed"]) == (1, 1, 1)
    assert [row["id"] for row in (await agent.get("/calls?undisposed=true"))["items"]] == [call]
    told = heard(agent, "figures")
    status, _ = await send(
        house, agent, f"POST /calls/{call}/wrap-up", {"disposition_id": ANSWERED}
    )
    assert status == 200
    await agent.until(lambda: heard(agent, "figures") > told)
    assert (await agent.get("/me/today"))["undisposed"] == 0
    await asyncio.sleep(0.2)  # figures are told in tenths of a second
    assert (await agent.order("agent.finish_wrap_up"))["ok"]
    await agent.shows("ready")
    await house.application.call_log.caught_up()
    day = await agent.get("/me/today")
    assert day["wrap_s"] > 0
    parts = day["talk_s"] + day["hold_s"] + day["wrap_s"]  # each rounded
    assert day["aht_s"] == pytest.approx(parts, abs=0.21)


async def test_a_missed_caller_is_listed_until_spoken_with(house: Running) -> None:
    agent = await house.screen("agent1")
    await agent.order("agent.ready")
    await agent.shows("ready")
    placed = await house.simulator.place_call(WANG, "WANG", patience_s=1.0)
    assert placed
    await agent.rings()
    await agent.until(lambda: heard(agent, "missed") > 0)
    [row] = (await agent.get("/calls/missed"))["items"]
    assert (row["number"], row["reason"], row["times"]) == (WANG, "missed", 1)
    status, cleared = await send(house, agent, "POST /calls/missed/clear", {"until": row["at"]})
    assert (status, cleared["former"]) == (200, None)
    assert (await agent.get("/calls/missed"))["items"] == []
    await send(house, agent, "POST /calls/missed/clear", {"until": cleared["former"]})
    assert [one["call_id"] for one in (await agent.get("/calls/missed"))["items"]] == [
        row["call_id"]
    ]


async def test_what_every_desk_is_set_up_with(house: Running) -> None:
    agent = await house.screen("agent1")
    desk = await agent.get("/desk")
    assert set(desk) == {"company", "reasons", "dispositions", "queues", "tiers", "tags"}
    required = {one["name"]: one["disposition_required"] for one in desk["queues"]}
    assert required == {"support": True, "sales": False, "vip": False}
    assert (await agent.get("/articles"))["items"] == []
