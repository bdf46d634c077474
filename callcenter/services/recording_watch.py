"""What an administrator must know of recordings: folders and the store. One alarm for each,
however many calls it concerns; calls go on."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from callcenter.services.alarms import Alarms
from callcenter.services.disks import GB, Disk, disk_of
from callcenter.services.recording_intake import FolderFault, fault_of
from callcenter.services.views import RecordingsHealth
from telephony.problems import Problem, of_os

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_FOLDER_CODES: Final[tuple[FolderFault, ...]] = (
    "recordings_folder_missing",
    "recordings_folder_unreadable",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """By a look at the folders (`look`, in a thread)."""

    faults: Mapping[str, tuple[FolderFault, Problem] | None]  # by switch
    store_fault: Problem | None
    store: Disk


def look(store: Path, sources: Mapping[str, Path]) -> Seen:
    """Also writes to the store, so that we know before a call needs it."""
    return Seen(
        {pbx: fault_of(folder) for pbx, folder in sources.items()},
        _store_fault(store),
        disk_of(store),
    )


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
    def __init__(self, alarms: Alarms, disk_refused: Callable[[Problem], None]) -> None:
        self._alarms = alarms
        self._disk_refused = disk_refused
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
        self.health = replace(
            self.health,
            folder_ok=not any(seen.faults.values()) if seen.faults else None,
            disk_free=round(seen.store.share, 4),
            disk_free_gb=round(seen.store.free / GB, 2),
        )

    def source_failed(self, pbx: str, problem: Problem) -> None:
        self._alarms.set("recordings_folder_unreadable", problem, pbx=pbx)
        self.health = replace(self.health, folder_ok=False)

    def store_failed(self, error: OSError, store: Path) -> None:
        """What was to be kept stays with the switch, and is tried again."""
        problem = of_os(error, store)
        self._alarms.set("recordings_store_readonly", problem)
        if error.errno in _FULL:
            self._disk_refused(problem)
