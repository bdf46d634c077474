"""A callback that falls due announces itself: a timer on the next, and word to whom it concerns.

What is due stands in the database; here is only the moment at which lists have to be read again.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.callbacks import Callbacks
from callcenter.services.clock import Clock
from callcenter.store.database import Database
from callcenter.store.queries import callbacks as queries

log = structlog.get_logger(__name__)

LONGEST_S: Final = 600.0
"""Looked at again after so long at the latest: a machine that slept wakes to another time."""

RETRY_S: Final = 5.0


class CallbacksDue:
    def __init__(self, database: Database, callbacks: Callbacks, clock: Clock) -> None:
        self._database = database
        self._callbacks = callbacks
        self._clock = clock
        self._told = clock.now()  # what was due by then has been announced, or was so at the start
        self.looks = 0  # times that the database was asked
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        callbacks.subscribe(self._wake.set)  # there may be another next one

    def start(self) -> None:
        self._told = self._clock.now()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                wait_s = await self._announce()
            except (SQLAlchemyError, OSError) as error:  # the database is away: later
                log.warning("callbacks_not_looked_at", reason=str(error))
                wait_s = RETRY_S
            timer = self._clock.call_later(wait_s, self._wake.set)
            try:
                await self._wake.wait()
            finally:
                timer.cancel()

    async def _announce(self) -> float:
        """Tell of those that fell due since the last look; seconds until the next one does."""
        now = self._clock.now()
        async with self._database.read() as connection:
            due = await queries.due_between(connection, self._told, now)
            following = await queries.next_due(connection, now)
        self._told = now
        self.looks += 1
        for one in due:
            self._callbacks.tell([one])
        if following is None:
            return LONGEST_S
        return min(LONGEST_S, (following - self._clock.now()).total_seconds())
