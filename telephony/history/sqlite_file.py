"""The SQLite file of cel_sqlite3_custom (config/asterisk/cel_sqlite3_custom.conf), read-only.

Each page is a reading of its own: the switch waits for a second to write a row, and then that row
is lost, so nothing here may hold the file for long.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from telephony.history.columns import columns_of, row_of
from telephony.history.layouts import NoRow, seconds
from telephony.history.lines import Faults
from telephony.history.names import checked_table
from telephony.history.pages import gather, in_order
from telephony.history.rows import CelRow, HistoryUnavailable, Reading
from telephony.problems import Problem

PAGE = 2000  # rows
BUSY_S = 5.0


class SqliteFile:
    """A `HistorySource`. Reads off the event loop; one reading at a time, others wait."""

    def __init__(self, path: str, table: str = "cel") -> None:
        self._path = path
        self._table = checked_table(table)
        self._turn = asyncio.Lock()

    async def read(self, since: datetime, until: datetime) -> Reading:
        async with self._turn:
            return await asyncio.to_thread(self._read, since.timestamp(), until.timestamp())

    def _read(self, since: float, until: float) -> Reading:
        if not Path(self._path).exists():
            raise HistoryUnavailable(Problem("no_file", {"path": self._path}))
        faults = Faults()
        try:
            address = f"file:{quote(self._path)}?mode=ro"
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_S)) as connection:
                connection.text_factory = _text
                pages = _Pages(connection, self._table, faults)
                rows = gather(pages, since, until)
                begins = pages.first_at(0) if len(pages) else None
        except sqlite3.Error as error:
            said = Problem("said", {"path": self._path, "said": str(error)})
            raise HistoryUnavailable(said) from None
        if not rows and faults.count and begins is None:
            raise HistoryUnavailable(faults.told[0].problem.within("no_line", path=self._path))
        rows = in_order(rows, self._path, faults)
        complete_from = None if begins is None else datetime.fromtimestamp(begins, UTC)
        return Reading(rows, faults.bad, complete_from, faults.count)


class _Pages:
    """By rowid, which rises with time."""

    def __init__(self, connection: sqlite3.Connection, table: str, faults: Faults) -> None:
        self._connection = connection
        self._faults = faults
        self._table = table
        there = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if not there:
            raise HistoryUnavailable(Problem("no_table", {"table": table}))
        columns = columns_of(table, there)
        self._columns = ", ".join(f'"{column}"' for column in columns)
        self._time = f'"{columns[1]}"'
        first, last = connection.execute(
            f"SELECT min(rowid), max(rowid) FROM {table}"  # noqa: S608 (checked_table)
        ).fetchone()
        self._first = first or 0
        self._count = 0 if last is None else (last - first) // PAGE + 1

    def __len__(self) -> int:
        return self._count

    def first_at(self, page: int) -> float | None:
        found = self._connection.execute(
            f"SELECT {self._time} FROM {self._table} "  # noqa: S608 (columns_of, checked_table)
            "WHERE rowid >= ? ORDER BY rowid LIMIT 1",
            (self._first + page * PAGE,),
        ).fetchone()
        try:
            return seconds(str(found[0])) if found else None
        except NoRow:
            return None

    def rows(self, page: int) -> list[CelRow]:
        start = self._first + page * PAGE
        rows = []
        for rowid, *values in self._connection.execute(
            f"SELECT rowid, {self._columns} FROM {self._table} "  # noqa: S608 (as above)
            "WHERE rowid >= ? AND rowid < ? ORDER BY rowid",
            (start, start + PAGE),
        ).fetchall():
            try:
                rows.append(row_of(values))
            except NoRow as error:
                self._faults.add(f"{self._table}#{rowid}", error.problem)
        return rows


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
