"""The practice room: a second house inside this process, on a simulated switch, with a database of
its own in a temporary folder. What is done there leaves no trace in the real one.

    POST /practice ─▶ simulator, house, seat ─▶ /practice/, /practice/api/v1, /gateway/practice
    POST /practice/api/v1/practice/call ─▶ one of the seat's own customers calls

It is opened by the first who wants to practise, and closed when nothing has happened in it for
half an hour. Colleagues who answer by themselves are there to be consulted.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from callcenter.practice.inside import URL, House, Inside
from callcenter.practice.sessions import PracticeSessions
from callcenter.practice.switch import PracticeSwitch
from callcenter.services.auth import Auth, Session
from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import NotFound, Unavailable
from callcenter.settings import Settings
from callcenter.web.context import WebContext
from callcenter.web.gateway import PRACTICE_PATH, Gateway
from telephony.events import SwitchConnected, TelephonyEvent

log = structlog.get_logger(__name__)

IDLE_S: Final = 30 * 60.0
LOOK_S: Final = 60.0
CONNECTED_WITHIN_S: Final = 10.0

Build = Callable[[Settings, PracticeSessions, Inside], House]


@dataclass(frozen=True, slots=True)
class _Opened:
    house: House
    sessions: PracticeSessions
    stack: AsyncExitStack  # what closes it


class PracticeRoom:
    """`web.context.Practice` for who is in the real house."""

    def __init__(
        self,
        settings: Settings,
        auth: Auth,
        clock: Clock,
        build: Build,
        *,
        idle_s: float = IDLE_S,
    ) -> None:
        self._settings = settings
        self._auth = auth
        self._clock = clock
        self._build = build
        self._idle_s = idle_s
        self._gateway: Gateway | None = None
        self._room: _Opened | None = None
        self._lock = asyncio.Lock()
        self._used = clock.now()
        self._timer: Timer | None = None
        self._closing: asyncio.Task[None] | None = None
        auth.subscribe(self._signed_out)

    def by(self, gateway: Gateway) -> None:
        """The room's screens come by the real house's gateway."""
        self._gateway = gateway

    @property
    def is_open(self) -> bool:
        return self._room is not None

    async def open(self, session: Session) -> str:
        """Where this user practises. Raises Unavailable."""
        async with self._lock:
            room = self._room or await self._open()
            self._used = self._clock.now()
            await room.sessions.seated(session)
        return URL

    def inside(self) -> WebContext:
        """Raises NotFound while it is closed."""
        if self._room is None:
            raise NotFound("practice_over", "The practice room is closed.")
        return self._room.house.context

    async def call(self, user_id: UUID) -> None:
        raise NotFound("not_practising", "Practice calls come in the practice room only.")

    async def close(self) -> None:
        """Also when it was never opened; its screens are told that it is over."""
        async with self._lock:
            room, self._room = self._room, None
            if self._timer is not None:
                self._timer.cancel()
            if room is not None:
                await room.stack.aclose()
                log.info("practice_room_closed")

    # --- opening and closing -----------------------------------------------------------------

    async def _open(self) -> _Opened:
        try:
            async with AsyncExitStack() as stack:
                house, sessions = await self._start(stack)
                self._room = _Opened(house, sessions, stack.pop_all())
        except (OSError, TimeoutError) as error:
            log.error("practice_room_not_opened", problem=repr(error))
            raise Unavailable(
                "practice_unavailable", "The practice room could not be opened; try again."
            ) from error
        self._timer = self._clock.call_later(LOOK_S, self._look)
        log.info("practice_room_opened")
        return self._room

    async def _start(self, stack: AsyncExitStack) -> tuple[House, PracticeSessions]:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="callcenter-practice-"))
        stack.push_async_callback(asyncio.to_thread, shutil.rmtree, folder, ignore_errors=True)
        switch, sessions = PracticeSwitch(), PracticeSessions(self._auth)
        await switch.start()
        stack.push_async_callback(switch.stop)
        inside = Inside(switch, sessions)
        house = self._build(switch.settings(self._settings, folder), sessions, inside)
        connected = asyncio.Event()

        def listen(event: TelephonyEvent) -> None:
            if isinstance(event, SwitchConnected):
                connected.set()

        house.switch.subscribe(listen)
        await house.start()
        stack.push_async_callback(house.stop)
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            await connected.wait()
        await inside.furnish(house)
        house.context.feed.subscribe(lambda _message: self._touch())
        if self._gateway is not None:
            self._gateway.add_room(PRACTICE_PATH, house.gateway)
            stack.callback(self._gateway.remove_room, PRACTICE_PATH)
        return house, sessions

    def _touch(self) -> None:
        """Something happened on a desk in the room."""
        self._used = self._clock.now()

    def _look(self) -> None:
        idle_s = (self._clock.now() - self._used).total_seconds()
        if idle_s >= self._idle_s:
            self._closing = asyncio.create_task(self.close())
        else:
            self._timer = self._clock.call_later(LOOK_S, self._look)

    def _signed_out(self, user_id: UUID) -> None:
        if self._room is not None:
            self._room.sessions.ended(user_id)
