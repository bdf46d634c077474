"""Who works for a switch, on both databases; two processes, one of which is killed."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.services.leases import LENGTH_S, Lease, Transactions, owner_name
from callcenter.store.database import Database
from callcenter.store.installation import installation_id
from callcenter.store.queries import pbx as rows

SHORT_S = 0.6


@asynccontextmanager
async def lease(
    database: Transactions, installation: str, pbx: str = "pbx1", length_s: float = SHORT_S
) -> AsyncIterator[Lease]:
    made = Lease(database, pbx, owner_name(installation), length_s=length_s, renew_s=length_s / 3)
    made.start()
    try:
        yield made
    finally:
        await made.stop()


async def until(true: Callable[[], bool], within_s: float = 5.0) -> float:
    """Seconds it took."""
    began = time.monotonic()
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 (a row in a database tells nobody)
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def holder(database: Database, pbx: str = "pbx1") -> rows.Holder:
    async with database.read() as connection:
        return await rows.holder(connection, pbx)


async def test_one_has_it_and_the_other_waits_until_it_is_given_back(database: Database) -> None:
    async with lease(database, "a") as mine:
        await mine.until_held()
        assert (await holder(database)).owner == mine.owner
        async with lease(database, "b") as theirs:
            await until(lambda: theirs.holder == mine.owner)
            await asyncio.sleep(2 * SHORT_S)  # it is renewed
            assert (mine.held, theirs.held) == (True, False)
            await mine.stop()
            await theirs.until_held()
        assert await holder(database) == rows.Holder("", 0.0)


async def test_each_switch_has_its_own(database: Database) -> None:
    async with lease(database, "a", "pbx1") as one, lease(database, "b", "pbx2") as two:
        await one.until_held()
        await two.until_held()
        assert (await holder(database, "pbx2")).owner == two.owner


async def test_whose_is_over_is_taken_over_and_told_so(database: Database) -> None:
    """Who was frozen finds out at its next renewal."""
    async with lease(database, "a") as frozen:
        await frozen.until_held()
        async with database.begin() as connection:  # while it sleeps, its lease is over
            await rows.renew(connection, "pbx1", frozen.owner, -1.0)
            assert await rows.take(connection, "pbx1", "b:1:x/b", 60.0)
        told: list[bool] = []
        frozen.changed = lambda: told.append(frozen.held)
        await until(lambda: not frozen.held)
        assert told == [False]
        assert frozen.holder == "b:1:x/b"


async def test_one_that_is_over_but_nobodys_goes_on(database: Database) -> None:
    async with database.begin() as connection:
        assert await rows.take(connection, "pbx1", "a:1:x/a", -5.0)
        assert await rows.renew(connection, "pbx1", "a:1:x/a", 60.0)
        assert not await rows.take(connection, "pbx1", "b:1:x/b", 60.0)
        left = await rows.holder(connection, "pbx1")
    assert 59.0 < left.free_in_s <= 60.0


async def test_the_same_installation_need_not_wait_for_its_dead(database: Database) -> None:
    async with database.begin() as connection:
        assert await rows.take(connection, "pbx1", "host:1:x/abc", 60.0)
        assert not await rows.take(connection, "pbx1", "host:2:y/ab%", 60.0, heir_of="ab%")
        assert not await rows.take(connection, "pbx1", "host:2:y/bc", 60.0, heir_of="bc")
    async with lease(database, "abc") as heir:
        assert await until(lambda: heir.held) < 1.0
        async with database.begin() as connection:
            assert await rows.take(connection, "pbx1", "copy:3:z/abc", 60.0, heir_of="abc")
        await until(lambda: not heir.held)  # a copy of the installation runs: no tug of war
        await asyncio.sleep(2 * SHORT_S)
        assert not heir.held
        assert heir.holder == "copy:3:z/abc"


class Flaky:
    """A database that goes away and comes back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.away = False
        self.refused = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        if self.away:
            self.refused += 1
            raise ConnectionRefusedError("nobody there")
        async with self._database.begin() as connection:
            yield connection


async def test_without_a_database_it_stays_ours(database: Database) -> None:
    flaky = Flaky(database)
    async with lease(flaky, "a") as mine:
        await mine.until_held()
        flaky.away = True
        await until(lambda: flaky.refused >= 2)
        assert mine.held
        flaky.away = False
    assert (await holder(database)).owner == ""


def test_an_installation_is_the_same_after_a_restart(tmp_path: Path) -> None:
    first = installation_id(tmp_path)
    assert installation_id(tmp_path) == first
    (tmp_path / "installation").write_text("cut sho")
    assert installation_id(tmp_path) not in (first, "cut sho")


async def process(url: str, installation: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.lease_process", url, installation),
        stdout=asyncio.subprocess.PIPE,
    )


async def says(one: asyncio.subprocess.Process, what: str, within_s: float = 20.0) -> None:
    assert one.stdout is not None
    async with asyncio.timeout(within_s):
        assert (await one.stdout.readline()).decode().strip() == what


@pytest.mark.parametrize("same", [True, False], ids=["restart", "standby"])
async def test_after_a_kill(database: Database, same: bool) -> None:
    """A restart of the same installation has it at once, another process when it is over."""
    url = database.url.render_as_string(hide_password=False)
    first = await process(url, "a")
    await says(first, "held")
    second = await process(url, "b")
    try:
        await says(second, "waits")
        began = time.monotonic()
        first.send_signal(signal.SIGKILL)
        await first.wait()
        if same:
            first = await process(url, "a")
            await says(first, "held")
            assert time.monotonic() - began < 3.0
        else:
            await says(second, "held")
            assert 3.0 < time.monotonic() - began < LENGTH_S + 1.0
    finally:
        for one in (first, second):
            if one.returncode is None:
                one.kill()
            await one.communicate()
