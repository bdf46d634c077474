"""Lines of a CSV record → rows; a line that is none is told, and takes no other with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from telephony.history.layouts import OURS, WRONG_LAYOUT, Layout, NoRow, layout_of, row_of
from telephony.history.rows import BadLine, CelRow
from telephony.problems import Problem

MAX_BAD = 100  # bad lines that are told one by one; the others are counted
BATCH = 256  # lines that are split at once, as long as all of them are well
MAX_BROKEN = 16  # lines of one row, whose texts hold line breaks
MAX_BROKEN_BYTES = 16_384
CUT: Final = "line_cut"


@dataclass(slots=True)
class Faults:
    """What could not be read: the first `MAX_BAD`, and how many in all. The same place is told
    once, however often it is read."""

    told: list[BadLine] = field(default_factory=list)
    count: int = 0
    wrong_layout: int = 0
    _places: set[str] = field(default_factory=set)

    def add(self, where: str, problem: Problem) -> None:
        if where in self._places:
            return
        if len(self._places) < 100 * MAX_BAD:  # bounds the memory; beyond it some count twice
            self._places.add(where)
        self.count += 1
        self.wrong_layout += problem.code == WRONG_LAYOUT
        if len(self.told) < MAX_BAD:
            self.told.append(BadLine(where, problem))

    @property
    def bad(self) -> Sequence[BadLine]:
        """With a last one that says how many more there are."""
        hidden = self.count - len(self.told)
        if not hidden:
            return tuple(self.told)
        return (*self.told, BadLine("…", Problem("lines_more", {"more": hidden})))


def parse(data: bytes, where: str, first: int, faults: Faults) -> list[CelRow]:
    """The rows of `data`, whole lines of the file `where`; `first` is the first one's offset in it.

    A bad line is named by its offset, ``callcenter.csv@1048576``: to know line numbers, everything
    before would have to be read (``tail -c +1048577`` shows it)."""
    reader = _Lines(where, faults)
    rows: list[CelRow] = []
    lines = data.split(b"\n")
    offset, start = first, 0
    while start < len(lines):
        stop = start + reader.read(lines, start, offset, rows)
        offset += sum(map(len, lines[start:stop])) + stop - start
        start = stop
    return rows


class _Lines:
    def __init__(self, where: str, faults: Faults) -> None:
        self._where = where
        self._faults = faults
        self._layout: Layout | None = None

    def read(self, lines: Sequence[bytes], start: int, offset: int, rows: list[CelRow]) -> int:
        """A batch from `start` on, which is at `offset`; how many lines that took."""
        batch = lines[start : start + BATCH]
        texts = [_text(line) for line in batch]
        split = _split_all(texts)
        number = 0
        while number < len(batch):
            taken = 1
            if texts[number]:
                fields = split[number] if split is not None else None
                try:
                    row = None if fields else self._broken(lines, start + number)
                    if row is not None:
                        taken = row[1]
                    rows.append(row[0] if row else self._row(fields or _split(texts[number])))
                except NoRow as error:
                    self._faults.add(f"{self._where}@{offset}", error.problem)
            offset += sum(len(line) + 1 for line in lines[start + number : start + number + taken])
            number += taken
        return number

    def _broken(self, lines: Sequence[bytes], first: int) -> tuple[CelRow, int] | None:
        """A caller's name may hold line breaks, and then a row is several lines. Only what makes a
        whole row is believed to be one: a quote that is not closed swallows nothing."""
        if lines[first].count(b'"') % 2 == 0:
            return None
        for count in range(2, MAX_BROKEN + 1):
            text = b"\n".join(lines[first : first + count])
            if len(text) > MAX_BROKEN_BYTES or first + count > len(lines):
                return None
            if text.count(b'"') % 2 == 0:
                try:
                    return self._row(_split(_text(text))), count
                except NoRow:
                    return None
        return None

    def _row(self, fields: Sequence[str]) -> CelRow:
        if self._layout is not None and self._layout.fits(fields):
            return row_of(self._layout, fields)
        layout = layout_of(fields)
        if layout is None:
            # What it is measured against: the order of the lines before, else our own.
            return row_of(self._layout or OURS, fields)
        self._layout = layout
        return row_of(layout, fields)


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")


def _split_all(texts: Iterable[str]) -> list[list[str]] | None:
    """None when one of the lines is not whole in itself: then each is split alone, so that a quote
    which is not closed swallows nothing."""
    texts = list(texts)
    try:
        split = list(csv.reader(texts, strict=True))
    except csv.Error:
        return None
    return split if len(split) == len(texts) else None


def _split(text: str) -> list[str]:
    try:
        split = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise NoRow(CUT) from None
    if len(split) > 1:
        raise NoRow(CUT)
    return split[0] if split else []
