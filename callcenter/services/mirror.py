"""Keeps the switch's own copy of who goes where: AstDB ``crm_tier/<digits>`` = ``queue,priority``.

The dialplan reads it when nobody answers its question. It is filled when the switch connects (in
the background, at an easy pace) and written through whenever customers change.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

import structlog

from telephony import events
from telephony.switch import Switch, SwitchError

log = structlog.get_logger(__name__)

FAMILY = "crm_tier"
PAUSE_S = 0.002  # between entries: at most 500 a second, so that calls are not kept waiting


class Entry(Protocol):
    @property
    def digits(self) -> str: ...

    @property
    def queue(self) -> str: ...

    @property
    def priority(self) -> int: ...


class Routes(Protocol):
    def mirror(self) -> AsyncIterator[Entry]: ...

    async def mirror_of(self, number: str) -> Entry | None:
        """The entry of one number (E.164); None when it is treated like an unknown one."""


class Mirror:
    def __init__(self, switch: Switch, routes: Routes) -> None:
        self._switch = switch
        self._routes = routes
        self._written: dict[str, str] = {}  # digits → value, as the switch has it from us
        self._changed: dict[str, None] = {}  # numbers to look at again
        self._complete = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def on_event(self, event: events.TelephonyEvent) -> None:
        if isinstance(event, events.SwitchConnected):
            self._complete = False
            self._wake.set()

    def numbers_changed(self, numbers: frozenset[str]) -> None:
        self._changed.update(dict.fromkeys(numbers))
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                if not self._complete:
                    await self._fill()
                    self._complete = True
                while self._changed:
                    number = next(iter(self._changed))
                    await self._write_through(number)
                    self._changed.pop(number, None)
            except SwitchError as error:  # again when it is back
                log.warning("mirror_waits_for_switch", reason=str(error))

    async def _fill(self) -> None:
        self._written, before = {}, self._written
        async for entry in self._routes.mirror():
            await self._put(entry)
        for digits in before.keys() - self._written.keys():
            await self._switch.db_delete(FAMILY, digits)
        log.info("mirror_filled", numbers=len(self._written))

    async def _write_through(self, number: str) -> None:
        digits = number.removeprefix("+")
        entry = await self._routes.mirror_of(number)
        if entry is not None:
            await self._put(entry)
        elif digits in self._written:
            await self._switch.db_delete(FAMILY, digits)
            del self._written[digits]

    async def _put(self, entry: Entry) -> None:
        value = f"{entry.queue},{entry.priority}"
        if self._written.get(entry.digits) != value:
            await self._switch.db_put(FAMILY, entry.digits, value)
            self._written[entry.digits] = value
            await asyncio.sleep(PAUSE_S)
