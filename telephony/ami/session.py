"""Keeps one link to the manager alive: connect, synchronise, watch, wait, again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.link import CannotConnect, Link, open_link
from telephony.ami.protocol import OnEvent
from telephony.problems import Problem
from telephony.switch import SwitchError

log = structlog.get_logger(__name__)


class Session:
    """`link` is set exactly while logged in and synchronised.

    After each login `synchronise(link)` is awaited, which may raise SwitchError; then `link` is set
    and `on_ready(what it returned)` called. `on_event` may be called from the login on.
    `on_lost(problem)` is called once per problem while not connected.
    """

    def __init__(
        self,
        config: AmiConfig,
        stats: AmiStats,
        *,
        on_event: OnEvent,
        synchronise: Callable[[Link], Awaitable[str]],
        on_ready: Callable[[str], None],
        on_lost: Callable[[Problem], None],
    ) -> None:
        self.link: Link | None = None
        self.problem = Problem("not_connected_yet")
        self.synchronising = False  # logged in, and the state is being read
        self._config = config
        self._stats = stats
        self._on_event = on_event
        self._synchronise = synchronise
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._report())]

    async def stop(self) -> None:
        """Closes for good, also in the middle of connecting or of a back-off."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _run(self) -> None:
        first, longest = self._config.backoff_first_s, self._config.backoff_max_s
        delay, told = first, None
        while True:
            try:
                problem, delay, told = await self._connect_and_watch(), first, None
            except CannotConnect as error:
                self._stats.failed_connects += 1
                problem = error.problem
                delay = longest if error.lasting else delay
            except Exception as error:  # a fault of ours must not end the session for ever
                log.exception("switch_session_failed", pbx=self._config.pbx)
                problem, delay = Problem("internal", {"said": repr(error)}), longest
            self.problem = problem
            if problem != told:
                log.warning("switch_not_connected", pbx=self._config.pbx, reason=str(problem))
                self._on_lost(problem)
                told = problem
            await asyncio.sleep(delay)
            delay = min(delay * 2, longest)

    async def _connect_and_watch(self) -> Problem:
        """Why the connection ended that was established here."""
        config, stats = self._config, self._stats
        link = await open_link(config, self._on_event, stats)
        try:
            try:
                self.synchronising = True
                result = await self._synchronise(link)
            except SwitchError as error:
                raise CannotConnect(Problem("state_unread", {"said": str(error)})) from None
            stats.reconnects += stats.connects > 0
            stats.connects += 1
            self.link = link
            self._on_ready(result)
            ended = await link.watch()
            return ended.within("at", at=f"{config.host}:{config.port}")
        finally:
            self.synchronising = False
            self.link = None
            link.close()

    async def _report(self) -> None:
        """One line at a time when anything went wrong since the last."""
        before = self._stats.troubles()
        while True:
            await asyncio.sleep(self._config.report_every_s)
            now = self._stats.troubles()
            grown = {name: now[name] - before[name] for name in now if now[name] > before[name]}
            if grown:
                log.warning("switch_trouble", pbx=self._config.pbx, **grown)
            before = now
