"""Whether who sits at a screen still may: looked up again and again while the screen is open.

A user who was deactivated loses the screen, one whose role was changed gives orders by the new
one. No order waits for this: while the database is away the last answer holds, so that an agent
can still hang up. Nor does any of it take an agent from a caller: whose session expired, and who
was deactivated, keeps the screen until the call and the work after it are over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from callcenter.services.auth import RECHECK, Unauthenticated
from callcenter.services.clock import Clock, Timer
from callcenter.web.context import Sessions
from callcenter.web.screen import Screen

log = structlog.get_logger(__name__)

PATIENCE_S = 2.0
AGAIN_S = 5.0  # how often it is looked whether a call is over


class Standing:
    """Of one screen, from `start` to `stop`. `busy`: with a call, or the work after it."""

    def __init__(
        self, auth: Sessions, clock: Clock, screen: Screen, busy: Callable[[UUID], bool]
    ) -> None:
        self._auth = auth
        self._clock = clock
        self._screen = screen
        self._busy = busy
        left_s = (screen.session.expires_at - clock.now()).total_seconds()
        self._expiry = clock.call_later(left_s, self._expired)
        self._stopped = False
        self._next: Timer | None = None
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look at once: the session may have ended while the handshake was under way."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """A read that is under way is let finish: broken off, it would cost its connection."""
        self._stopped = True
        self._expiry.cancel()
        if self._next is not None:
            self._next.cancel()
        if self._looking is not None:
            await asyncio.wait([self._looking], timeout=PATIENCE_S)
            self._looking.cancel()

    def _expired(self) -> None:
        if self._is_busy():
            self._expiry = self._clock.call_later(AGAIN_S, self._expired)
        else:
            self._screen.sign_out("session expired")

    async def _look(self) -> None:
        again_s = RECHECK.total_seconds()
        try:
            self._screen.session = await self._auth.renewed(self._screen.session)
        except Unauthenticated:
            if not self._is_busy():
                self._screen.sign_out("signed out")
                return
            again_s = AGAIN_S
        except Exception:  # the database, whatever its driver raises: the last answer holds
            log.exception("standing_unknown", user=self._screen.session.user.login)
        if not self._stopped:
            self._next = self._clock.call_later(again_s, self.start)

    def _is_busy(self) -> bool:
        return self._busy(self._screen.session.user.id)
