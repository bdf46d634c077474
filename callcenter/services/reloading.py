"""Users, queues, routing rules and what desks offer change meanwhile: read again every `EVERY_S`.

They are edited by other programs (`callcenter users`, an administrator's database), which tell
nobody. What they say is compared with what is in memory; only a difference is acted on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.roster import Roster
from callcenter.services.routing import Router
from callcenter.store.database import Database

log = structlog.get_logger(__name__)

EVERY_S = 15.0


class Reloading:
    """`seats_changed` and `rules_changed` are called after the roster, the router have changed,
    `look_at_desk` every time."""

    def __init__(
        self,
        database: Database,
        roster: Roster,
        router: Router,
        *,
        seats_changed: Callable[[], None],
        rules_changed: Callable[[], None],
        look_at_desk: Callable[[], Awaitable[None]],
        every_s: float = EVERY_S,
    ) -> None:
        self._database = database
        self._roster = roster
        self._router = router
        self._seats_changed = seats_changed
        self._rules_changed = rules_changed
        self._look_at_desk = look_at_desk
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Now. Raises what the database raises."""
        if await self._roster.load(self._database):
            log.info("roster_loaded", users=len(list(self._roster.seats())))
            self._seats_changed()
        if await self._router.load():
            log.info("routing_rules_loaded")
            self._rules_changed()
        await self._look_at_desk()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.load()
            except (SQLAlchemyError, OSError) as error:  # what we have stays good
                log.warning("not_reloaded", reason=str(error))
