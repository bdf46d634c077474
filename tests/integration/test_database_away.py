"""The database is away while customers call: the whole product, on the real databases.

SQLite is locked by another process for longer than we wait for a lock; PostgreSQL is stopped. The
record pops from memory, the screen says how late the log is, and afterwards it has every call once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.store import tables
from callcenter.store.database import Database
from tests import people
from tests.databases import PostgresServer
from tests.running import add_agents, running

pytestmark = pytest.mark.integration

WANG = "+8613800138000"
LOCKED_S = 11.0  # we wait 10 s for a lock


@dataclass(frozen=True)
class Kept:
    """A database, and how it goes away for as long as the block lasts."""

    url: str
    away: Callable[[], AbstractAsyncContextManager[None]]
    least_s: float  # for so long, that it is noticed


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Kept]:
    path = folder / "callcenter.db"

    @asynccontextmanager
    async def locked() -> AsyncIterator[None]:
        options: Any = {"isolation_level": None, "check_same_thread": False}
        with closing(sqlite3.connect(path, **options)) as other:
            # In a thread: what is being written just now is written on this loop.
            await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")

    yield Kept(f"sqlite:///{path}", locked, LOCKED_S)


@asynccontextmanager
async def postgresql(_folder: Path) -> AsyncIterator[Kept]:
    server = PostgresServer()
    await asyncio.to_thread(server.start)

    @asynccontextmanager
    async def stopped() -> AsyncIterator[None]:
        await asyncio.to_thread(server.go_away)
        yield
        await asyncio.to_thread(server.come_back)

    try:
        await server.execute("CREATE DATABASE house")
        yield Kept(server.url("house"), stopped, 0.0)
    finally:
        await asyncio.to_thread(server.stop)


@pytest.mark.parametrize("kept_by", [sqlite, postgresql])
async def test_calls_go_on_from_memory_and_the_log_catches_up(
    kept_by: Callable[[Path], AbstractAsyncContextManager[Kept]], tmp_path: Path
) -> None:
    async with kept_by(tmp_path) as kept:
        database = Database(kept.url)
        await database.migrate()
        await add_agents(database, 1)
        party = await people.add_customer(database, "王小明", WANG)
        await database.close()
        async with running(tmp_path / "var", kept.url, agents=1) as house:
            agent = await house.screen("agent1")
            await agent.order("agent.ready")
            async with kept.away():
                began = asyncio.get_running_loop().time()
                await house.simulator.place_call(WANG, talk_s=-1)
                call = await agent.rings()
                assert call["caller"]["card"]["name"] == "王小明"
                assert (await agent.order("phone.answer", call_id=call["id"]))["ok"]
                await agent.shows("on_call")
                await agent.until(lambda: late(agent.log) > 0, within_s=20)
                assert (await agent.order("phone.hangup", call_id=call["id"]))["ok"]
                await agent.shows("wrap_up")
                await asyncio.sleep(kept.least_s - (asyncio.get_running_loop().time() - began))
                assert house.application.houses.backlog() > 0
            async with asyncio.timeout(20):
                await house.application.houses.caught_up()
            await agent.until(lambda: late(agent.log) == 0)
            async with house.application.database.read() as connection:
                rows = (await connection.execute(select(tables.call))).all()
                legs = (await connection.execute(select(tables.call_leg))).all()
        [row] = rows
        assert (str(row.id), row.party_id, row.result) == (call["id"], party, "answered")
        assert row.ended_at is not None
        assert not row.inferred
        assert len({leg.uniqueid for leg in legs}) == len(legs) == 2


def late(log: list[dict[str, Any]]) -> float:
    """How late the screen was last told that the log is, in seconds."""
    told = [message for message in log if message["type"] == "delay"]
    return float(told[-1]["data"]["log_s"]) if told else 0.0
