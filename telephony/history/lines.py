"""Lines of a CSV record → rows; a line that is none is told, and takes no other with it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from telephony.history.layouts import OURS, WRONG_LAYOUT, Layout, NoRow, layout_of, row_of
from telephony.history.rows import BadLine, CelRow

MAX_BAD = 100  # bad lines that are told one by one; the others are counted
BATCH = 256  # lines that are split at once, as long as all of them are well
CUT = "the line is cut short, or a quote is not closed"


@dataclass(slots=True)
class Faults:
    """What could not be read: the first `MAX_BAD`, and how many in all. The same place is told
    once, however often it is read."""

    told: list[BadLine] = field(default_factory=list)
    count: int = 0
    wrong_layout: int = 0
    _places: set[str] = field(default_factory=set)

    def add(self, where: str, problem: str) -> None:
        if where in self._places:
            return
        if len(self._places) < 100 * MAX_BAD:  # bounds the memory; beyond it some count twice
            self._places.add(where)
        self.count += 1
        self.wrong_layout += problem == WRONG_LAYOUT
        if len(self.told) < MAX_BAD:
            self.told.append(BadLine(where, problem))

    @property
    def bad(self) -> Sequence[BadLine]:
        """With a last one that says how many more there are."""
        hidden = self.count - len(self.told)
        if not hidden:
            return tuple(self.told)
        return (*self.told, BadLine("…", f"{hidden} more"))


def parse(data: bytes, where: str, first: int, faults: Faults) -> list[CelRow]:
    """The rows of `data`, whole lines of the file `where`; `first` is the first one's offset in it.

    A bad line is named by its offset, ``callcenter.csv@1048576``: to know line numbers, everything
    before would have to be read (``tail -c +1048577`` shows it)."""
    reader = _Lines(where, faults)
    rows: list[CelRow] = []
    lines = data.split(b"\n")
    offset = first
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        reader.read(batch, offset, rows)
        offset += sum(map(len, batch)) + len(batch)
    return rows


class _Lines:
    def __init__(self, where: str, faults: Faults) -> None:
        self._where = where
        self._faults = faults
        self._layout: Layout | None = None

    def read(self, batch: Sequence[bytes], offset: int, rows: list[CelRow]) -> None:
        texts = [_text(line) for line in batch]
        split = _split_all(texts)
        for number, text in enumerate(texts):
            if text:
                where = f"{self._where}@{offset}"
                try:
                    fields = split[number] if split is not None else _split(text)
                    rows.append(self._row(fields))
                except NoRow as problem:
                    self._faults.add(where, str(problem))
            offset += len(batch[number]) + 1

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
        return next(csv.reader((text,), strict=True), [])
    except csv.Error:
        raise NoRow(CUT) from None
