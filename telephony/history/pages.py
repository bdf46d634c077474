"""Whole calls out of a long record, reading no more of it than they need.

A record is a row of pages, oldest first, each of which can tell its first row's time without being
read. Rules
1. Pages that may hold a time within the window are read, and one more on either side: within a
   page the clock may have gone back.
2. A call is everything that is related by Uniqueid or Linkedid, which moves: groups are joined
   (union-find) as rows tell.
3. Then older pages are read until every channel of a wanted call has been born, and newer ones
   until every one has ended; a day at most, for what has been rotated away is never found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from telephony.history.lines import Faults
from telephony.history.rows import CelRow
from telephony.problems import Problem

LONGEST_CALL_S = 86_400.0
CLOCK_WENT_BACK_S = 1.0  # within a second the switch itself writes rows out of order
CLOCK_SLACK_S = 3_600.0  # how far a clock may have gone back and a page still be found


class Probed(Protocol):
    """Pages are numbered from 0, the oldest."""

    def __len__(self) -> int: ...

    def first_at(self, page: int) -> float | None:
        """The time of its first readable row; None when there is none near its beginning."""


class Pages(Probed, Protocol):
    def rows(self, page: int) -> list[CelRow]: ...


def gather(pages: Pages, since: float, until: float) -> list[CelRow]:
    """The rows of all calls any of which lies within, in the order of the record."""
    near = span(pages, since, until)
    if not near:
        return []
    found = {page: pages.rows(page) for page in near}
    calls = _Calls()
    for rows in found.values():
        calls.add(rows)
    calls.want(row for rows in found.values() for row in rows if since <= row.at <= until)
    _look_back(pages, near[0], since, calls, found)
    _look_ahead(pages, near[-1], until, calls, found)
    return [row for page in sorted(found) for row in found[page] if calls.wanted(row)]


def span(pages: Probed, since: float, until: float) -> range:
    """Rule 1; empty when nothing lies within."""
    first, last = -1, -1
    after: float | None = None  # when the page behind begins
    for page in range(len(pages) - 1, -1, -1):
        begins = pages.first_at(page)
        if begins is None:
            begins = after
        if begins is None:  # the last page, and nothing readable at its beginning
            first = page
            last = max(last, page)
            continue
        ends = after if after is not None else float("inf")
        if min(begins, ends) <= until and max(begins, ends) >= since:
            first, last = page, max(last, page)
        elif max(begins, ends) < since - CLOCK_SLACK_S:
            break
        after = begins
    if first < 0:
        return range(0)
    return range(max(0, first - 1), min(len(pages), last + 2))


def _look_back(
    pages: Pages, first: int, since: float, calls: _Calls, found: dict[int, list[CelRow]]
) -> None:
    page = first - 1
    while page >= 0 and calls.unborn():
        begins = pages.first_at(page + 1)
        if begins is not None and begins < since - LONGEST_CALL_S:
            return
        found[page] = [row for row in pages.rows(page) if calls.related(row)]
        calls.add(found[page])
        page -= 1


def _look_ahead(
    pages: Pages, last: int, until: float, calls: _Calls, found: dict[int, list[CelRow]]
) -> None:
    page = last + 1
    while page < len(pages) and calls.alive():
        begins = pages.first_at(page)
        if begins is not None and begins > until + LONGEST_CALL_S:
            return
        found[page] = []
        for row in pages.rows(page):
            if calls.related(row):
                calls.add((row,))
                found[page].append(row)
        page += 1


@dataclass(slots=True)
class _Group:
    born: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    wanted: bool = False

    def take(self, other: _Group) -> None:
        self.born |= other.born
        self.named |= other.named
        self.ended |= other.ended
        self.wanted = self.wanted or other.wanted


class _Calls:
    """Rule 2."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._groups: dict[str, _Group] = {}

    def add(self, rows: Iterable[CelRow]) -> None:
        for row in rows:
            group = self._join(row.uniqueid, row.linkedid)
            if row.event == "CHAN_START":
                group.born.add(row.uniqueid)
            elif row.event in {"HANGUP", "CHAN_END"}:
                group.ended.add(row.uniqueid)

    def want(self, rows: Iterable[CelRow]) -> None:
        for row in rows:
            self._groups[self._root(row.uniqueid)].wanted = True

    def wanted(self, row: CelRow) -> bool:
        return self._groups[self._root(row.uniqueid)].wanted

    def related(self, row: CelRow) -> bool:
        """Whether it is about a wanted call as far as that is known."""
        return any(
            known in self._parent and self._groups[self._root(known)].wanted
            for known in (row.uniqueid, row.linkedid)
        )

    def unborn(self) -> bool:
        return any(group.wanted and group.named - group.born for group in self._groups.values())

    def alive(self) -> bool:
        return any(group.wanted and group.born - group.ended for group in self._groups.values())

    def unborn_groups(self) -> Iterator[set[str]]:
        for group in self._groups.values():
            if group.named - group.born:
                yield group.named

    def _join(self, one: str, other: str) -> _Group:
        root, second = self._found(one), self._found(other)
        group = self._groups[root]
        if root != second:
            group.take(self._groups.pop(second))
            self._parent[second] = root
        return group

    def _found(self, name: str) -> str:
        if name not in self._parent:
            self._parent[name] = name
            self._groups[name] = _Group(named={name})
        return self._root(name)

    def _root(self, name: str) -> str:
        parent = self._parent
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name


def unborn(rows: Sequence[CelRow]) -> list[set[str]]:
    """Of each call with a channel whose beginning is not among the rows all its Uniqueids."""
    calls = _Calls()
    calls.add(rows)
    return list(calls.unborn_groups())


def once(rows: Sequence[CelRow]) -> list[CelRow]:
    """Without what was read twice: a file that is just being copied or packed is there twice."""
    return list({(row.event, row.at, row.uniqueid, row.app): row for row in rows}.values())


def in_order(rows: Sequence[CelRow], where: str, faults: Faults) -> list[CelRow]:
    """By time, where the clock ran on; from the place where it went back, anew: the order of the
    record is then the only true one. Each such place is told."""
    ordered: list[CelRow] = []
    run: list[CelRow] = []
    latest = 0.0
    for row in rows:
        if row.at < latest - CLOCK_WENT_BACK_S:
            went_back = Problem("line_clock", {"back_s": round(latest - row.at, 1)})
            faults.add(f"{where} at {_time(latest)}", went_back)
            ordered += sorted(run, key=_at)
            run = []
            latest = row.at
        latest = max(latest, row.at)
        run.append(row)
    return ordered + sorted(run, key=_at)


def _at(row: CelRow) -> float:
    return row.at


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
