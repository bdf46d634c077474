"""What SQLite needs to be told, on every connection; and a short way to read from it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection

_Result = TypeVar("_Result")

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-32000",
)
_READERS: Final = 2


def prepare(engine: Engine) -> None:
    """WAL, a full fsync per commit, foreign keys; and transactions begun by us, not the driver."""
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)


class SqliteFile:
    """The file behind an address, and whether it still is the one that was opened: connections
    go on with a file that was moved away, and with what they remember of one that was damaged.
    """

    def __init__(self, path: str, engine: Engine) -> None:
        self._path = Path(path).absolute()
        self._opened: tuple[int, int] | None = None
        event.listen(engine, "connect", self._note)

    def check(self) -> None:
        """Raises OSError or sqlite3.Error. Blocks for a moment."""
        if self._opened is not None and self._identity() != self._opened:
            raise OSError(f"{self._path} is no longer the file that was opened")
        # The file by itself, whatever the WAL still holds of it. Only through SQLite: it shares
        # its locks with our connections, where closing a file of our own would drop them.
        self._ask("mode=ro&immutable=1", "PRAGMA schema_version")
        if not self._ask("mode=rw", "SELECT version_num FROM alembic_version"):
            raise sqlite3.DatabaseError(f"{self._path} has no revision")

    def _note(self, _connection: DBAPIConnection, _record: object) -> None:
        self._opened = self._opened or self._identity()

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _ask(self, how: str, query: str) -> list[Any]:
        """By a connection of its own, which remembers nothing and makes no file."""
        with closing(sqlite3.connect(f"{self._path.as_uri()}?{how}", uri=True)) as fresh:
            return fresh.execute(query).fetchall()


class SqliteReaders:
    """Threads with connections of their own, that only read."""

    def __init__(self, url: URL, options: dict[str, Any]) -> None:
        self._engine = create_engine(
            url.set(drivername="sqlite+pysqlite"), pool_size=_READERS, **options
        )
        prepare(self._engine)
        self._threads = ThreadPoolExecutor(_READERS, "sqlite-reader")

    async def query(self, work: Callable[[Connection], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    def _run(self, work: Callable[[Connection], _Result]) -> _Result:
        with self._engine.connect() as connection:
            return work(connection)


def _connected(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begun(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer half-way cannot wait, it fails.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
