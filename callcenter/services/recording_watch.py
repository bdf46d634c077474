"""What an administrator must know of recordings: folders, the store, the disk. One alarm for each,
however many calls it concerns; calls go on."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from callcenter.services.alarms import Alarms
from callcenter.services.recording_intake import FolderFault, fault_of
from callcenter.services.views import RecordingsHealth
from telephony.problems import Problem, of_os

_GB: Final = 1e9
_CLEAR_SHARE: Final = 0.01  # more than the limit, before the alarm goes: it must not flicker
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_FOLDER_CODES: Final[tuple[FolderFault, ...]] = (
    "recordings_folder_missing",
    "recordings_folder_unreadable",
)


@dataclass(frozen=True, slots=True)
class _Disk:
    folder: Path
    free: int
    total: int

    @property
    def share(self) -> float:
        return self.free / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """By a look at the disks (`look`, in a thread)."""

    faults: Mapping[str, tuple[FolderFault, Problem] | None]  # by switch
    store_fault: Problem | None
    store: _Disk
    least: _Disk  # of the store's and the switches'


def look(store: Path, sources: Mapping[str, Path]) -> Seen:
    """Also writes to the store, so that we know before a call needs it."""
    own = _disk(store)
    disks = [own, *(_disk(folder) for folder in sources.values() if folder.is_dir())]
    return Seen(
        {pbx: fault_of(folder) for pbx, folder in sources.items()},
        _store_fault(store),
        own,
        min(disks, key=lambda disk: disk.share),
    )


def _disk(folder: Path) -> _Disk:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return _Disk(folder, usage.free, usage.total)


def _store_fault(store: Path) -> Problem | None:
    probe = store / f".{secrets.token_hex(4)}"
    try:
        store.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"may we write?")
        probe.unlink()
    except OSError as error:
        return of_os(error, store)
    return None


class RecordingWatch:
    def __init__(self, alarms: Alarms, disk_alarm: float) -> None:
        self._alarms = alarms
        self._limit = disk_alarm
        self._full = False
        self.health = RecordingsHealth(None, 0, 0, 0, 1.0, 0.0)

    def saw(self, seen: Seen) -> None:
        for pbx, fault in seen.faults.items():
            for code in _FOLDER_CODES:
                if fault is not None and fault[0] == code:
                    self._alarms.set(code, fault[1], pbx=pbx)
                else:
                    self._alarms.clear(code, pbx=pbx)
        if seen.store_fault:
            self._alarms.set("recordings_store_readonly", seen.store_fault)
        else:
            self._alarms.clear("recordings_store_readonly")
        self._saw_disk(seen.least)
        self.health = replace(
            self.health,
            folder_ok=not any(seen.faults.values()) if seen.faults else None,
            disk_free=round(seen.store.share, 4),
            disk_free_gb=round(seen.store.free / _GB, 2),
        )

    def source_failed(self, pbx: str, problem: Problem) -> None:
        self._alarms.set("recordings_folder_unreadable", problem, pbx=pbx)
        self.health = replace(self.health, folder_ok=False)

    def store_failed(self, error: OSError, store: Path) -> None:
        """What was to be kept stays with the switch, and is tried again."""
        problem = of_os(error, store)
        self._alarms.set("recordings_store_readonly", problem)
        if error.errno in _FULL:
            self._full = True
            self._alarms.set("disk_nearly_full", problem)

    def _saw_disk(self, disk: _Disk) -> None:
        limit = self._limit + (_CLEAR_SHARE if self._full else 0.0)
        self._full = disk.share < limit
        if not self._full:
            self._alarms.clear("disk_nearly_full")
            return
        detail = f"{disk.folder}: {disk.free / _GB:.1f} GB ({disk.share:.1%}) free"
        urgent = disk.share < self._limit / 2
        self._alarms.set(
            "disk_nearly_full",
            detail,
            "alarm" if urgent else "warning",
            folder=str(disk.folder),
            gb=round(disk.free / _GB, 1),
            percent=round(disk.share * 100, 1),
        )
