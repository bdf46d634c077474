"""Keeps the switch's own copy of who goes where: AstDB ``crm_tier/<digits>`` = ``queue,priority``.

The dialplan reads it when nobody answers its question. When the switch connects it is compared with
what the switch has (in the background, at an easy pace), and it is written through whenever
customers change. What fails is tried again; a number that is refused holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.clock import Clock, Timer
from telephony import events
from telephony.switch import Switch, SwitchError, SwitchUnavailable

log = structlog.get_logger(__name__)

FAMILY = "crm_tier"
PAUSE_S = 0.002  # between entries: at most 500 a second, so that calls are not kept waiting
UNCHANGED = 50  # so many that need no writing cost as much time as one that does
RETRY_S = 10.0
REFUSED_S = 600.0  # until a number that was refused is tried again, with all others


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
    def __init__(self, switch: Switch, routes: Routes, clock: Clock) -> None:
        self._switch = switch
        self._routes = routes
        self._clock = clock
        self._written: dict[str, str] = {}  # digits → value, as the switch has it
        self._changed: dict[str, None] = {}  # numbers to look at again
        self._complete = False
        self._again: Timer | None = None  # when something was refused
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
            self.refill()

    def refill(self) -> None:
        """Compare all anew: the switch may have lost them, or other rules apply."""
        self._again, self._complete = None, False
        self._wake.set()

    def numbers_changed(self, numbers: frozenset[str]) -> None:
        self._changed.update(dict.fromkeys(numbers))
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._switch.connected:
                continue  # SwitchConnected wakes us
            try:
                await self._catch_up()
            except (SwitchError, SQLAlchemyError, OSError) as error:
                log.warning("mirror_waits", reason=str(error), again_in_s=RETRY_S)
                self._clock.call_later(RETRY_S, self._wake.set)
            except Exception:  # a fault of ours must not end the mirror for ever
                log.exception("mirror_failed", again_in_s=RETRY_S)
                self._clock.call_later(RETRY_S, self._wake.set)

    async def _catch_up(self) -> None:
        if not self._complete:
            self._complete = True  # unless something asks anew meanwhile, or fails
            try:
                await self._fill()
            except BaseException:
                self._complete = False
                raise
        while self._changed:
            number = next(iter(self._changed))
            del self._changed[number]  # first: it may change again while it is written
            try:
                await self._write_through(number)
            except BaseException:
                self._changed[number] = None
                raise

    async def _fill(self) -> None:
        self._written = await self._switch.db_tree(FAMILY)
        gone = set(self._written)
        count = 0
        async for entry in self._routes.mirror():
            count += 1
            gone.discard(entry.digits)
            if count % UNCHANGED == 0:
                await asyncio.sleep(PAUSE_S)
            await self._put(entry)
        for digits in gone:
            await self._delete(digits)
        log.info("mirror_filled", numbers=count)

    async def _write_through(self, number: str) -> None:
        entry = await self._routes.mirror_of(number)
        if entry is not None:
            await self._put(entry)
        else:
            await self._delete(number.removeprefix("+"))

    async def _put(self, entry: Entry) -> None:
        value = f"{entry.queue},{entry.priority}"
        if self._written.get(entry.digits) != value:
            with self._refusals(entry.digits):
                await self._switch.db_put(FAMILY, entry.digits, value)
                self._written[entry.digits] = value
            await asyncio.sleep(PAUSE_S)

    async def _delete(self, digits: str) -> None:
        if digits in self._written:
            with self._refusals(digits):
                await self._switch.db_delete(FAMILY, digits)
                del self._written[digits]
            await asyncio.sleep(PAUSE_S)

    @contextmanager
    def _refusals(self, digits: str) -> Iterator[None]:
        """Goes on after a refusal; that the switch is not there is another matter."""
        try:
            yield
        except SwitchUnavailable:
            raise
        except SwitchError as error:
            log.warning("mirror_refused", digits=digits, reason=str(error))
            if self._again is None:
                self._again = self._clock.call_later(REFUSED_S, self.refill)
