"""The composition root: builds every part, wires them, starts and stops them in order.

The only owner of the loop and of Twisted's reactor. Nothing happens on import.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog
import uvloop
from twisted.internet.error import CannotListenError

from callcenter.building.web_floor import WebFloor
from callcenter.practice import Inside, PracticeRoom, PracticeSessions
from callcenter.services.agents import ABSENT_S
from callcenter.services.left_open import signed_in_still
from callcenter.settings import Settings, SettingsError, wrong_value

log = structlog.get_logger(__name__)

WARM = 50_000  # numbers in memory before anybody calls


class PortTaken(Exception):
    """Another program listens there; the message says where and what to set."""


def cannot_listen(
    section: str, host: str, ports: int | str, error: OSError, remedy: str
) -> PortTaken | SettingsError:
    """What to raise: it is the host, for good, or the port, which may be free again later."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        expected = "an address of this machine, like 127.0.0.1"
        return SettingsError(wrong_value(f"{section}.host", host, expected))
    reason = os.strerror(error.errno or 0)
    return PortTaken(f"{host}:{ports} cannot be listened on ({reason}): {remedy}")


class Application(WebFloor):
    """Everything, wired. Built and started once."""

    def __init__(
        self,
        settings: Settings,
        sessions: PracticeSessions | None = None,
        inside: Inside | None = None,
    ) -> None:
        """Opens the journal: InboxBusy when another process works in the same `paths.var`.

        With `sessions` and `inside` it is the house of a practice room: it has no port of its own.
        """
        super().__init__(settings, sessions, inside, Application)
        self._is_practice = sessions is not None
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[object]] = set()
        self.fastagi_port = 0
        self._wire()

    def _wire(self) -> None:
        """Who hears what the switch tells, in this order."""
        complete = self.own_dials.complete
        self.switch.subscribe(lambda event: self.live.on_event(complete(event)))
        self.switch.subscribe(lambda event: self.outside_calls.on_event(complete(event)))
        self.switch.subscribe(self.holders.on_event)
        self.switch.subscribe(self.lost_pages.on_event)
        self.switch.subscribe(self.membership.on_event)
        for house, mirror in zip(self.houses, self.mirrors, strict=True):
            house.switch.subscribe(mirror.on_event)
        log_of = {house.pbx: house.call_log for house in self.houses}
        self.switch.subscribe(lambda event: log_of[event.pbx].on_event(complete(event)))
        self.switch.subscribe(self.recordings.on_event)
        self.switch.subscribe(self.recording_times.on_event)
        self.switch.subscribe(self.quality.on_event)
        self.switch.subscribe(self.health.on_event)
        for recovery in self.recoveries.values():
            self.switch.subscribe(recovery.on_event)

    # --- running ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring the database up to date, then open the doors: log, routing, screens, switch.

        Needs Twisted's reactor on the running loop. Raises PortTaken, and what a database raises
        that is not there; then everything is stopped again.
        """
        async with AsyncExitStack() as stack:
            stack.callback(self.houses.close)
            stack.callback(self.auth.close)
            stack.push_async_callback(self.database.close)
            await self.database.migrate()
            await self.reloading.load()
            first = self.houses.first
            for house in self.houses:
                stack.push_async_callback(house.lease.stop)  # last: when all is in the log
            first.lease.start()
            await first.lease.until_held()  # until then another process serves the desks
            for house in self.houses:
                stack.push_async_callback(house.call_log.stop)
                await house.call_log.start()
            await self._recall()
            stack.push_async_callback(self.look_ups.stop)
            stack.push_async_callback(self.membership.stop)
            stack.push_async_callback(self.fastagi.stop)
            stack.push_async_callback(self.web.stop)
            stack.push_async_callback(self.lost_pages.stop)
            stack.callback(self.holders.stop)  # first: screens then go because we do
            if isinstance(self.practice, PracticeRoom):
                stack.push_async_callback(self.practice.close)
            await self._listen()
            stack.push_async_callback(self.stop_recordings)
            self.start_recordings()
            stack.push_async_callback(self.recordings.stop)
            stack.push_async_callback(self.stop_truth)
            self.start_truth()
            for house in self.houses:
                if house is not first:
                    house.lease.start()
                stack.push_async_callback(house.stop)
                await house.start()
            for heartbeat in self.heartbeats:
                stack.push_async_callback(heartbeat.stop)
                heartbeat.start()
            for mirror in self.mirrors:
                stack.push_async_callback(mirror.stop)
                mirror.start()
            stack.push_async_callback(self.after.due.stop)
            self.after.due.start()
            stack.push_async_callback(self.cost_watch.stop)
            self.cost_watch.start()
            stack.push_async_callback(self.reloading.stop)
            self.reloading.start()
            stack.callback(self.collector.stop)
            stack.push_async_callback(self._stop_tasks)
            self._in_background(self._warm_up())
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """The other way round: first nothing new comes in, last what came is committed."""
        await self._stack.aclose()

    async def _listen(self) -> None:
        fastagi, http = self.settings.fastagi, self.settings.http
        try:
            self.fastagi_port = await self.fastagi.start(fastagi.host, fastagi.port)
        except CannotListenError as error:
            remedy = "is it taken? Set another fastagi.port"
            reason = error.socketError
            raise cannot_listen("fastagi", fastagi.host, fastagi.port, reason, remedy) from None
        if self._is_practice:
            self.gateway.open()
            return
        gateway_port = http.gateway_port or (http.port and http.port + 1)
        ports = f"{http.port} or {gateway_port}"
        try:
            await self.web.start(http.host, http.port, gateway_port)
        except OSError as error:
            remedy = "choose another port with HTTP_PORT=…"
            raise cannot_listen("http", http.host, ports, error, remedy) from None

    async def _recall(self) -> None:
        """Agents outlive us; so do calls (`PbxHouse`)."""
        await self.call_log.caught_up()  # with what a former run left in the journal
        now = self.clock.now()
        seen_at = self.call_log.former_run_until or now
        self.agents.restore(
            await signed_in_still(self.database, self.roster, seen_at, now, ABSENT_S)
        )

    async def _warm_up(self) -> None:
        await self.directory.warm(WARM)
        if not self._is_practice:  # the collector is the whole process's
            self.collector.start()

    def _in_background(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def run(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `serve(stopped)` on a loop of ours; SIGINT and SIGTERM set `stopped`."""

    async def go() -> None:
        from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

        loop = asyncio.get_running_loop()
        asyncioreactor.install(loop)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        await serve(stopped)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(go())


async def started(application: Application, stopped: asyncio.Event) -> bool:
    """Start it; False when `stopped` was set before it had: a start may wait for a database."""
    start = asyncio.create_task(application.start())
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if start.done():
        await start
        return True
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    return False


async def serve(settings: Settings, stopped: asyncio.Event) -> None:
    """The product, until `stopped` is set."""
    application = Application(settings)
    if not await started(application, stopped):
        return
    log.info("started", http=f"http://{settings.http.host}:{application.web.port}")
    try:
        await stopped.wait()
    finally:
        await application.stop()
        log.info("stopped")
