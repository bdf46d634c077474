"""Who calls, when memory did not know at once: asked in the background, told to the live branch.

Also keeps what a person chose on the screen current: the directory says which customers changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.directory import Directory
from callcenter.services.live import Live

log = structlog.get_logger(__name__)

AT_ONCE = 8  # look-ups under way: a flood of strangers waits its turn
RETRY_S = 2.0
ATTEMPTS = 5


class LookUps:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._live: Live | None = None

    def tell(self, live: Live) -> None:
        self._live = live
        self._directory.subscribe(self._changed)

    def ask(self, call_id: UUID, raw: str, name: str) -> None:
        self._start(self._look_up(call_id, raw, name))

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look_up(self, call_id: UUID, raw: str, name: str) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._gate:
                    caller = await self._directory.look_up(raw, name)
            except (SQLAlchemyError, OSError) as error:
                log.warning("caller_not_looked_up", attempt=attempt, problem=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            if self._live is not None:
                self._live.caller_known(call_id, caller)
            return

    def _changed(self, numbers: frozenset[str], party_ids: frozenset[UUID]) -> None:
        if self._live is None:
            return
        self._live.callers_changed(numbers)
        for call in self._live.chosen(party_ids):
            if call.chosen_party is not None:
                self._start(self._refresh_chosen(call.id, call.chosen_party))

    async def _refresh_chosen(self, call_id: UUID, party_id: UUID) -> None:
        card = await self._directory.card(party_id)
        call = self._live.call(call_id) if self._live else None
        if self._live and call and card and call.chosen_party == party_id:
            self._live.customer_chosen(call_id, party_id, replace(call.caller, card=card))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
