"""Calls outlive us: the application stops in the middle of one and starts again.

The simulated switch stays (the call goes on, or ends while nobody looks) or comes back empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import RowMapping, select

from callcenter.services.queue_strip import PERIOD_S
from callcenter.store import tables
from callcenter.store.database import Database
from tests import people
from tests.running import Running, Screen, Standing, add_agents, running, standing

WANG = "+8613800138000"
DEVICE = "PJSIP/1001"


@pytest_asyncio.fixture(loop_scope="session")
async def switch(database: Database) -> AsyncIterator[Standing]:
    await add_agents(database, 2)
    async with standing() as made:
        yield made


class Runs:
    """One run of the program after the other, on the same database and journal."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self.database = database
        self.url = database.url.render_as_string(hide_password=False)

    def on(self, switch: Standing) -> Any:
        return running(self._folder, self.url, on=switch)

    async def rows(self, table: str = "call") -> list[RowMapping]:
        async with self.database.read() as connection:
            return list(
                (await connection.execute(select(tables.metadata.tables[table]))).mappings()
            )


@pytest_asyncio.fixture(loop_scope="session")
async def runs(database: Database, tmp_path: Path) -> Runs:
    return Runs(tmp_path, database)


async def talking(house: Running, within_s: float = 5.0) -> UUID:
    """A customer rings in and agent1 has answered; the call's id."""
    agent = await house.screen("agent1")
    await agent.order("agent.ready")
    await house.simulator.place_call(WANG, talk_s=-1)
    call = await agent.rings(within_s)
    await agent.order("phone.answer", call_id=call["id"])
    await agent.shows("on_call")
    await house.application.call_log.caught_up()
    return UUID(call["id"])


def hangs_up(switch: Standing) -> None:
    """The agent, by the button of their phone; so nobody is left."""
    board = switch.simulator.world.board
    board.party_hangs_up(board.of(DEVICE)[-1], 16)
    assert not board.channels


async def test_a_call_that_goes_on_is_the_same_call(switch: Standing, runs: Runs) -> None:
    party = await people.add_customer(runs.database, "王小明", WANG)
    async with runs.on(switch) as house:
        call_id = await talking(house)
    [before] = await runs.rows()
    assert (before["id"], before["result"], before["ended_at"]) == (call_id, None, None)

    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await agent.order("agent.ready")
        [shown] = agent.calls
        assert (shown["id"], shown["state"]) == (str(call_id), "active")
        assert shown["caller"]["card"]["name"] == "王小明"
        hangs_up(switch)
        await agent.until(lambda: not agent.calls or agent.calls[0]["state"] == "ended")
        await house.application.call_log.caught_up()
        [row] = await runs.rows()
        assert (row["id"], row["result"], row["party_id"]) == (call_id, "answered", party)
        assert (row["inferred"], row["recovered"], row["queues"]) == (False, True, ["support"])
        for name in ("started_at", "answered_at", "first_agent_id", "last_agent_id"):
            assert row[name] == before[name], name
        assert row["first_agent_id"] is not None
        waited = (row["answered_at"] - row["started_at"]).total_seconds()
        spoken = (row["ended_at"] - row["answered_at"]).total_seconds()
        assert abs(row["wait_s"] - waited) < 0.2
        assert abs(row["connected_s"] - spoken) < 0.05
        legs = {leg["role"]: leg for leg in await runs.rows("call_leg")}
        assert legs.keys() == {"agent", "customer"}
        assert legs["agent"]["interface"] == DEVICE
        assert legs["agent"]["answered_at"] == row["answered_at"]
        assert abs(legs["agent"]["talk_s"] - spoken) < 0.05
        assert len((await agent.get("/calls"))["items"]) == 1


async def test_a_call_that_ended_while_nobody_looked(switch: Standing, runs: Runs) -> None:
    async with runs.on(switch) as house:
        await talking(house)
    [before] = await runs.rows()
    hangs_up(switch)
    async with runs.on(switch) as house:
        await house.application.call_log.caught_up()
        [row] = await runs.rows()
        assert (row["result"], row["inferred"], row["recovered"]) == ("answered", True, True)
        for name in ("answered_at", "first_agent_id", "last_agent_id"):
            assert row[name] == before[name], name
        assert row["ended_at"] >= row["answered_at"]
        agent = await house.screen("agent1")
        assert agent.calls == []
        [shown] = (await agent.get("/calls"))["items"]
        assert shown["result"] == "answered"
    async with runs.on(switch) as house:
        await house.application.call_log.caught_up()
    assert await runs.rows() == [row]


async def test_a_caller_who_waits_goes_on_waiting_and_is_answered(
    switch: Standing, runs: Runs
) -> None:
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await switch.simulator.place_call(WANG)
        await agent.until(lambda: any(queue["waiting"] for queue in agent.state["queues"]))
        await house.application.call_log.caught_up()
    [before] = await runs.rows()
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await agent.until(lambda: any(queue["waiting"] for queue in agent.state["queues"]))
        await agent.order("agent.ready")
        call = await agent.rings()
        assert call["id"] == str(before["id"])
        await agent.order("phone.answer", call_id=call["id"])
        await agent.shows("on_call")
        hangs_up(switch)
        await agent.until(lambda: not agent.calls or agent.calls[0]["state"] == "ended")
        await house.application.call_log.caught_up()
    [row] = await runs.rows()
    assert (row["id"], row["result"], row["queues"]) == (before["id"], "answered", ["support"])
    assert (row["started_at"], row["inferred"]) == (before["started_at"], False)
    waited = (row["answered_at"] - row["started_at"]).total_seconds()
    assert abs(row["wait_s"] - waited) < 0.2


async def test_a_caller_of_a_switch_that_came_back_empty(switch: Standing, runs: Runs) -> None:
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await switch.simulator.place_call(WANG)
        await agent.until(lambda: any(queue["waiting"] for queue in agent.state["queues"]))
        await house.application.call_log.caught_up()
    async with standing() as empty, runs.on(empty) as house:
        await house.application.call_log.caught_up()
        [row] = await runs.rows()
        assert (row["result"], row["inferred"], row["queues"]) == ("abandoned", True, ["support"])
        assert row["started_at"] <= row["ended_at"]
        assert row["answered_at"] is None


async def test_a_call_of_ours_goes_on(switch: Standing, runs: Runs) -> None:
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await agent.order("phone.dial", number=WANG)
        call = await agent.rings()
        await agent.order("phone.answer", call_id=call["id"])
        await agent.until(lambda: agent.calls[0]["answered_at"] is not None, within_s=15)
        await house.application.call_log.caught_up()
    [before] = await runs.rows()
    assert before["answered_at"] is not None
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        [shown] = agent.calls
        assert (shown["id"], shown["direction"]) == (call["id"], "outbound")
        hangs_up(switch)
        await agent.until(lambda: not agent.calls or agent.calls[0]["state"] == "ended")
        await house.application.call_log.caught_up()
    [row] = await runs.rows()
    assert (row["id"], row["direction"], row["result"]) == (before["id"], "outbound", "answered")
    assert (row["dialled"], row["answered_at"]) == (WANG, before["answered_at"])
    assert row["first_agent_id"] == before["first_agent_id"]
    assert not row["inferred"]


async def test_agents_are_waited_for_and_restored_by_their_screens_return(
    switch: Standing, runs: Runs
) -> None:
    async with runs.on(switch) as house:
        for login, state in (("agent1", "ready"), ("agent2", "not_ready")):
            agent = await house.screen(login)
            await agent.shows("not_ready")
            if state == "ready":
                await agent.order("agent.ready")
                await agent.shows("ready")
    async with runs.on(switch) as house:
        watching = await house.screen("agent2")
        await watching.until(lambda: first_agent_on(watching) == "unresponsive")
        assert watching.state["me"]["reason"] == "signed_in"
        agent = await house.screen("agent1")
        await agent.shows("ready")
        await house.application.call_log.caught_up()
    states = [(row["state"], row["to"] is None) for row in await states_of_first_agent(runs)]
    assert [state for state, _ in states] == ["not_ready", "ready", "unresponsive", "ready"]


def first_agent_on(screen: Screen) -> str:
    """Their state, as another agent's screen shows it."""
    found = [c["state"] for c in screen.state["colleagues"] if c["extension"] == "1001"]
    return str(found[0])


async def test_who_signed_out_stays_so(switch: Standing, runs: Runs) -> None:
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await agent.shows("not_ready")
        async with agent.http.delete("/api/v1/session") as answer:
            assert answer.status == 204
    async with runs.on(switch) as house:
        watching = await house.screen("agent2")
        await asyncio.sleep(2 * PERIOD_S)
        assert first_agent_on(watching) == "signed_out"


@pytest.mark.parametrize("wrap_up_s", [1, 60])
async def test_a_wrap_up_goes_on_or_ran_out_meanwhile(
    switch: Standing, runs: Runs, wrap_up_s: int
) -> None:
    async with runs.database.begin() as connection:
        await connection.execute(tables.queue.update().values(wrap_up_s=wrap_up_s))
    async with runs.on(switch) as house:
        await talking(house)
        hangs_up(switch)
        agent = house.screens[0]
        await agent.shows("wrap_up")
        shown = agent.state["me"]
    if wrap_up_s == 1:
        await asyncio.sleep(1)
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        if wrap_up_s == 60:
            await agent.shows("wrap_up")
            assert agent.state["me"] == shown, "its clocks go on, and it can be made longer"
            assert (shown["afterwards"], shown["may_extend"]) == ("ready", True)
            assert (await agent.order("agent.extend_wrap_up"))["ok"]
            await agent.until(lambda: not agent.state["me"]["may_extend"])
        else:
            await agent.shows("ready")
    if wrap_up_s == 60:
        shown = agent.state["me"]
        async with runs.on(switch) as house:
            agent = await house.screen("agent1")
            await agent.shows("wrap_up")
            assert agent.state["me"] == shown, "it was made longer, once"
            await agent.order("agent.finish_wrap_up")
            await agent.shows("ready")
    rows = await states_of_first_agent(runs)
    states = [row["state"] for row in rows]
    assert states[-2:] == ["unresponsive" if wrap_up_s == 1 else "wrap_up", "ready"]
    assert states.count("wrap_up") == 1
    assert rows[-2]["to"] == rows[-1]["from"]


async def test_a_break_asked_for_in_the_call_is_still_wanted_after_it(
    switch: Standing, runs: Runs
) -> None:
    async with runs.on(switch) as house:
        await talking(house)
        agent = house.screens[0]
        assert (await agent.order("agent.not_ready", reason="lunch"))["ok"]
        await agent.until(lambda: agent.state["me"]["reason"] == "lunch")
    async with runs.on(switch) as house:
        agent = await house.screen("agent1")
        await agent.shows("on_call")
        assert (agent.state["me"]["afterwards"], agent.state["me"]["reason"]) == (
            "not_ready",
            "lunch",
        )
        hangs_up(switch)
        await agent.shows("wrap_up")


async def states_of_first_agent(runs: Runs) -> list[RowMapping]:
    [agent] = [row["id"] for row in await runs.rows("user") if row["extension"] == "1001"]
    rows = [row for row in await runs.rows("agent_event") if row["user_id"] == agent]
    return sorted(rows, key=lambda row: row["from"])
