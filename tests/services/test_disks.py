"""A disk that gets full is said before anything is lost, whatever of ours is written to it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.main import Application
from callcenter.services.alarms import Alarms
from callcenter.services.disks import LOOK_S, Disks, disk_of
from callcenter.services.views import AlarmView
from callcenter.settings import load
from telephony.problems import of_os
from tests.fakes import FakeClock
from tests.telephony.managers import until

ROOMY, TIGHT = 1e-6, 0.999_999  # shares that must be free: every disk has, and lacks, them


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def looked(clock: FakeClock, limit: float, *folders: Path) -> tuple[Alarms, Disks]:
    alarms = Alarms(clock)
    disks = Disks(folders, limit, alarms=alarms, clock=clock)
    disks.start()
    await until(lambda: clock.waiting() == 1)
    return alarms, disks


async def test_the_fullest_is_named(clock: FakeClock, tmp_path: Path) -> None:
    alarms, disks = await looked(clock, TIGHT, tmp_path, tmp_path / "not/there/yet")
    [alarm] = alarms.current()
    assert (alarm.code, alarm.facts["folder"]) == ("disk_nearly_full", str(tmp_path))
    assert "GB" in alarm.detail
    await disks.stop()
    assert clock.waiting() == 0


async def test_with_room_there_is_nothing_to_say(clock: FakeClock, tmp_path: Path) -> None:
    alarms, disks = await looked(clock, ROOMY, tmp_path)
    assert alarms.current() == ()
    await disks.stop()


async def test_a_write_that_was_refused_is_said_until_the_next_look(
    clock: FakeClock, tmp_path: Path
) -> None:
    alarms, disks = await looked(clock, ROOMY, tmp_path)
    disks.refused(of_os(OSError(28, "No space left on device"), tmp_path))
    assert [one.code for one in alarms.current()] == ["disk_nearly_full"]
    clock.advance(LOOK_S)
    await until(lambda: not alarms.current())
    await disks.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.integration  # a disk of its own wants root
async def test_a_real_disk_fills_up_and_is_cleared(clock: FakeClock, small_disk: Path) -> None:
    alarms, disks = await looked(clock, 0.2, small_disk)
    levels: list[str] = []
    for megabytes in (0, 3.4, 3.8, 3.1, 0.5):
        (small_disk / "journal").write_bytes(bytes(round(megabytes * 1024**2)))
        clock.advance(LOOK_S)
        await until(lambda: clock.waiting() == 1)
        levels.append(_level(alarms.current()))
    assert levels == ["", "warning", "alarm", "", ""]
    await disks.stop()


def _level(alarms: tuple[AlarmView, ...]) -> str:
    return alarms[0].level if alarms else ""


async def test_the_product_looks_at_whatever_it_writes_to(tmp_path: Path) -> None:
    settings = load(
        None,
        {
            "CALLCENTER_DATABASE__URL": f"sqlite:///{tmp_path / 'data/callcenter.db'}",
            "CALLCENTER_PATHS__VAR": str(tmp_path / "var"),
            "CALLCENTER_RECORDINGS__STORE": str(tmp_path / "store"),
            "CALLCENTER_SWITCH__SECRET": "of-the-switch",
        },
    )
    (tmp_path / "data").mkdir()
    application = Application(settings)
    try:
        watched = application.disks.folders
    finally:
        application.houses.close()
        application.auth.close()
        await application.database.close()
    assert set(watched) == {tmp_path / "var", tmp_path / "data", tmp_path / "store"}
    assert disk_of(tmp_path).total > 0
