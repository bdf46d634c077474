"""Who is at their screens: the sockets of each user, and what their coming and going means.

A screen that was let in can be signed out; from its greeting on it is told everything, and its
agent is signed in. When a user's last screen goes and none comes back in time (a reload is not a
vanished agent), their agent has vanished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import structlog

from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import ServiceError
from callcenter.web.context import Agents
from callcenter.web.screen import Screen

log = structlog.get_logger(__name__)


class Attendance:
    """`screens` are those that greeted, by user; it holds no user without a screen."""

    def __init__(self, agents: Agents, clock: Clock, vanish_after_s: float) -> None:
        self._agents = agents
        self._clock = clock
        self._vanish_after_s = vanish_after_s
        self._vanishing: dict[UUID, Timer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._admitted: set[Screen] = set()
        self.screens: dict[UUID, set[Screen]] = {}

    def count(self) -> int:
        return sum(map(len, self.screens.values()))

    def admit(self, screen: Screen) -> None:
        self._admitted.add(screen)

    def join(self, screen: Screen) -> None:
        user_id = screen.session.user.id
        self.screens.setdefault(user_id, set()).add(screen)
        vanishing = self._vanishing.pop(user_id, None)
        if vanishing is not None:
            vanishing.cancel()
        self._do(self._sign_in(screen))

    def leave(self, screen: Screen) -> None:
        """Also for a screen that never joined."""
        self._admitted.discard(screen)
        user_id = screen.session.user.id
        screens = self.screens.get(user_id)
        if screens is None or screen not in screens:
            return
        screens.remove(screen)
        if screens:
            return
        del self.screens[user_id]
        self._vanishing[user_id] = self._clock.call_later(
            self._vanish_after_s, lambda: self._vanished(user_id)
        )

    def end(self, user_id: UUID) -> None:
        """The user signed out: so do all screens of theirs."""
        for screen in self._admitted:
            if screen.session.user.id == user_id:
                screen.sign_out("signed out")

    def close(self) -> None:
        for timer in self._vanishing.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()

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
