"""CEL in an SQLite file, and what all sources say of wrong settings."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony.history.csv_file import CsvFile
from telephony.history.postgres import PostgresTable
from telephony.history.rows import HistoryUnavailable
from telephony.history.source import make_source
from telephony.history.sqlite_file import PAGE, SqliteFile

START = 1_795_000_000.0
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
COLUMNS = (
    "eventtype, eventtime, uniqueid, linkedid, channame, cid_num, cid_name, context, exten, "
    "appname, appdata, peer, extra"
)
Row = tuple[object, ...]


def utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def row(event: str, at: float, call: int, extra: str = "") -> Row:
    """As cel_sqlite3_custom writes it: all of it text."""
    uniqueid = f"{int(START)}.{call}"
    return (
        *(event, f"{at:.6f}", uniqueid, uniqueid, f"PJSIP/carrier-{call:08x}", "138", "王伟"),
        *("crm-inbound", "8000", "", "", "", extra),
    )


def some_calls(count: int) -> list[Row]:
    return [
        one
        for call in range(count)
        for one in (
            row("CHAN_START", START + 10 * call, call),
            row("HANGUP", START + 10 * call + 5, call, '{"hangupcause":16}'),
        )
    ]


def database(path: Path, rows: list[Row], columns: str = COLUMNS) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE cel (AcctId INTEGER PRIMARY KEY, {columns})")
        marks = ", ".join("?" * len(columns.split(",")))
        connection.executemany(f"INSERT INTO cel ({columns}) VALUES ({marks})", rows)
    return path


async def test_rows_are_read_whole_calls_at_a_time(tmp_path: Path) -> None:
    path = database(tmp_path / "master.db", some_calls(2 * PAGE))
    source = SqliteFile(str(path))
    reading = await source.read(utc(START + 10_004), utc(START + 10_012))
    assert [one.uniqueid for one in reading.rows] == [
        f"{int(START)}.{call}" for call in (1000, 1000, 1001, 1001)
    ]
    assert reading.rows[1].extra == {"hangupcause": "16"}
    assert reading.complete_from == utc(START)


async def test_a_bad_row_is_told_and_the_rest_is_used(tmp_path: Path) -> None:
    rows = some_calls(2)
    rows.insert(1, row("ANSWER", START, 0, "{"))
    rows.insert(2, (None,) * 13)
    rows.insert(3, ("ANSWER", "2026-11-22 19:00:00", *row("ANSWER", START, 0)[2:]))
    reading = await SqliteFile(str(database(tmp_path / "master.db", rows))).read(*EVER)
    assert len(reading.rows) == 4
    assert [bad.where for bad in reading.bad] == ['"cel"#2', '"cel"#3', '"cel"#4']


async def test_a_switch_that_writes_meanwhile_is_not_in_the_way(tmp_path: Path) -> None:
    """In WAL, with a transaction that is not committed; then locked by somebody for good."""
    path = database(tmp_path / "master.db", some_calls(2))
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM cel")
        assert len((await SqliteFile(str(path)).read(*EVER)).rows) == 4
        writer.execute("ROLLBACK")


async def test_the_file_is_never_written(tmp_path: Path) -> None:
    path = database(tmp_path / "master.db", some_calls(3))
    before = path.read_bytes()
    await SqliteFile(str(path)).read(*EVER)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["master.db"]  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (COLUMNS.replace("linkedid, ", ""), "no column linkedid"),
        (COLUMNS.replace(", extra", ""), "no column extra"),
    ],
)
async def test_a_table_without_a_column_says_which(
    tmp_path: Path, columns: str, problem: str
) -> None:
    path = database(tmp_path / "master.db", [], columns)
    with pytest.raises(HistoryUnavailable, match=problem):
        await SqliteFile(str(path)).read(*EVER)


async def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "master.db"
    with pytest.raises(HistoryUnavailable, match="there is no such file"):
        await SqliteFile(str(path)).read(*EVER)
    path.write_bytes(b"a picture" * 1000)
    with pytest.raises(HistoryUnavailable, match="not a database"):
        await SqliteFile(str(path)).read(*EVER)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(HistoryUnavailable, match="no table"):
        await SqliteFile(str(path)).read(*EVER)


async def test_a_database_that_is_away_says_so() -> None:
    source = PostgresTable("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(HistoryUnavailable, match="PostgreSQL"):
        await source.read(*EVER)


@pytest.mark.parametrize("table", ["cel; DROP TABLE x", 'a"b', "a.b.c", "", "1cel", "cel --"])
def test_a_table_name_that_is_none_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="no name of a table"):
        make_source("pgsql", url="postgresql://x/y", table=table)
    with pytest.raises(ValueError, match="no name of a table"):
        make_source("sqlite", path="x", table=table)


def test_the_settings_name_a_source() -> None:
    assert make_source("none") is None
    assert isinstance(make_source("csv", path="x"), CsvFile)
    assert isinstance(make_source("sqlite", path="x"), SqliteFile)
    assert isinstance(make_source("pgsql", url="postgresql://x/y", table="a.cel"), PostgresTable)
    for kind, key in {"csv": "path", "sqlite": "path", "pgsql": "url", "odbc": "kind"}.items():
        with pytest.raises(ValueError, match=f"history.{key}"):
            make_source(kind)
