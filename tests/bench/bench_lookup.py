"""What a caller nobody has in memory costs: 10 thousand against 1 million contact points.

Measured is `Directory.look_up`, whole: normalise, one range of one index, the card's three queries.
Both sizes are asked in turn, so that a busy machine slows them alike. One caller in five is
unknown, one in ten matches by the suffix only.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from uuid import UUID

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.schema import CreateIndex, DropIndex

from callcenter.domain.phone import normalise
from callcenter.services.directory import Directory
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.queries import callers
from callcenter.store.tables import contact_point
from tests.databases import PostgresServer

SMALL, LARGE = 10_000, 1_000_000
LOOK_UPS = 3_000
ROUND = 100
SPREAD = 123_456_791  # coprime to 10**9: numbers in no order, none twice

PARTY = (
    "id, custom, version, created_at, updated_at, kind, name, name_key, tier_id, language,"
    " region, zone, note"
)
POINT = "id, party_id, kind, raw, norm, rev, ext, primary, valid, created_at"


def _digits(index: int) -> str:
    return f"8613{index * SPREAD % 10**9:09d}"


def _parties(count: int) -> Iterator[tuple[object, ...]]:
    born, tier_id = datetime(2026, 1, 1, tzinfo=UTC), default_id("tier", "gold")
    for index in range(count):
        name = f"customer {index}"
        yield (
            *(UUID(int=index + 1), "{}", 1, born, born, "person", name, name, tier_id),
            *("zh-CN", "", "", ""),
        )


def _points(count: int) -> Iterator[tuple[object, ...]]:
    """Two numbers a customer."""
    born = datetime(2026, 1, 1, tzinfo=UTC)
    for index in range(count):
        digits = _digits(index)
        yield (
            *(UUID(int=index + 1), UUID(int=index // 2 + 1), "phone", digits, f"+{digits}"),
            *(digits[::-1], "", index % 2 == 0, True, born),
        )


async def _sqlite(path: Path, count: int) -> Database:
    database = Database(f"sqlite:///{path}")
    await database.migrate()
    await _indexes(database, create=False)

    def plain(row: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(
            cell.hex
            if isinstance(cell, UUID)
            else str(cell)
            if isinstance(cell, datetime)
            else cell
            for cell in row
        )

    def load() -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            for table, columns, rows in (
                ("party", PARTY, _parties(count // 2)),
                ("contact_point", POINT, _points(count)),
            ):
                quoted = columns.replace("primary", '"primary"')
                marks = ", ".join("?" * len(columns.split(", ")))
                connection.executemany(
                    f"INSERT INTO {table} ({quoted}) VALUES ({marks})",
                    map(plain, rows),
                )
        connection.close()

    await asyncio.to_thread(load)
    await _indexes(database, create=True)
    return database


async def _postgresql(server: PostgresServer, count: int) -> Database:
    name = f"bench_{count}"
    await server.execute(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    await database.migrate()
    await _indexes(database, create=False)
    connection = await asyncpg.connect(user="postgres", database=name, host=str(server.folder))
    for table, columns, rows in (
        ("party", PARTY, _parties(count // 2)),
        ("contact_point", POINT, _points(count)),
    ):
        await connection.copy_records_to_table(table, records=rows, columns=columns.split(", "))
    await connection.close()
    await _indexes(database, create=True)
    return database


async def _indexes(database: Database, *, create: bool) -> None:
    """Sorting a million entries at once takes a fraction of sorting them in one by one."""

    def work(connection: Connection) -> None:
        for index in contact_point.indexes:
            connection.execute(CreateIndex(index) if create else DropIndex(index))
        if create:
            connection.exec_driver_sql("ANALYZE")

    async with database.begin() as connection:
        await connection.run_sync(work)


def _presented(random: Random, count: int) -> str:
    """As a carrier presents a caller; `count` contact points exist."""
    chance = random.random()
    if chance < 0.2:
        return "0" + _digits(random.randrange(count, 2 * LARGE))[2:]
    digits = _digits(random.randrange(count))
    if chance < 0.3:
        return "+44 20" + digits[-9:]  # the trunk's own idea of an area code
    return "0" + digits[2:]


async def _measure(databases: dict[int, Database]) -> dict[str, float]:
    random = Random(1)
    directories = {count: Directory(database, "CN") for count, database in databases.items()}
    whole: dict[int, list[float]] = {count: [] for count in databases}
    bare: dict[int, list[float]] = {count: [] for count in databases}
    for turn in range(LOOK_UPS // ROUND + 1):
        for count, database in databases.items():
            numbers = [_presented(random, count) for _ in range(ROUND)]
            timed = [await _timed(directories[count], number) for number in numbers]
            others = [_presented(random, count) for _ in range(ROUND)]
            queried = await database.query(partial(_timed_queries, numbers=others))
            if turn:  # the first round warms compilers and caches
                whole[count] += timed
                bare[count] += queried
    return _figures(whole, bare)


async def _timed(directory: Directory, number: str) -> float:
    started = perf_counter_ns()
    await directory.look_up(number)
    return (perf_counter_ns() - started) / 1000


def _timed_queries(connection: Connection, numbers: list[str]) -> list[float]:
    times = []
    for number in numbers:
        known = normalise(number, "CN")
        started = perf_counter_ns()
        callers.owners(connection, known)
        times.append((perf_counter_ns() - started) / 1000)
    return times


def _figures(whole: dict[int, list[float]], bare: dict[int, list[float]]) -> dict[str, float]:
    def p99(times: list[float]) -> float:
        return sorted(times)[int(len(times) * 0.99)]

    return {
        "ratio": round(median(whole[LARGE]) / median(whole[SMALL]), 3),
        "p99_ratio": round(p99(whole[LARGE]) / p99(whole[SMALL]), 3),
        "query_ratio": round(median(bare[LARGE]) / median(bare[SMALL]), 3),
        "p50_us_10k": round(median(whole[SMALL]), 1),
        "p50_us_1m": round(median(whole[LARGE]), 1),
        "p99_us_10k": round(p99(whole[SMALL]), 1),
        "p99_us_1m": round(p99(whole[LARGE]), 1),
        "query_p50_us_10k": round(median(bare[SMALL]), 1),
        "query_p50_us_1m": round(median(bare[LARGE]), 1),
    }


async def _run() -> dict[str, dict[str, float]]:
    results = {}
    with TemporaryDirectory(prefix="callcenter-bench-") as folder:
        databases = {n: await _sqlite(Path(folder) / f"{n}.db", n) for n in (SMALL, LARGE)}
        results["lookup_sqlite"] = await _measure(databases)
        for database in databases.values():
            await database.close()
    server = PostgresServer()
    await asyncio.to_thread(server.start)
    try:
        databases = {n: await _postgresql(server, n) for n in (SMALL, LARGE)}
        results["lookup_postgresql"] = await _measure(databases)
        for database in databases.values():
            await database.close()
    finally:
        await asyncio.to_thread(server.stop)
    return results


def run() -> dict[str, dict[str, float]]:
    return asyncio.run(_run())
