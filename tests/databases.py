"""Databases for tests: `database` gives each test an empty migrated one, on SQLite and PostgreSQL.

A migration runs once per session; tests get copies (of the file, of the template database). The
PostgreSQL server is our own: in a temporary folder, on a socket there, gone after the session.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from callcenter.store.database import Database


def _binary(name: str) -> str:
    """`name` from where Debian keeps the servers (newest first), else from PATH; 15 or later."""
    kept = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()
    ]
    kept.sort(key=lambda path: int(path.parent.name), reverse=True)
    for folder in kept:
        if int(folder.parent.name) >= 15 and (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    assert found, f"{name} of PostgreSQL 15 or later is needed for the integration tests"
    return found


class PostgresServer:
    """A throw-away server: nothing is synced to disk, and it listens on its own socket only."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callcenter-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses root

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C.UTF-8")
        self.come_back()

    def go_away(self) -> None:
        """As a server does whose machine is rebooted: connections end, new ones are refused."""
        self._run("pg_ctl", "stop", "--wait", "-m", "fast")

    def come_back(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "start", "--wait", "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "-m", "immediate")
        shutil.rmtree(self.folder)

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(
            user="postgres", database="postgres", host=str(self.folder)
        )
        await connection.execute(statement)
        await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [_binary(program), "-D", str(self.folder / "data"), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
        )


class Templates:
    """What tests copy, made when the first of them asks."""

    def __init__(self, folder: Path) -> None:
        self._sqlite = folder / "template.db"
        self._server: PostgresServer | None = None

    async def sqlite(self) -> Path:
        if not self._sqlite.exists():
            await _migrate(f"sqlite:///{self._sqlite}")
        return self._sqlite

    async def postgresql(self) -> PostgresServer:
        """A running server with a migrated database named ``template``."""
        if self._server is None:
            self._server = PostgresServer()
            await asyncio.to_thread(self._server.start)
            await self._server.execute("CREATE DATABASE template")
            await _migrate(self._server.url("template"))
        return self._server

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    templates = Templates(tmp_path_factory.mktemp("databases"))
    yield templates
    templates.close()


@pytest_asyncio.fixture(
    loop_scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)],
)
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, database_templates: Templates
) -> AsyncIterator[Database]:
    """Migrated, with the default tiers, queues, roles and rules; nothing else in it."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(await database_templates.sqlite(), path)
        opened = Database(f"sqlite:///{path}")
    else:
        server = await database_templates.postgresql()
        name = f"test_{uuid4().hex}"
        await server.execute(f"CREATE DATABASE {name} TEMPLATE template")
        opened = Database(server.url(name))
    yield opened
    await opened.close()
