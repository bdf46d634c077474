"""Who is at their screens: the sockets of each user, and what their coming and going means.

A screen that was let in can be signed out; from its greeting on it is told everything, and its
agent is signed in. A screen has a lease: every frame of it (the page pings every three seconds)
is a sign of life. One that is silent for the lease is closed, whatever its socket says: behind it
may be a closed lid. When none of a user's screens gave a sign of life for the lease, be they
silent or gone, their agent has vanished; a reload is not a vanished agent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import ServiceError
from callcenter.services.phone_holders import Page
from callcenter.web.context import Agents, Holders
from callcenter.web.messages import CLOSE_SILENT, Hello
from callcenter.web.screen import Screen

log = structlog.get_logger(__name__)

CLOSE_GOING_AWAY = 1001


class Attendance:
    """`screens` are those that greeted, by user; it holds no user without a screen."""

    def __init__(self, agents: Agents, holders: Holders, clock: Clock, lease_s: float) -> None:
        self._agents = agents
        self._holders = holders
        self._clock = clock
        self._lease_s = lease_s
        self._leases: dict[Screen, Timer] = {}
        self._vanishing: dict[UUID, Timer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._admitted: set[Screen] = set()
        self.screens: dict[UUID, set[Screen]] = {}
        self.silent = 0  # screens that were closed for it

    def count(self) -> int:
        return sum(map(len, self.screens.values()))

    def admit(self, screen: Screen) -> None:
        self._admitted.add(screen)

    def join(self, screen: Screen, hello: Hello) -> None:
        user_id = screen.session.user.id
        self.screens.setdefault(user_id, set()).add(screen)
        vanishing = self._vanishing.pop(user_id, None)
        if vanishing is not None:
            vanishing.cancel()
        screen.heard_at = self._clock.now()
        self._watch(screen, self._lease_s)
        page = Page(hello.screen, hello.device, hello.device_name)
        self._holders.came(user_id, screen, page, hello.legs)
        self._do(self._sign_in(screen))

    def heard(self, screen: Screen) -> None:
        """A frame of it came."""
        screen.heard_at = self._clock.now()

    def leave(self, screen: Screen) -> None:
        """Also for a screen that never joined, or left already."""
        self._admitted.discard(screen)
        user_id = screen.session.user.id
        screens = self.screens.get(user_id)
        if screens is None or screen not in screens:
            return
        screens.remove(screen)
        self._leases.pop(screen).cancel()
        self._holders.left(user_id, screen, by_itself=screen.left_by_itself)
        if not screens:
            del self.screens[user_id]
            self._vanishing[user_id] = self._clock.call_later(
                self._left_s(screen.heard_at), lambda: self._vanished(user_id)
            )

    def end(self, user_id: UUID) -> None:
        """The user signed out: so do all screens of theirs."""
        for screen in self._admitted:
            if screen.session.user.id == user_id:
                screen.sign_out("signed out")

    def dismiss(self, reason: str) -> None:
        """Every screen: the server goes on, this house does not."""
        for screen in self._admitted:
            screen.outbox.close(CLOSE_GOING_AWAY, reason)

    def close(self) -> None:
        for timer in (*self._vanishing.values(), *self._leases.values()):
            timer.cancel()
        for task in self._tasks:
            task.cancel()

    def _left_s(self, heard_at: datetime) -> float:
        """What is left of the lease."""
        return self._lease_s - (self._clock.now() - heard_at).total_seconds()

    def _watch(self, screen: Screen, seconds: float) -> None:
        self._leases[screen] = self._clock.call_later(seconds, lambda: self._lease_over(screen))

    def _lease_over(self, screen: Screen) -> None:
        left_s = self._left_s(screen.heard_at)
        if left_s > 0:
            self._watch(screen, left_s)
            return
        self.silent += 1
        log.info("screen_silent", user=screen.session.user.login)
        self.leave(screen)  # at once: a silent socket does not say goodbye
        screen.outbox.close(CLOSE_SILENT, "silent: come back and resume")

    async def _sign_in(self, screen: Screen) -> None:
        try:
            await self._agents.sign_in(screen.session.user.id)
        except ServiceError as error:
            log.warning("agent_sign_in_failed", user=screen.session.user.login, why=error.message)

    def _vanished(self, user_id: UUID) -> None:
        del self._vanishing[user_id]
        self._do(self._agents.vanished(user_id))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("attendance_failed", exc_info=error)
