"""The CSV file of cel_custom (config/asterisk/cel_custom.conf), with what logrotate made of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from telephony.history.files import Files, OpenFiles
from telephony.history.layouts import WRONG_LAYOUT
from telephony.history.line_pages import Known, LinePages, Unpacked
from telephony.history.lines import Faults, parse
from telephony.history.pages import gather, in_order, once
from telephony.history.rows import CelRow, HistoryUnavailable, Reading
from telephony.problems import Problem

ATTEMPTS = 5  # rotations in the middle of a reading that are put up with


class CsvFile:
    """A `HistorySource`. Reads only the pages that it needs, off the event loop; one reading at a
    time, others wait."""

    def __init__(self, path: str) -> None:
        self._files = Files(path)
        self._known = Known()
        self._turn = asyncio.Lock()

    async def read(self, since: datetime, until: datetime) -> Reading:
        async with self._turn:
            return await asyncio.to_thread(self._read, since.timestamp(), until.timestamp())

    def _read(self, since: float, until: float) -> Reading:
        for _ in range(ATTEMPTS):
            faults = Faults()
            with self._files.open() as opened:
                rows, pages = self._gather(opened, faults, since, until)
                begins = pages.begins()
                self._refuse_unreadable(rows, pages, faults)
                if self._files.unchanged(opened):
                    break
        else:
            raise HistoryUnavailable(Problem("rotated", {"path": self._files.path}))
        rows = in_order(once(rows), self._files.path, faults)
        complete_from = None if begins is None else datetime.fromtimestamp(begins, UTC)
        return Reading(rows, faults.bad, complete_from, faults.count)

    def _gather(
        self, opened: OpenFiles, faults: Faults, since: float, until: float
    ) -> tuple[list[CelRow], LinePages[CelRow]]:
        while True:
            pages = LinePages(opened, self._known, faults, parse)
            try:
                return gather(pages, since, until), pages
            except Unpacked:
                continue  # a packed file is needed, and has become plain pages

    def _refuse_unreadable(
        self, rows: list[CelRow], pages: LinePages[CelRow], faults: Faults
    ) -> None:
        """Bad lines among good ones are told; where there is no good one, all of it is wrong."""
        if rows or not faults.count or pages.readable():
            return
        problem = Problem(WRONG_LAYOUT) if faults.wrong_layout else faults.told[0].problem
        raise HistoryUnavailable(problem.within("no_line", path=self._files.path))
