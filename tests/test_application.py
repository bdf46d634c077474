"""The straight line, from byte to screen and back: the whole application in one process.

A caller rings on the simulated switch; the right agent's screen shows who it is; the agent
answers, holds, hangs up, wraps up; the call stands in the log under customer and ticket.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from callcenter.store.database import Database
from tests import people
from tests.running import Running, Screen, add_agents, running

WANG = "+8613800138000"


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Running]:
    await add_agents(database, 2)
    url = database.url.render_as_string(hide_password=False)
    async with running(tmp_path, url) as made:
        yield made


async def test_from_byte_to_screen_and_back(house: Running) -> None:
    company = await people.add_customer(house.database, "Hangzhou Optics", kind="organisation")
    party = await people.add_customer(
        house.database, "王小明", WANG, tier="platinum", parent_id=company, note="Call him 王总"
    )
    ticket = await people.add_ticket(house.database, party, 10482, subject="Invoice")
    agent, other = await house.screen("agent1"), await house.screen("agent2")
    assert (await agent.order("agent.ready"))["ok"]
    await agent.shows("ready")

    await house.simulator.place_call(WANG, "WANG", talk_s=-1)
    await agent.rings()
    await agent.until(lambda: agent.calls[0]["caller"]["looked_up"])  # memory may still be cold
    call = agent.calls[0]
    card = call["caller"]["card"]
    assert (card["name"], card["company"], card["note"]) == (
        "王小明",
        "Hangzhou Optics",
        "Call him 王总",
    )
    assert (call["caller"]["match"], card["tier"]["code"]) == ("exact", "platinum")
    assert call["ticket_id"] == str(ticket)
    assert (call["queue"], call["direction"]) == ("support", "inbound")
    assert [one["number"] for one in card["tickets"]] == [10482]
    assert other.calls == []

    assert (await agent.order("phone.answer", call_id=call["id"]))["ok"]
    await agent.shows("on_call")
    assert (await agent.order("phone.hold", call_id=call["id"]))["ok"]
    await agent.until(lambda: agent.calls[0]["state"] == "held")
    assert (await agent.order("phone.resume", call_id=call["id"]))["ok"]
    await agent.until(lambda: agent.calls[0]["state"] == "active")
    assert (await agent.order("call.note", call_id=call["id"], note="Promised Friday"))["ok"]
    assert agent.calls[0]["note"] == "Promised Friday"
    assert (await agent.order("phone.hangup", call_id=call["id"]))["ok"]
    await agent.shows("wrap_up")
    assert agent.calls[0]["state"] == "ended"
    assert (await agent.order("agent.finish_wrap_up"))["ok"]
    await agent.shows("ready")
    assert agent.calls == []

    await house.application.call_log.caught_up()
    [row] = (await agent.get(f"/calls?party_id={party}"))["items"]
    assert (row["id"], row["result"], row["party_name"]) == (call["id"], "answered", "王小明")
    assert (row["ticket_id"], row["agent"], row["queues"]) == (str(ticket), "Agent1", ["support"])
    assert row["note"] == "Promised Friday"
    detail = await agent.get(f"/calls/{call['id']}")
    leg = next(one for one in detail["legs"] if one["role"] == "agent")
    assert leg["hold_s"] > 0
    assert leg["wrap_s"] > 0
    assert leg["connected_s"] > leg["talk_s"]
    assert other.calls == []


async def test_a_stranger_becomes_a_customer_with_a_ticket_by_the_first_note(
    house: Running,
) -> None:
    agent = await house.screen("agent1")
    await agent.order("agent.ready")
    await house.simulator.place_call("+8613900139000", talk_s=-1)
    call = await agent.rings()
    assert (call["caller"]["match"], call["caller"]["card"]) == ("unknown", None)
    await agent.order("phone.answer", call_id=call["id"])
    body = {"name": "Li Na", "number": call["caller"]["number"]}
    headers = {"Origin": house.url, "Idempotency-Key": "one"}
    async with agent.http.post("/api/v1/customers", json=body, headers=headers) as answer:
        assert answer.status in (200, 201), await answer.text()
        party = (await answer.json())["id"]
    await agent.until(lambda: agent.calls[0]["caller"]["card"] is not None)
    assert agent.calls[0]["caller"]["match"] == "exact"
    chosen = await agent.order("call.choose_customer", call_id=call["id"], party_id=party)
    assert chosen["ok"], chosen
    assert (await agent.order("call.note", call_id=call["id"], note="New glasses\nblue"))["ok"]
    await agent.until(lambda: agent.calls[0]["ticket_id"] is not None)
    [ticket] = (await agent.get(f"/tickets?party_id={party}"))["items"]
    assert (ticket["subject"], ticket["domain"]) == ("New glasses", "support")
    assert (await agent.order("call.note", call_id=call["id"], note="New glasses\nred"))["ok"]
    assert len((await agent.get(f"/tickets?party_id={party}"))["items"]) == 1


async def test_a_customer_is_called_by_a_click(house: Running) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    agent = await house.screen("agent1")
    dialled = await agent.order("phone.dial", number="138 0013 8000")
    await agent.until(lambda: bool(agent.calls))
    assert agent.calls[0]["id"] == dialled["data"]["call_id"]
    await agent.until(lambda: agent.calls[0]["caller"]["card"] is not None)
    assert agent.calls[0]["caller"]["card"]["name"] == "王小明"
    call = await agent.rings()
    await agent.order("phone.answer", call_id=call["id"])
    await agent.until(lambda: agent.calls[0]["state"] == "active")
    assert (await agent.order("call.note", call_id=call["id"], note="Called back"))["ok"]
    await agent.until(lambda: agent.calls[0]["answered_at"] is not None, within_s=10)
    await agent.order("phone.hangup", call_id=call["id"])
    await agent.shows("wrap_up")
    await house.application.call_log.caught_up()
    [row] = (await agent.get(f"/calls?party_id={party}"))["items"]
    assert (row["direction"], row["result"], row["agent"]) == ("outbound", "answered", "Agent1")
    assert (row["number"], row["note"]) == (WANG, "Called back")
    assert row["ticket_id"] is not None


async def test_a_colleague_is_called_by_a_click(house: Running) -> None:
    agent, colleague = await house.screen("agent1"), await house.screen("agent2")
    dialled = await agent.order("phone.dial", number="1002")
    call = await agent.rings()
    assert (call["id"], call["direction"]) == (dialled["data"]["call_id"], "internal")
    await agent.order("phone.answer", call_id=call["id"])
    await colleague.rings()
    await colleague.order("phone.answer", call_id=call["id"])
    await agent.until(lambda: agent.calls[0]["answered_at"] is not None)
    await colleague.order("phone.hangup", call_id=call["id"])
    await agent.until(lambda: agent.calls == [])
    await house.application.call_log.caught_up()
    [row] = (await agent.get("/calls"))["items"]
    assert (row["direction"], row["result"], row["party_id"]) == ("internal", "answered", None)
    assert (row["number"], row["dialled"], row["agent"]) == ("1001", "1002", "Agent2")
    assert row["answered_at"] is not None


async def test_the_switch_goes_and_comes_back(house: Running) -> None:
    agent = await house.screen("agent1")
    await agent.order("agent.ready")
    house.simulator.drop_connections()
    await agent.until(lambda: not agent.state["switch"]["connected"])
    async with agent.http.get("/healthz") as answer:
        assert answer.status == 503
        assert "not connected" in (await answer.json())["switch"]
    await agent.until(lambda: agent.state["switch"]["connected"])
    await house.simulator.place_call(WANG)
    await agent.rings()


async def test_nobody_answers_and_the_caller_gives_up(house: Running) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    agent = await house.screen("agent1")
    await house.simulator.place_call(WANG, patience_s=1.5)
    await agent.until(lambda: any(q["waiting"] for q in agent.state["queues"]))
    await agent.until(lambda: not any(q["waiting"] for q in agent.state["queues"]))
    await house.application.call_log.caught_up()
    [row] = (await agent.get(f"/calls?party_id={party}"))["items"]
    assert (row["result"], row["party_id"]) == ("abandoned", str(party))


async def test_what_is_stopped_leaves_no_thread_behind(database: Database, tmp_path: Path) -> None:
    await add_agents(database, 1)
    before = set(threading.enumerate())
    async with running(tmp_path, database.url.render_as_string(hide_password=False)) as house:
        await house.screen("agent1")
        assert _hashing(before)
    async with asyncio.timeout(5):
        while _hashing(before):  # noqa: ASYNC110 (a thread that ends has no event to wait for)
            await asyncio.sleep(0.01)


def _hashing(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads for passwords that were not there before."""
    return [one for one in set(threading.enumerate()) - before if one.name.startswith("argon2")]


async def test_what_is_set_on_one_screen_is_told_to_the_others_of_the_same_user(
    house: Running,
) -> None:
    here, there = await house.screen("agent1"), await house.screen("agent1")
    another = await house.screen("agent2")

    def told(screen: Screen) -> list[object]:
        return [each["data"] for each in screen.log if each["type"] == "changed"]

    headers = {"Origin": house.url}
    wish = {"density": "dense"}
    async with here.http.patch("/api/v1/session/prefs", json=wish, headers=headers) as answer:
        assert answer.status == 200
    await there.until(lambda: {"what": "desk", "id": None} in told(there))
    assert (await there.get("/session"))["user"]["prefs"]["density"] == "dense"
    assert told(another) == []
