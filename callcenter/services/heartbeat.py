"""Tells the switch each second that the routing server lives: ``CRM_ALIVE=<epoch>``.

The dialplan asks us only while that is fresh, by the switch's clock; so it is the switch's clock
that is written, asked for with each beat, and ours may be wrong without a caller noticing.

The beat is given by the very loop that serves the question, and only when a question of its own was
answered quickly: a server that is frozen, or so slow that callers would wait for it, falls silent,
and callers go their way without it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from telephony.switch import Switch, SwitchError

log = structlog.get_logger(__name__)

GLOBAL = "CRM_ALIVE"
PERIOD_S = 1.0
LATE_S = 0.4  # a turn of the loop or an answer slower than this is not alive


class Heartbeat:
    def __init__(self, switch: Switch, ask: Callable[[], Awaitable[object]]) -> None:
        self._switch = switch
        self._ask = ask  # what a caller would be asked, without the wire
        self._task: asyncio.Task[None] | None = None
        self.skipped = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            if self._switch.connected:
                await self.beat()
            before = time.monotonic()
            await asyncio.sleep(PERIOD_S)
            late = time.monotonic() - before - PERIOD_S
            if late > LATE_S:
                self.skipped += 1
                log.warning("loop_was_late", seconds=round(late, 3))
                await asyncio.sleep(0)  # what waited meanwhile goes first

    async def beat(self) -> None:
        """One beat, unless answering takes too long."""
        try:
            async with asyncio.timeout(LATE_S):
                await self._ask()
            await self._switch.set_global(GLOBAL, str(int(await self._switch.time())))
        except TimeoutError:
            self.skipped += 1
            log.warning("heartbeat_skipped", reason="answering a caller takes too long")
        except SwitchError as error:
            self.skipped += 1
            log.warning("heartbeat_skipped", reason=str(error))
