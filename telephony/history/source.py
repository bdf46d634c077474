"""The record that the settings name."""

from __future__ import annotations

from telephony.history.csv_file import CsvFile
from telephony.history.postgres import PostgresTable
from telephony.history.rows import HistorySource
from telephony.history.sqlite_file import SqliteFile


def make_source(
    kind: str, *, path: str = "", url: str = "", table: str = "cel"
) -> HistorySource | None:
    """As ``[history]`` has it; None for ``none``. Nothing is opened yet. Raises ValueError, with
    the key that is wrong."""
    if kind == "none":
        return None
    if kind in {"csv", "sqlite"} and not path:
        raise ValueError(f"history.path: needed when history.kind is {kind!r}")
    if kind == "pgsql" and not url:
        raise ValueError("history.url: needed when history.kind is 'pgsql'")
    if kind == "csv":
        return CsvFile(path)
    if kind == "sqlite":
        return SqliteFile(path, table)
    if kind == "pgsql":
        return PostgresTable(url, table)
    raise ValueError(f"history.kind: {kind!r} is none of none, csv, sqlite, pgsql")
