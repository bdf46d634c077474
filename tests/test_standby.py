"""Two installations on one database and one switch: one serves, the other waits and takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy import select

from callcenter.main import Application, started
from callcenter.settings import Settings, load
from callcenter.store.database import Database
from callcenter.store.queries import pbx as rows
from callcenter.store.tables import call
from telephony.ports import free_tcp_port
from tests.running import SECRET, Standing, add_agents, standing
from tests.telephony.managers import until

WANG = "+8613800138000"


@pytest_asyncio.fixture(loop_scope="session")
async def switch(database: Database) -> AsyncIterator[Standing]:
    await add_agents(database, 1)
    async with standing() as made:
        yield made


def settings(database: Database, switch: Standing, folder: Path) -> Settings:
    return load(
        None,
        {
            "CALLCENTER_DATABASE__URL": database.url.render_as_string(hide_password=False),
            "CALLCENTER_PATHS__VAR": str(folder),
            "CALLCENTER_SWITCH__PORT": str(switch.ami_port),
            "CALLCENTER_SWITCH__SECRET": SECRET,
            "CALLCENTER_FASTAGI__PORT": str(free_tcp_port()),
            "CALLCENTER_HTTP__PORT": "0",
        },
    )


async def test_who_waits_has_its_doors_closed_and_takes_over_what_goes_on(
    database: Database, switch: Standing, tmp_path: Path
) -> None:
    first = Application(settings(database, switch, tmp_path / "one"))
    await first.start()
    await until(lambda: first.live.switch.connected)
    await switch.simulator.place_call(WANG, talk_s=-1)
    await until(lambda: bool(first.houses.first.tracker.live_calls()))
    await first.houses.caught_up()
    [live] = first.houses.first.tracker.live_calls()

    second = Application(settings(database, switch, tmp_path / "two"))
    starting = asyncio.create_task(started(second, asyncio.Event()))
    lease = second.houses.first.lease
    await until(lambda: lease.holder == first.houses.first.lease.owner)
    assert (lease.held, second.web.port, second.switch.connected) == (False, 0, False)

    await first.stop()
    assert await asyncio.wait_for(starting, 5)
    try:
        await until(lambda: second.live.switch.connected)
        [still] = second.houses.first.tracker.live_calls()
        assert still.call_id == live.call_id
        async with database.read() as connection:
            [row] = (await connection.execute(select(call))).all()
        assert (row.id, row.ended_at) == (live.call_id, None)
    finally:
        await second.stop()


async def test_a_start_that_waits_can_be_stopped(
    database: Database, switch: Standing, tmp_path: Path
) -> None:
    async with database.begin() as connection:
        assert await rows.take(connection, "pbx1", "other:1:x/elsewhere", 3600)
    waiting, stopped = Application(settings(database, switch, tmp_path)), asyncio.Event()
    starting = asyncio.create_task(started(waiting, stopped))
    await until(lambda: waiting.houses.first.lease.holder == "other:1:x/elsewhere")
    stopped.set()
    assert not await asyncio.wait_for(starting, 5)


async def test_who_loses_the_lease_lets_go_of_the_switch_and_says_so(
    database: Database, switch: Standing, tmp_path: Path
) -> None:
    """It was frozen for longer than the lease; its agents are told who works now."""
    house = Application(settings(database, switch, tmp_path))
    await house.start()
    try:
        await until(lambda: house.live.switch.connected)
        async with database.begin() as connection:
            await rows.release(connection, "pbx1", house.houses.first.lease.owner)
            assert await rows.take(connection, "pbx1", "other:1:x/elsewhere", 1.0)
        await until(lambda: not house.switch.connected, 5)
        reason = "another process works for pbx1: other:1:x"
        await until(lambda: house.live.switch.reason == reason)
        alarms = {one.code: (one.pbx, one.detail) for one in house.alarms.current()}
        assert alarms["not_owner"] == ("pbx1", reason)

        await until(lambda: house.live.switch.connected, 5)  # the other one died
        assert [one.code for one in house.alarms.current() if one.code == "not_owner"] == []
    finally:
        await house.stop()
