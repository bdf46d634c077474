"""A file that the switch appends to, and its rotated siblings, opened at one moment.

logrotate renames (``x`` → ``x.1``), or copies and truncates, and compresses later (``x.2.gz``,
``x-20261122.gz``); any of it may happen in the middle of a reading. What has been opened stays
readable whatever it is called now; whether the set is still the one in the folder is asked
afterwards (`unchanged`), and the reading done anew if it is not.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from telephony.history.rows import HistoryUnavailable
from telephony.problems import Problem, of_os

_PACKED: dict[str, Callable[[IO[bytes]], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)
_SIBLING = re.compile(r"[.-]\d[\d.-]*(\.gz|\.bz2|\.xz)?")


@dataclass(slots=True)
class OpenFile:
    """One of the set. `size` is what it held when it was opened; a packed one is unpacked into a
    temporary file as soon as it is needed, and `size` is 0 until then."""

    name: str
    identity: tuple[int, int]  # device and inode
    size: int
    file: IO[bytes]
    packed: str = ""  # its suffix
    damaged: str = ""  # why the rest of a packed file could not be unpacked

    def read(self, start: int, length: int) -> bytes:
        return os.pread(self.file.fileno(), length, start)

    def packed_head(self, length: int) -> bytes:
        """The first whole lines of a packed file; b"" when there are none, or it is damaged."""
        self.file.seek(0)
        try:
            with _PACKED[self.packed](self.file) as packed:
                return packed.read(length).rpartition(b"\n")[0]
        except _DAMAGED:
            return b""

    def close(self) -> None:
        self.file.close()

    def unpack(self) -> None:
        """Idempotent. Keeps what could be unpacked of a damaged file."""
        if not self.packed:
            return
        plain = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as this one)
        self.file.seek(0)
        try:
            with _PACKED[self.packed](self.file) as packed:
                while data := packed.read1(1 << 16):  # in small parts: a damaged one is lost
                    plain.write(data)
        except _DAMAGED as error:
            self.damaged = str(error)
        plain.flush()
        self.file.close()
        self.file, self.packed, self.size = plain, "", os.fstat(plain.fileno()).st_size


@dataclass(slots=True)
class OpenFiles:
    """Oldest first."""

    files: Sequence[OpenFile] = ()


@dataclass(slots=True)
class Files:
    """The set around `path`."""

    path: str
    _folder: Path = field(init=False)
    _name: str = field(init=False)

    def __post_init__(self) -> None:
        path = Path(self.path)
        self._folder, self._name = path.parent, path.name

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenFiles]:
        """Raises HistoryUnavailable when there is nothing, or it may not be read."""
        with contextlib.ExitStack() as stack:
            opened = []
            for path in self._paths():
                one = self._open(path)
                if one is not None:
                    stack.callback(one.close)
                    opened.append(one)
            if not opened:
                raise HistoryUnavailable(Problem("no_file", {"path": self.path}))
            yield OpenFiles(_oldest_first(opened))

    def unchanged(self, opened: OpenFiles) -> bool:
        """False when a file has come since, or one was truncated: then a row may have been missed.
        What has only grown, or gone, does not matter."""
        known = {one.identity: one for one in opened.files}
        for path in self._paths():
            try:
                status = path.stat()
            except FileNotFoundError:
                return False
            one = known.get((status.st_dev, status.st_ino))
            if one is None or (path.suffix not in _PACKED and status.st_size < one.size):
                return False
        return True

    def _paths(self) -> list[Path]:
        """The file and its siblings; not the packed twin that gzip is just making of one."""
        try:
            names = {entry.name for entry in os.scandir(self._folder)}
        except OSError as error:
            raise HistoryUnavailable(of_os(error, self._folder)) from None
        found = [
            name
            for name in sorted(names)
            if name == self._name
            or (name.startswith(self._name) and _SIBLING.fullmatch(name[len(self._name) :]))
        ]
        twins = {name + suffix for name in found for suffix in _PACKED}
        return [self._folder / name for name in found if name not in twins]

    def _open(self, path: Path) -> OpenFile | None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None  # renamed since: `unchanged` will say so
        except OSError as error:
            raise HistoryUnavailable(of_os(error, path)) from None
        status = os.fstat(file.fileno())
        packed = path.suffix if path.suffix in _PACKED else ""
        size = 0 if packed else status.st_size
        return OpenFile(path.name, (status.st_dev, status.st_ino), size, file, packed)


def _oldest_first(files: Sequence[OpenFile]) -> list[OpenFile]:
    """By the time of the last writing, which renaming and packing keep."""
    return sorted(files, key=lambda one: (os.fstat(one.file.fileno()).st_mtime_ns, _age(one.name)))


def _age(name: str) -> tuple[int, ...]:
    """``x`` is newer than ``x.1``, and that than ``x.2``: for those written in the same moment."""
    return tuple(-int(part) for part in re.findall(r"\d+", name))
