"""A request with an idempotency key has one effect, however often it is sent.

The first to come claims the key in the database, does its work and leaves the answer there; a
repetition gets that answer. A repetition that arrives meanwhile waits for the first. When a
request ended without our knowing how (a crash, a deadline of the switch), the key stays claimed
and says so: a person must look before it is done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from callcenter.services.clock import Clock
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound, NotYet
from callcenter.store.database import Database
from callcenter.store.queries import idempotency

KEPT = timedelta(days=1)
Answer = dict[str, Any]
Effect = Callable[[], Awaitable[Answer]]

_NOTHING_HAPPENED = (Invalid, Forbidden, NotFound, Conflict, NotYet)
"""Raised before the first commit of an effect, never after it."""


class Once:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._running: dict[tuple[UUID, str], tuple[str, asyncio.Task[Answer]]] = {}

    async def run(
        self, actor_id: UUID, key: str, request: str, effect: Effect, *, repeatable: bool = False
    ) -> Answer:
        """What `effect` answers (JSON values only), done once per actor and key.

        `request` describes what is asked; the same key for something else raises Conflict, as does
        a key whose outcome nobody knows. What the effect itself raises is raised to everybody who
        waits; a refusal frees the key. `repeatable`: doing it again changes nothing, so where
        nobody knows the outcome it is done again.
        """
        slot = (actor_id, key)
        asked, running = self._running.get(slot, (request, None))
        if asked != request:
            raise _reused()
        if running is None:
            running = asyncio.create_task(self._first(actor_id, key, request, effect, repeatable))
            self._running[slot] = (request, running)
            running.add_done_callback(lambda task: self._finished(slot, task))
        # A client that hangs up does not undo what it asked for.
        return await asyncio.shield(running)

    def _finished(self, slot: tuple[UUID, str], task: asyncio.Task[Answer]) -> None:
        del self._running[slot]
        if not task.cancelled():
            task.exception()  # seen, even when everybody who waited has hung up

    async def _first(
        self, actor_id: UUID, key: str, request: str, effect: Effect, repeatable: bool
    ) -> Answer:
        stored = await self._claim(actor_id, key, request)
        if stored is not None and not (repeatable and stored == {"request": request}):
            return _repeat(stored, request)
        try:
            answer = await effect()
        except _NOTHING_HAPPENED:
            async with self._database.begin() as connection:
                await idempotency.remove(connection, actor_id, key)
            raise
        async with self._database.begin() as connection:
            done = {"request": request, "answer": answer}
            await idempotency.replace(connection, actor_id, key, done)
        return answer

    async def _claim(self, actor_id: UUID, key: str, request: str) -> dict[str, Any] | None:
        """None when the key is ours now; otherwise what is stored under it."""
        now = self._clock.now()
        try:
            async with self._database.begin() as connection:
                await idempotency.forget_before(connection, now - KEPT)
                stored = await idempotency.find(connection, actor_id, key)
                if stored is None:
                    await idempotency.insert(connection, actor_id, key, {"request": request}, now)
                return stored
        except IntegrityError:  # another process was faster by a moment
            raise _unknown() from None


def _repeat(stored: dict[str, Any], request: str) -> Answer:
    if stored["request"] != request:
        raise _reused()
    if "answer" not in stored:
        raise _unknown()
    answer: Answer = stored["answer"]
    return answer


def _reused() -> Conflict:
    return Conflict("key_reused", "This idempotency key was used for another request.")


def _unknown() -> Conflict:
    return Conflict(
        "outcome_unknown",
        "This request was sent before and how it ended is not known: look before repeating it.",
    )
