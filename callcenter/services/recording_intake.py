"""One file of the switch's becomes one of ours: found, measured, encrypted. Runs in a thread.

A file is taken when it is closed: its header says how long it is. A header that nobody fills in
(the switch died in mid-call) is taken as it is once nothing has changed for half a minute, and
mended.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal
from uuid import UUID

from callcenter.domain.recording_problems import RecordingProblem
from callcenter.domain.recordings import Span
from callcenter.services.recording_sound import Meter, Wav, mended, read_header
from callcenter.store.vault import Sealed, SealedFile, Tampered, seal
from telephony.problems import Problem, of_os

STILL_S: Final = 30.0
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAME = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.[A-Za-z0-9]{1,8}"
)
# `place_of`, and as `store.vault.seal` calls it while it is being written.
_PLACE = re.compile(
    r"\d{4}/\d\d/\d\d/\.?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[0-9a-f]{8}(?:\.[0-9a-f]{8})?"
)

FolderFault = Literal["recordings_folder_missing", "recordings_folder_unreadable"]


class SourceFault(Exception):
    """The switch's file cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Changed(Exception):
    """The file was written while it was taken."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that can be taken. `stamp` changes when it does."""

    wav: Wav
    stamp: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Taken:
    sealed: Sealed
    wav: Wav
    peaks: bytes | None
    silences: Sequence[Span]

    @property
    def problem(self) -> RecordingProblem | None:
        """What is wrong with the file itself."""
        unclosed = None if self.wav.is_closed else RecordingProblem("unclosed")
        return self.wav.problem or unclosed


def call_of(file: str) -> UUID | None:
    """Whose a file is, by its name (as `services.recordings` gives it); None: not one of ours."""
    named = _NAME.fullmatch(file.rpartition("/")[2])
    return UUID(named.group(1)) if named else None


def look(path: Path, now: float) -> Ready | Literal["growing", "none"]:
    """`now`: in seconds since the epoch. Raises SourceFault."""
    try:
        with _opened(path) as file:
            status = os.fstat(file.fileno())
            wav = read_header(file, status.st_size)
    except (FileNotFoundError, NotADirectoryError):
        return "none"
    except OSError as error:
        raise SourceFault(of_os(error, path)) from None
    if wav.is_closed or now - status.st_mtime > STILL_S:
        return Ready(wav, (status.st_size, status.st_mtime_ns))
    return "growing"


def _opened(path: Path) -> BinaryIO:
    """A file, and nothing else: who may write to the switch's folder shall neither have us read by
    a link what they may not, nor wait for a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file")
    return os.fdopen(descriptor, "rb")


class _Source(io.RawIOBase):
    """The switch's file as it should be: whose trouble an error is must be told apart from ours."""

    def __init__(self, file: BinaryIO, path: Path, wav: Wav) -> None:
        self._file = file
        self._path = path
        self._head = b""
        if wav.data_bytes and not wav.is_closed and not wav.problem:
            self._head = mended(self._read(wav.data_at), wav)

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._read(size)

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise SourceFault(of_os(error, self._path)) from None


def take(path: Path, ready: Ready, target: Path, key: bytes) -> Taken:
    """Encrypted into `target`, whole. Raises SourceFault, Changed; OSError when our side fails."""
    meter = Meter(ready.wav)
    try:
        file = _opened(path)
    except OSError as error:
        raise SourceFault(of_os(error, path)) from None
    with file:
        source: BinaryIO = _Source(file, path, ready.wav)  # type: ignore[assignment]  # `read` is all that is used
        sealed = seal(source, target, key, meter.feed)
        status = os.fstat(file.fileno())
    if (status.st_size, status.st_mtime_ns) != ready.stamp:
        target.unlink()
        raise Changed(str(path))
    return Taken(sealed, ready.wav, meter.peaks(), meter.silences())


def is_whole(path: Path, key: bytes, length: int) -> bool:
    """Whether what a row names is there, opens with its key and is as long as it says."""
    try:
        with SealedFile(path, key) as file:
            return len(file) == length
    except (OSError, Tampered):
        return False


def remove(path: Path) -> None:
    """The plaintext. Raises SourceFault."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SourceFault(Problem("not_removable", {"path": str(path)})) from error


def files_of(folder: Path) -> list[str]:
    """Below the folder: ``2026-01-05/<call id>.wav``, the oldest day first; what has another name
    is not ours. Raises OSError."""
    found = []
    for day in _days(folder):
        with suppress(NotADirectoryError, FileNotFoundError):
            names = sorted(os.listdir(folder / day))  # noqa: PTH208 (the names are what is wanted)
            found += [f"{day}/{name}" for name in names if call_of(name)]
    return found


def _days(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if _DAY.fullmatch(name))  # noqa: PTH208


def is_gone(folder: Path, call_id: UUID) -> bool:
    """Whether there is surely no file of the call: the folder can be seen, and none is in it."""
    try:
        days = _days(folder)
    except OSError:
        return False
    return not any((folder / day / f"{call_id}.wav").exists() for day in days)


def fault_of(folder: Path) -> tuple[FolderFault, Problem] | None:
    """What is wrong with the switch's folder."""
    if not folder.is_dir():
        return "recordings_folder_missing", Problem("no_folder", {"path": str(folder)})
    try:
        _days(folder)
    except OSError as error:
        return "recordings_folder_unreadable", of_os(error, folder)
    if not os.access(folder, os.W_OK):
        return "recordings_folder_unreadable", Problem("not_removable", {"path": str(folder)})
    return None


def remove_empty_days(folder: Path, before: date) -> None:
    """Folders of past days that the switch will not write to any more."""
    with suppress(OSError):
        for day in _days(folder):
            if day < before.isoformat():
                with suppress(OSError):  # it holds something of somebody's
                    (folder / day).rmdir()


def orphans(store: Path, before: float) -> Iterator[tuple[str, UUID]]:
    """Files of ours (`place_of`), below the store, last written before then (seconds since the
    epoch), and whose they are. What has another name is somebody else's, and none of our
    business."""
    for path in store.rglob("*"):
        place = path.relative_to(store).as_posix()
        ours = _PLACE.fullmatch(place)
        with suppress(OSError):
            if ours is not None and path.is_file() and path.stat().st_mtime < before:
                yield place, UUID(ours.group(1))


def place_of(recording: UUID, began: datetime, token: str) -> str:
    """Where a recording's file is, below the store. Two processes never write the same one."""
    return f"{began:%Y/%m/%d}/{recording}.{token}"
