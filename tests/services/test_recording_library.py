"""What time does to recordings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from callcenter.store import tables
from callcenter.store.database import Database
from tests.fakes import START
from tests.services.voice_house import VoiceHouse, sound


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    made = VoiceHouse(database, tmp_path, keep_days=30)
    for seconds in (10, 11, 12):
        made.lay(await made.call(seconds), sound(seconds))
    made.keeper.start()
    await made.settles()
    yield made
    await made.keeper.stop()
    await made.library.stop()


async def test_what_is_over_its_time_goes_with_proof(house: VoiceHouse) -> None:
    rows = await house.rows()
    later = START + timedelta(days=60)
    async with house.database.begin() as connection:
        kept = tables.recording.c.id == rows[2].id
        await connection.execute(tables.recording.update().where(kept).values(keep_until=later))
    house.clock.advance(29 * 86400)
    assert await house.library.expire() == 0
    house.clock.advance(86400)
    assert await house.library.expire() == 2
    after = {row.id: row for row in await house.rows()}
    assert after[rows[2].id].state == "stored"
    for row in rows[:2]:
        gone = after[row.id]
        assert (gone.state, gone.key, gone.path, gone.deleted_by) == ("deleted", None, "", None)
        assert gone.deleted_at == house.clock.now()
    proofs = await house.audits("recording.deleted")
    assert {(entry.before["sha256"], entry.after["reason"]) for entry in proofs} == {
        (row.sha256, "retention") for row in rows[:2]
    }
    assert len(house.sealed()) == 1
    assert await house.library.expire() == 0


async def test_a_file_that_would_not_go_is_tried_again(house: VoiceHouse) -> None:
    (row, *_) = await house.rows()
    path = house.store / row.path
    path.unlink()
    path.mkdir()  # a folder cannot be unlinked, not even by root
    house.clock.advance(31 * 86400)
    assert await house.library.expire() == 3
    stuck = [one for one in await house.rows() if one.path]
    assert [(one.id, one.state, one.key) for one in stuck] == [(row.id, "deleted", None)]
    path.rmdir()
    assert await house.library.expire() == 0
    assert [one.path for one in await house.rows()] == ["", "", ""]


async def test_it_looks_by_itself_every_hour(house: VoiceHouse) -> None:
    house.library.start()
    before = asyncio.all_tasks()
    house.clock.advance(31 * 86400)
    sweeping = house.library._sweeping
    assert sweeping is not None
    assert asyncio.all_tasks() == before, "one at a time, however long it takes"
    await sweeping
    assert {row.state for row in await house.rows()} == {"deleted"}
