"""The disks that something of ours is written to: the journal, the database, recordings.

Looked at often: a call centre that records fills gigabytes in minutes, and a journal that cannot
grow keeps nothing. One alarm, about the fullest of them, before anything is lost.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock, Timer
from telephony.problems import Problem

log = structlog.get_logger(__name__)

LOOK_S: Final = 15.0
GB: Final = 1e9
_CLEAR_SHARE: Final = 0.01  # more than the limit, before the alarm goes: it must not flicker


@dataclass(frozen=True, slots=True)
class Disk:
    """The one that `folder` is, or would be, on; `free` and `total` in bytes."""

    folder: Path
    free: int
    total: int

    @property
    def share(self) -> float:
        return self.free / self.total if self.total else 0.0


def disk_of(folder: Path) -> Disk:
    """Raises OSError."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Disk(folder, usage.free, usage.total)


class Disks:
    def __init__(
        self, folders: Collection[Path], limit: float, *, alarms: Alarms, clock: Clock
    ) -> None:
        """`limit`: the share of a disk that must be free; half of it is urgent."""
        self.folders = list(dict.fromkeys(folders))
        self._limit = limit
        self._alarms = alarms
        self._clock = clock
        self._is_full = False
        self._timer: Timer | None = None
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def refused(self, problem: Problem) -> None:
        """A write failed for want of space (a quota, perhaps: the disk itself may have some)."""
        self._is_full = True
        self._alarms.set("disk_nearly_full", problem)

    async def _look(self) -> None:
        self._saw(await asyncio.to_thread(_fullest, self.folders))
        self._timer = self._clock.call_later(LOOK_S, self.start)

    def _saw(self, disk: Disk | None) -> None:
        limit = self._limit + (_CLEAR_SHARE if self._is_full else 0.0)
        self._is_full = disk is not None and disk.share < limit
        if disk is None or not self._is_full:
            self._alarms.clear("disk_nearly_full")
            return
        self._alarms.set(
            "disk_nearly_full",
            f"{disk.folder}: {disk.free / GB:.1f} GB ({disk.share:.1%}) free",
            "alarm" if disk.share < self._limit / 2 else "warning",
            folder=str(disk.folder),
            gb=round(disk.free / GB, 1),
            percent=round(disk.share * 100, 1),
        )


def _fullest(folders: Collection[Path]) -> Disk | None:
    found = []
    for folder in folders:
        try:
            found.append(disk_of(folder))
        except OSError as error:  # a switch's folder that went away has an alarm of its own
            log.info("disk_not_seen", folder=str(folder), problem=str(error))
    return min(found, key=lambda disk: disk.share, default=None)
