"""Calls outlive us: the application stops in the middle of one and starts again.

The simulated switch stays (the call goes on, or ends while nobody looks) or comes back empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest_asyncio
from sqlalchemy import RowMapping, select

from callcenter.store import tables
from callcenter.store.database import Database
from tests import people
from tests.running import Running, Standing, add_agents, running, standing

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
