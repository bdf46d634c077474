"""The pages of a record of lines and its rotated siblings.

A page holds the lines that *begin* in its quarter of a megabyte. When a page's first row was
written is remembered between readings (`Known`): the files only grow.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from telephony.history.files import OpenFile, OpenFiles
from telephony.history.lines import Faults
from telephony.problems import Problem

PAGE = 1 << 18
PROBE = 1 << 14  # bytes at a page's beginning in which its first row is looked for
LONGEST_LINE = 1 << 20  # a line that goes on for longer is cut
FINGERPRINT = 512
MAX_FILES = 64  # that are remembered


class Dated(Protocol):
    @property
    def at(self) -> float: ...


Row = TypeVar("Row", bound=Dated)
# Whole lines, the file's name, the first line's offset in it, where faults are told → rows.
Parse = Callable[[bytes, str, int, Faults], list[Row]]


class Unpacked(Exception):
    """A packed file has been unpacked on demand: the pages are to be counted anew."""


@dataclass(slots=True)
class _Index:
    """`first`: page → time of its first row. `head`: the file's first bytes; when they are others,
    it was truncated and written anew."""

    head: bytes = b""
    size: int = 0
    first: dict[int, float] = field(default_factory=dict)


class Known:
    """What is remembered of files, by device and inode."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[tuple[int, int], _Index] = OrderedDict()

    def index(self, file: OpenFile) -> _Index:
        index = self._indexes.setdefault(file.identity, _Index())
        self._indexes.move_to_end(file.identity)
        if not file.packed:
            head = file.read(0, FINGERPRINT)
            if file.size < index.size or not head.startswith(index.head):
                index = self._indexes[file.identity] = _Index()
            index.head, index.size = head, file.size
        while len(self._indexes) > MAX_FILES:
            self._indexes.popitem(last=False)
        return index


class LinePages(Generic[Row]):
    """`Pages` of all files together, oldest first. A packed file is one page until it is needed."""

    def __init__(self, opened: OpenFiles, known: Known, faults: Faults, parse: Parse[Row]) -> None:
        self._faults = faults
        self._parse = parse
        self._pages: list[tuple[OpenFile, _Index, int]] = []
        for file in opened.files:
            index = known.index(file)
            if file.damaged:
                faults.add(file.name, Problem("line_unpacked", {"said": file.damaged}))
            count = 1 if file.packed else -(-file.size // PAGE)
            self._pages += [(file, index, page) for page in range(count)]

    def __len__(self) -> int:
        return len(self._pages)

    def first_at(self, page: int) -> float | None:
        file, index, number = self._pages[page]
        if number not in index.first:
            data = file.packed_head(PROBE) if file.packed else _lines_from(file, number, PROBE)
            rows = self._parse(data, file.name, 0, Faults())
            if not rows:
                return None
            index.first[number] = rows[0].at
        return index.first[number]

    def rows(self, page: int) -> list[Row]:
        file, _, number = self._pages[page]
        if file.packed:
            file.unpack()
            raise Unpacked
        start, data = _page(file, number)
        return self._parse(data, file.name, start, self._faults)

    def begins(self) -> float | None:
        """When the record begins, as far as its first page can be read."""
        return self.first_at(0) if self._pages else None

    def readable(self) -> bool:
        """Whether any page begins with a row."""
        return any(self.first_at(page) is not None for page in range(len(self._pages)))


def _page(file: OpenFile, number: int) -> tuple[int, bytes]:
    """Its offset in the file, and its lines."""
    start = number * PAGE
    end = min(start + PAGE, file.size)
    # From the byte before: only so does a line that begins with the page show that it does.
    data = file.read(max(0, start - 1), end - max(0, start - 1))
    if start:
        newline = data.find(b"\n")
        if newline < 0:
            return start, b""
        start += newline
        data = data[newline + 1 :]
    if end < file.size and not data.endswith(b"\n") and data:
        rest = file.read(end, min(LONGEST_LINE, file.size - end))
        data += rest[: rest.find(b"\n") + 1] if b"\n" in rest else rest
    return start, data


def _lines_from(file: OpenFile, number: int, length: int) -> bytes:
    """The first whole lines of a page."""
    start = number * PAGE
    data = file.read(max(0, start - 1), min(length, file.size - start) + 1)
    if start:
        data = data.partition(b"\n")[2]
    whole, _, _ = data.rpartition(b"\n")
    return whole or (data if start + length >= file.size else b"")
