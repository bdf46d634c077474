"""From the switch's folder into ours: each recording once, whole, encrypted, attached."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.queries import AnyRow
from callcenter.store.vault import SealedFile
from telephony.events import RecordingState
from tests.fakes import START
from tests.services.voice_house import ENDED, VoiceHouse, sound

PAUSED, ON = RecordingState.PAUSED, RecordingState.ON


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    made = VoiceHouse(database, tmp_path)
    made.keeper.start()
    await made.settles()
    yield made
    await made.keeper.stop()


def codes(row: AnyRow) -> list[str]:
    return [problem["code"] for problem in row.problems]


async def opened(house: VoiceHouse) -> bytes:
    row = await house.row()
    key = house.keys.unwrap(row.id, row.key_id, row.key)
    with SealedFile(house.store / row.path, key) as file:
        return b"".join(file.chunks())


async def test_a_call_that_ended_has_its_recording(house: VoiceHouse) -> None:
    call_id = await house.call(10, agents=2)
    began = ENDED - timedelta(seconds=9.9)
    house.recorded(call_id, began, (3, PAUSED), (6, ON))
    data = sound(9.8, (3.1, 6.1))
    plain = house.lay(call_id, data)
    house.logged(call_id)
    await house.settles()

    row = await house.row()
    assert (row.call_id, row.pbx, row.file) == (call_id, "pbx1", f"2026-01-05/{call_id}.wav")
    assert (row.state, row.problems, row.seconds, row.began_at) == ("stored", [], 9.8, began)
    assert (row.bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert row.pauses == [[3.1, 6.1]]
    assert [(part["from_s"], part["to_s"]) for part in row.parts] == [(0.0, 4.9), (4.9, 9.8)]
    assert len({part["user_id"] for part in row.parts}) == 2
    assert len(row.peaks) == 1000
    assert set(row.peaks[320:600]) == {0}
    assert not plain.exists()
    assert await opened(house) == data
    assert b"RIFF" not in (house.store / row.path).read_bytes()
    assert house.keeper.health().stored_today == 1
    assert house.alarm_codes() == []


async def test_a_file_that_comes_a_moment_later(house: VoiceHouse) -> None:
    call_id = await house.call(10)
    house.logged(call_id)
    await house.settles()
    assert await house.rows() == []
    assert house.keeper.health().waiting == 1
    growing = bytearray(sound(10))
    growing[40:44] = bytes(4)
    house.lay(call_id, bytes(growing))
    await house.passes(3)
    assert await house.rows() == []
    house.lay(call_id, sound(10))
    await house.passes(5)
    assert (await house.row()).state == "stored"
    assert house.keeper.health().waiting == 0


async def test_what_was_never_closed_is_mended_and_said(house: VoiceHouse) -> None:
    call_id = await house.call(10)
    data = bytearray(sound(10))
    data[4:8] = data[40:44] = bytes(4)
    house.lay(call_id, bytes(data), age_s=31)
    house.logged(call_id)
    await house.settles()
    row = await house.row()
    assert (row.state, codes(row), row.seconds) == ("damaged", ["unclosed"], 10.0)
    assert await opened(house) == sound(10)


async def test_a_sweep_finds_what_nobody_told_of(house: VoiceHouse) -> None:
    """After a crash, or a call that ended while we were away."""
    calls = [await house.call(10) for _ in range(3)]
    for call_id in calls:
        house.lay(call_id, sound(10))
    await house.passes(300)
    assert {row.call_id for row in await house.rows()} == set(calls)
    assert list(house.monitor.rglob("*.wav")) == []


async def test_pauses_survive_our_restart_as_silence(house: VoiceHouse) -> None:
    call_id = await house.call(20)
    house.lay(call_id, sound(19.5, (5, 9)))
    house.logged(call_id)
    await house.settles()
    row = await house.row()
    assert (row.pauses, row.state) == ([[5.0, 9.0]], "stored")
    assert row.began_at == ENDED - timedelta(seconds=19.5)


@pytest.mark.parametrize(
    ("seconds", "state", "problems"),
    [
        (17.5, "stored", []),
        (16.5, "short", [{"code": "length", "values": {"sound_s": 16.5, "talk_s": 20.0}}]),
    ],
)
async def test_its_length_is_checked(
    seconds: float, state: str, problems: list[dict[str, Any]], house: VoiceHouse
) -> None:
    call_id = await house.call(20)
    house.recorded(call_id, ENDED - timedelta(seconds=20))
    house.lay(call_id, sound(seconds))
    house.logged(call_id)
    await house.settles()
    row = await house.row()
    assert (row.state, row.problems) == (state, problems)
    assert house.keeper.health().problems == (state == "short")


async def test_a_pause_that_leaks_is_said(house: VoiceHouse) -> None:
    call_id = await house.call(20)
    house.recorded(call_id, ENDED - timedelta(seconds=20), (5, PAUSED), (15, ON))
    house.lay(call_id, sound(20))
    house.logged(call_id)
    await house.settles()
    row = await house.row()
    assert (row.state, row.pauses) == ("damaged", [[5.0, 15.0]])
    assert row.problems == [{"code": "leak", "values": {"from_s": 5.0, "to_s": 15.0}}]


async def test_what_browsers_cannot_play_is_kept(house: VoiceHouse) -> None:
    call_id = await house.call(10)
    data = sound(10).replace(b"\x01\x00\x01\x00", b"\x31\x00\x01\x00", 1)
    house.lay(call_id, data)
    house.logged(call_id)
    await house.settles()
    row = await house.row()
    assert (row.state, row.seconds, row.peaks) == ("damaged", 0.0, None)
    assert row.problems == [{"code": "unplayable", "values": {"kind": 49, "bits": 16}}]
    assert await opened(house) == data


async def test_a_file_that_never_comes_is_missing_and_takes_its_place_when_it_does(
    house: VoiceHouse,
) -> None:
    call_id = await house.call(10, began=START)
    await house.passes(11)
    house.logged(call_id)
    await house.passes(100)
    assert await house.rows() == []
    await house.passes(30)
    row = await house.row()
    assert (row.state, codes(row), row.key, row.call_id) == ("missing", ["no_file"], None, call_id)
    assert house.keeper.health().problems == 1
    assert house.keeper.health().waiting == 0
    house.lay(call_id, sound(10))
    await house.passes(300)
    after = await house.row()
    assert (after.id, after.state, after.problems) == (row.id, "stored", [])


@pytest.mark.parametrize(
    "values",
    [
        {"policy": "on_demand"},
        {"policy": "never"},
        {"direction": "internal"},
        {"agents": 0, "result": "answered"},
        {"seconds": 2.0},
        {"pbx": "another"},
        {"result": "abandoned"},
    ],
)
async def test_nothing_is_missed_of_calls_that_need_not_be_recorded(
    values: dict[str, object], house: VoiceHouse
) -> None:
    call_id = await house.call(began=START, **values)  # type: ignore[arg-type]  # by construction
    await house.passes(11)
    house.logged(call_id)
    await house.passes(400)
    assert await house.rows() == []
    assert house.keeper.health().waiting == 0


async def test_a_call_that_need_not_be_recorded_looks_for_nobody_elses(house: VoiceHouse) -> None:
    """Most calls may be such: what is missing the sweep asks for, and not each of them."""
    missing = await house.call(10, began=START)
    await house.passes(140)
    house.logged(await house.call(10, began=START, direction="internal"))
    await house.passes(10)
    assert await house.rows() == []
    await house.passes(160)
    assert ((await house.row()).call_id, (await house.row()).state) == (missing, "missing")


async def test_calls_before_the_first_recordings_are_not_missed(house: VoiceHouse) -> None:
    await house.call(10, began=START - timedelta(minutes=10))
    await house.passes(400)
    assert await house.rows() == []


async def test_being_told_twice_is_one_recording(house: VoiceHouse) -> None:
    call_id = await house.call(10)
    house.lay(call_id, sound(10))
    for _ in range(3):
        house.logged(call_id)
    await house.settles()
    house.logged(call_id)
    await house.passes(130)
    assert (await house.row()).state == "stored"
    assert house.keeper.health().waiting == 0
    assert len(house.sealed()) == 1


async def test_legs_that_are_told_better_later_are_attached_again(house: VoiceHouse) -> None:
    call_id = await house.call(10)
    house.lay(call_id, sound(10))
    house.logged(call_id)
    await house.settles()
    async with house.database.begin() as connection:
        left = ENDED - timedelta(seconds=4)
        await connection.execute(tables.call_leg.update().values(ended_at=left))
    house.logged(call_id)
    await house.settles()
    assert [(p["from_s"], p["to_s"]) for p in (await house.row()).parts] == [(0.0, 6.0)]


async def test_killed_between_row_and_removal(house: VoiceHouse) -> None:
    """The file is there again, as if it had not been removed: nothing is taken twice."""
    call_id = await house.call(10)
    plain = house.lay(call_id, sound(10))
    house.logged(call_id)
    await house.settles()
    before = await house.row()
    house.lay(call_id, sound(10))
    await house.passes(300)
    assert await house.row() == before
    assert not plain.exists()


async def test_killed_between_file_and_row(house: VoiceHouse) -> None:
    """Ours was written and no row names it: it is taken anew, and the first one goes."""
    day = house.store / "2026/01/05"
    orphan = day / f"{UUID(int=7)}.12345678"
    unfinished = day / f".{UUID(int=7)}.12345678.90abcdef"
    foreign = day / "minutes.of.a.meeting"
    day.mkdir(parents=True)
    an_hour_ago = START.timestamp() - 3700
    for path in (orphan, unfinished, foreign):
        path.write_bytes(b"sealed before the crash")
        os.utime(path, (an_hour_ago, an_hour_ago))
    call_id = await house.call(10)
    house.lay(call_id, sound(10))
    await house.keeper.stop()
    house.restart()
    house.keeper.start()
    await house.settles()
    row = await house.row()
    assert house.sealed() == sorted((house.store / row.path, foreign)), "what is not ours stays"
    assert not unfinished.exists()
    await house.keeper.stop()


class GoneMeanwhile:
    """A database in which a call becomes part of another one just before somebody writes."""

    def __init__(self, database: Database, call_id: UUID) -> None:
        self._database = database
        self._call_id = call_id

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._database.read()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        leg, call = tables.call_leg, tables.call
        async with self._database.begin() as connection:
            await connection.execute(leg.delete().where(leg.c.call_id == self._call_id))
            await connection.execute(call.delete().where(call.c.id == self._call_id))
        async with self._database.begin() as connection:
            yield connection


async def test_what_has_no_row_stays_with_the_switch(house: VoiceHouse) -> None:
    await house.keeper.stop()
    call_id = await house.call(10)
    plain = house.lay(call_id, sound(10))
    house.database = cast("Database", GoneMeanwhile(house.database, call_id))
    house.restart()
    house.keeper.start()
    await house.settles()
    assert await house.rows() == []
    assert plain.exists(), "nobody else has it"
    assert house.sealed() == []
    await house.keeper.stop()


async def test_while_the_switch_has_it_a_lost_file_of_ours_is_written_again(
    house: VoiceHouse,
) -> None:
    call_id = await house.call(10)
    house.lay(call_id, sound(10))
    house.logged(call_id)
    await house.settles()
    (house.store / (await house.row()).path).write_bytes(b"")
    house.lay(call_id, sound(10))
    await house.passes(300)
    assert await opened(house) == sound(10)


async def test_a_call_that_goes_on_and_files_of_others_are_left_alone(house: VoiceHouse) -> None:
    alive = await house.call(10, ended_at=None, result=None)
    mine = house.lay(alive, sound(10))
    strangers = [
        house.lay(UUID(int=5, version=5), sound(1)),
        house.monitor / "2026-01-05" / "q-800-20260105.wav",
        house.monitor / "theirs.wav",
    ]
    for path in strangers[1:]:
        path.write_bytes(sound(1))
    await house.passes(300)
    assert await house.rows() == []
    assert all(path.exists() for path in (mine, *strangers))


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
async def test_what_is_no_file_is_not_read(what: str, house: VoiceHouse) -> None:
    """Who may write to the switch's folder cannot have us play them a file of ours."""
    secret = house.store.parent / "secret.wav"
    secret.write_bytes(sound(10))
    call_id = await house.call(10)
    path = house.lay(call_id, b"")
    path.unlink()
    if what == "link":
        path.symlink_to(secret)
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    house.logged(call_id)
    await house.settles()
    assert await house.rows() == []
    assert (secret.exists(), house.sealed()) == (True, [])
    assert house.alarm_codes() == ["recordings_folder_unreadable"]


async def test_days_that_are_over_leave_no_empty_folders(house: VoiceHouse) -> None:
    for day in ("2025-12-01", "2026-01-03", "2026-01-05"):
        (house.monitor / day).mkdir()
    (house.monitor / "2025-12-01" / "theirs.txt").write_text("x")
    (house.monitor / "another").mkdir()
    await house.passes(300)
    left = sorted(path.name for path in house.monitor.iterdir())
    assert left == ["2025-12-01", "2026-01-05", "another"]


async def test_a_missing_folder_is_one_alarm_and_no_missing_recording(house: VoiceHouse) -> None:
    house.monitor.rmdir()
    for _ in range(3):
        house.logged(await house.call(10, began=START))
    await house.passes(400)
    assert house.alarm_codes() == ["recordings_folder_missing"]
    assert str(house.monitor) in house.alarms.current()[0].detail
    assert house.keeper.health().folder_ok is False
    assert await house.rows() == []
    house.monitor.mkdir()
    await house.passes(300)
    assert house.alarm_codes() == []
    assert house.keeper.health().folder_ok is True
    assert len(await house.rows()) == 3  # now it is sure


def unmount(folder: str) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.integration  # a mount wants root, whom permissions do not stop
async def test_a_folder_that_is_read_only_is_one_alarm_and_the_recording_is_ours_once(
    house: VoiceHouse,
) -> None:
    mine = str(house.monitor)

    def mount(*options: str) -> None:
        subprocess.run(["mount", *options, mine], check=True)

    mount("--bind", mine)
    try:
        calls = [await house.call(10), await house.call(10)]
        plain = [house.lay(call_id, sound(10)) for call_id in calls]
        mount("-o", "remount,ro,bind")
        for call_id in calls:
            house.logged(call_id)
        await house.passes(700)
        assert house.alarm_codes() == ["recordings_folder_unreadable"]
        assert [row.state for row in await house.rows()] == ["stored", "stored"]
        assert len(house.sealed()) == 2
        assert all(path.exists() for path in plain)
        mount("-o", "remount,rw,bind")
        await house.passes(300)
        assert house.alarm_codes() == []
        assert not any(path.exists() for path in plain)
        assert len(house.sealed()) == 2
    finally:
        unmount(mine)


async def test_a_store_that_refuses_leaves_the_recording_with_the_switch(
    house: VoiceHouse,
) -> None:
    house.store.rmdir()
    house.store.write_text("a file where a folder should be")
    call_id = await house.call(10)
    plain = house.lay(call_id, sound(10))
    house.logged(call_id)
    await house.passes(400)
    assert house.alarm_codes() == ["recordings_store_readonly"]
    assert plain.exists()
    assert await house.rows() == []
    house.store.unlink()
    await house.passes(300)
    assert house.alarm_codes() == []
    assert await opened(house) == sound(10)


async def test_how_much_room_the_store_has_is_told(house: VoiceHouse) -> None:
    await house.settles()
    health = house.keeper.health()
    assert 0 < health.disk_free < 1
    assert health.disk_free_gb > 0


@pytest.mark.parametrize(
    ("of_queue", "of_settings", "days"), [(None, 0, None), (None, 30, 30), (7, 30, 7), (0, 30, 0)]
)
async def test_how_long_it_is_kept(
    of_queue: int | None, of_settings: int, days: int | None, database: Database, tmp_path: Path
) -> None:
    house = VoiceHouse(database, tmp_path, keep_days=of_settings)
    async with database.begin() as connection:
        named = tables.queue.c.id == default_id("queue", "support")
        await connection.execute(tables.queue.update().where(named).values(recording_days=of_queue))
    house.lay(await house.call(10), sound(10))
    house.keeper.start()
    await house.settles()
    kept = (await house.row()).keep_until
    assert kept == (None if days is None else ENDED + timedelta(days=days))
    await house.keeper.stop()


async def test_without_a_folder_nothing_is_done(database: Database, tmp_path: Path) -> None:
    house = VoiceHouse(database, tmp_path)
    house.restart(sources={})
    house.keeper.start()
    house.logged(await house.call(10))
    await house.passes(400)
    assert house.keeper.health().folder_ok is None
    assert not house.store.exists()
    await house.keeper.stop()


async def test_of_a_switch_that_another_process_works_for_nothing_is_taken_until_it_is_ours(
    house: VoiceHouse,
) -> None:
    await house.keeper.stop()
    house.owned.clear()
    house.restart()
    house.keeper.start()
    call_id = await house.call(10)
    plain = house.lay(call_id, sound(10))
    house.logged(call_id)
    await house.passes(400)
    assert await house.rows() == []
    assert plain.exists()
    house.owned.add("pbx1")
    await house.passes(6)
    assert (await house.row()).state == "stored"
    await house.keeper.stop()
