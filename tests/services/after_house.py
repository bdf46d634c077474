"""What follows calls, on a real database and call log, with the desks of a faked world beside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from callcenter.domain.permissions import Actor
from callcenter.services.after_calls import AfterCalls
from callcenter.services.call_changes import CallChanges
from callcenter.services.calls import Calls
from callcenter.services.views import ChangedView
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.tables import role
from tests.feed_scenarios import World
from tests.services.changing import after_calls
from tests.services.log_house import LogHouse, Story, opened, two_agents


class Afterwards:
    """`lina` and `zhang` take the support queue's calls; the clocks of log and services are one."""

    def __init__(self, log: LogHouse, agent_role: dict[str, Any]) -> None:
        self.log = log
        self.world = World()
        self.clock = self.world.clock
        self.database = log.database
        self.behind = False  # the log does not catch up any more
        self.changes = CallChanges(
            live=self.world.live,
            directory=log.directory,
            clock=self.clock,
            caught_up=self._caught_up,
        )
        self.after: AfterCalls = after_calls(
            log.database, log.directory, self.world, self.changes, roster=log.roster
        )
        log.news.subscribe(self.after.logged)
        self.calls = Calls(
            database=log.database,
            directory=log.directory,
            roster=log.roster,
            clock=self.clock,
            changes=self.changes,
        )
        self._role = agent_role

    async def _caught_up(self) -> None:
        if self.behind:
            raise TimeoutError  # as when the deadline is over
        await self.log.log.caught_up()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def later(self, **delta: float) -> datetime:
        return self.now + timedelta(**delta)

    def agent(self, login: str = "lina", **permissions: dict[str, str]) -> Actor:
        return Actor(self.log.agents[login], permissions=self._role | permissions)

    def changed(self, what: str) -> list[frozenset[UUID] | None]:
        """Who has been told that this changed; forgets it."""
        told = [
            message.audience
            for message in self.world.messages
            if isinstance(message.data, ChangedView) and message.data.what == what
        ]
        self.world.messages.clear()
        return told

    async def call(self, uniqueid: str, caller: str = "+8613800138000", **story: Any) -> UUID:
        """A finished call of support that lina had."""
        told = Story(uniqueid, caller, **story).arrives().waits().talks().ends()
        await self.log.tell(told.events)
        return told.id

    async def row(self, table: str, id_: UUID) -> Any:
        wanted = tables.metadata.tables[table]
        async with self.database.read() as connection:
            return (await connection.execute(select(wanted).where(wanted.c.id == id_))).one()

    async def rows(self, table: str) -> Any:
        async with self.database.read() as connection:
            return (await connection.execute(select(tables.metadata.tables[table]))).all()

    async def set(self, table: str, id_: UUID, **values: Any) -> None:
        changed = tables.metadata.tables[table]
        async with self.database.begin() as connection:
            await connection.execute(update(changed).where(changed.c.id == id_).values(**values))


@asynccontextmanager
async def afterwards(database: Database, journal: Path) -> AsyncIterator[Afterwards]:
    agents = await two_agents(database)
    async with database.read() as connection:
        query = select(role.c.permissions).where(role.c.id == default_id("role", "agent"))
        agent_role = (await connection.execute(query)).scalar_one()
    async with opened(database, journal) as log:
        log.agents = agents
        yield Afterwards(log, agent_role)
