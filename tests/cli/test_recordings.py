"""`callcenter recordings` on a store with recordings in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from callcenter.cli import app
from callcenter.store.database import Database
from tests.databases import Templates
from tests.services.voice_house import VoiceHouse, sound


@pytest_asyncio.fixture(loop_scope="session")
async def voice(database_templates: Templates, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    """Three recordings, and nobody who works with them any more."""
    file = tmp_path / "voice.db"
    shutil.copyfile(await database_templates.sqlite(), file)
    house = VoiceHouse(Database(f"sqlite:///{file}"), tmp_path)
    for seconds in (10, 11, 12):
        house.lay(await house.call(seconds), sound(seconds))
    house.keeper.start()
    await house.settles()
    await house.keeper.stop()
    yield house
    await house.database.close()


async def run(house: VoiceHouse, *arguments: str, **environment: str) -> Result:
    known = {
        "CALLCENTER_DATABASE__URL": str(house.database.url).replace("+aiosqlite", ""),
        "CALLCENTER_PATHS__VAR": str(house.var),
        "CALLCENTER_RECORDINGS__STORE": str(house.store),
        "COLUMNS": "250",
    }
    call: Any = CliRunner().invoke
    return await asyncio.to_thread(call, app, ["recordings", *arguments], env=known | environment)


async def test_list(voice: VoiceHouse) -> None:
    found = await run(voice, "list")
    assert found.exit_code == 0, found.output
    for row in await voice.rows():
        assert str(row.id) in found.output
    assert "12.0" in found.output
    assert "for ever" in found.output
    assert "No recordings" in (await run(voice, "list", "--before", "2020-01-01")).output


async def test_verify(voice: VoiceHouse) -> None:
    found = await run(voice, "verify")
    assert (found.exit_code, "3 recordings, 0 of them" in found.output) == (0, True)
    changed, gone, _ = await voice.rows()
    path = voice.store / changed.path
    raw = bytearray(path.read_bytes())
    raw[1000] ^= 1
    path.write_bytes(raw)
    (voice.store / gone.path).unlink()
    found = await run(voice, "verify")
    assert found.exit_code == 1
    assert "3 recordings, 2 of them" in found.output
    assert f"{changed.id} of call {changed.call_id}: chunk 0 was changed" in found.output
    assert "No such file" in found.output


async def test_delete(voice: VoiceHouse) -> None:
    row, *_ = await voice.rows()
    assert (await run(voice, "delete", str(row.id), "--reason", " ")).exit_code == 2
    found = await run(voice, "delete", str(row.id), "--reason", "a court's order")
    assert (found.exit_code, "is deleted" in found.output) == (0, True), found.output
    assert len(voice.sealed()) == 2
    (proof,) = await voice.audits("recording.deleted")
    assert (proof.actor_id, proof.after["reason"]) == (None, "a court's order")
    found = await run(voice, "delete", str(row.call_id), "--reason", "x")
    assert (found.exit_code, "No such recording" in found.output) == (1, True)


async def test_rotate_key_while_the_server_runs(voice: VoiceHouse) -> None:
    before = voice.keys.current
    found = await run(voice, "rotate-key")
    assert found.exit_code == 0, found.output
    after = voice.keys.current
    assert after != before
    assert f"3 recordings are wrapped by master key {after}" in found.output
    assert {row.key_id for row in await voice.rows()} == {after}
    assert (await run(voice, "verify")).exit_code == 0
    found = await run(voice, "rotate-key")
    assert f"Forgotten, because nothing needs them: {before}" in found.output
    assert (await run(voice, "verify")).exit_code == 0


async def test_rotate_to_a_key_of_the_settings(voice: VoiceHouse) -> None:
    key = "ab" * 32
    given = {"CALLCENTER_RECORDINGS__MASTER_KEY": key}
    assert (await run(voice, "rotate-key", **given)).exit_code == 0
    assert (await run(voice, "verify", **given)).exit_code == 0
    found = await run(voice, "verify")  # without it nothing can be heard
    assert "3 recordings, 3 of them" in found.output


@pytest.mark.parametrize("key", ["xyz", "ab"])
async def test_a_wrong_key_is_said_and_not_shown(key: str, voice: VoiceHouse) -> None:
    found = await run(voice, "verify", CALLCENTER_RECORDINGS__MASTER_KEY=f"{key}secret")
    assert found.exit_code == 1
    assert "recordings.master_key" in found.output
    assert "secret" not in found.output
