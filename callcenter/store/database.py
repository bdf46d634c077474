"""One database, SQLite or PostgreSQL: connections, transactions, migration.

SQLite runs in WAL with ``synchronous=FULL`` (a commit survives a power cut); its writers queue in
front of one lock here, so that they wait in order instead of spinning in SQLite's busy handler.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from callcenter.store import migrations, seed, sqlite
from callcenter.store.sqlite import SqliteFile, SqliteReaders

_Result = TypeVar("_Result")

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

_MIGRATION_LOCK = 0x63616C6C  # any number, the same in every process


class Unusable(Exception):
    """Nothing answers at `url` (its password hidden), or it is no database; `str()` says why."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(reason)
        self.url = url


class Database:
    """The engine and its transactions. Built without touching the database.

    Raises `ValueError`, in plain words, for an address that names no supported database.
    """

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _engine(self.url)
        self._file = (
            SqliteFile(self.url.database or "", self._engine.sync_engine)
            if self.is_sqlite
            else None
        )
        self._readers = SqliteReaders(self.url, _OPTIONS) if self.is_sqlite else None
        self._write_lock: asyncio.Lock | nullcontext[None] = (
            asyncio.Lock() if self.is_sqlite else nullcontext()
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self._write_lock, self._engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for reading; nothing written through it is kept."""
        async with self._engine.connect() as connection:
            yield connection

    async def query(self, work: Callable[[Connection], _Result]) -> _Result:
        """Run a function that only reads, for when somebody waits: on SQLite it costs one hop to a
        thread, where `read` costs several for every statement.
        """
        if self._readers is not None:
            return await self._readers.query(work)
        async with self.read() as connection:
            return await connection.run_sync(work)

    async def migrate(self) -> bool:
        """Bring the schema up to date, with the default rows (tiers, queues, roles, routing rules,
        dispositions …) that belong to it, in one transaction. True when the database was new.

        A database that is up to date costs one query. Raises `Unusable`, and
        `migrations.UnknownRevision` when a newer program has been here.
        """
        if await self.revision() == migrations.head():
            return False
        async with self.begin() as connection:
            if not self.is_sqlite:  # two processes may start at once
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK}
                )
            return await connection.run_sync(_upgrade)

    async def revision(self) -> str | None:
        """Of the schema; None when it is new (a missing SQLite file is made). Raises `Unusable`."""
        try:
            if self.is_sqlite and self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            async with self.read() as connection:
                return await connection.run_sync(migrations.current)
        except Exception as error:  # each driver has its own, and asyncpg's come as they are
            url = self.url.set(drivername=self.url.get_backend_name())
            raise Unusable(url.render_as_string(hide_password=True), _reason(error)) from error

    async def ping(self) -> None:
        """Raises what the driver raises when the database does not answer, or is not ours any
        more."""
        async with self.read() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            found.scalar_one()
        if self._file:
            await asyncio.to_thread(self._file.check)

    async def close(self) -> None:
        await self._engine.dispose()
        if self._readers is not None:
            self._readers.close()


def _reason(error: BaseException) -> str:
    """In one line, as the system or the database's server says it."""
    cause = getattr(error, "orig", None) or error
    number = getattr(cause, "errno", None) or 0
    said = os.strerror(number) if number > 0 else str(cause)
    return said.strip().partition("\n")[0] or type(cause).__name__


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(f"not a database address: {url!r}") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise ValueError(
            f"database {parsed.drivername!r} is not supported, use sqlite:///FILE or"
            " postgresql://USER:PASSWORD@HOST/NAME"
        )
    if driver.startswith("sqlite") and parsed.database in {None, "", ":memory:"}:
        raise ValueError("an SQLite database needs a file: sqlite:///var/callcenter.db")
    return parsed.set(drivername=driver)


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=8, **_OPTIONS)
        sqlite.prepare(engine.sync_engine)
    else:
        engine = create_async_engine(url, pool_size=10, pool_pre_ping=True, **_OPTIONS)
        event.listen(engine.sync_engine, "connect", _prepare_postgresql)
    return engine


def _dump_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _load_json(value: str | bytes | float) -> Any:
    # SQLite keeps a JSON number as a number and hands it back as one.
    return value if isinstance(value, int | float) else orjson.loads(value)


_OPTIONS: Final[dict[str, Any]] = {
    "json_serializer": _dump_json,
    "json_deserializer": _load_json,
}


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # The driver's own UUID is a subclass, which orjson refuses.
    connection.run_async(
        lambda driver: driver.set_type_codec(
            "uuid",
            schema="pg_catalog",
            encoder=lambda value: value.bytes,
            decoder=lambda value: UUID(bytes=bytes(value)),
            format="binary",
        )
    )


def _upgrade(connection: Connection) -> bool:
    before = migrations.current(connection)
    migrations.upgrade(connection)
    if before is None:
        seed.insert_defaults(connection)
    else:
        seed.insert_later_defaults(connection, before)
    return before is None
