"""Who practises: whoever is signed in next door, under the same cookie, with a seat of their own.

The real house says whose token it is, each time; here they are another user, with the rights of an
agent and only over what is in this room. Nothing is written next door: what they set for
themselves here is forgotten with the room, and leaving it signs nobody out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Protocol
from uuid import UUID

from callcenter.domain.permissions import Actor
from callcenter.services import prefs
from callcenter.services.auth import Session, SignedIn
from callcenter.services.errors import NotFound
from callcenter.services.records import UserView


class RealSessions(Protocol):
    async def session(self, token: str, ip: str) -> Session: ...

    async def renewed(self, session: Session) -> Session: ...


Seated = Callable[[UserView], Awaitable[str]]
"""Gives a user a seat, once; the extension of it. Raises ServiceError when there is none."""


class PracticeSessions:
    def __init__(self, real: RealSessions) -> None:
        self._real = real
        self._seat: Seated | None = None
        self._permissions: Mapping[str, Any] = {}
        self._set: dict[UUID, UserView] = {}  # what they set for themselves here
        self._listeners: list[Callable[[UUID], None]] = []
        self._prefs_listeners: list[Callable[[UUID], None]] = []
        self._lock = asyncio.Lock()

    def open(self, seat: Seated, permissions: Mapping[str, Any]) -> None:
        self._seat, self._permissions = seat, permissions

    def subscribe(self, ended: Callable[[UUID], None]) -> None:
        self._listeners.append(ended)

    def subscribe_prefs(self, changed: Callable[[UUID], None]) -> None:
        self._prefs_listeners.append(changed)

    def ended(self, user_id: UUID) -> None:
        """They signed out next door, or left here."""
        for listener in self._listeners:
            listener(user_id)

    async def session(self, token: str, ip: str) -> Session:
        return await self.seated(await self._real.session(token, ip))

    async def renewed(self, session: Session) -> Session:
        return await self.seated(await self._real.renewed(session))

    async def seated(self, real: Session) -> Session:
        """A real session, as it is here."""
        if self._seat is None:
            raise NotFound("practice_over", "The practice room is closed.")
        async with self._lock:
            extension = await self._seat(real.user)
        user = self._set.get(real.user.id, real.user)
        return replace(
            real,
            user=replace(user, extension=extension, role="agent"),
            actor=Actor(real.user.id, permissions=self._permissions, ip=real.actor.ip),
        )

    async def sign_in(self, login: str, password: str, ip: str) -> SignedIn:
        raise NotFound("not_found", "Nobody signs in here.")

    async def sign_out(self, session: Session) -> None:
        self.ended(session.user.id)

    async def set_prefs(self, session: Session, changes: Mapping[str, Any]) -> UserView:
        user = session.user
        stored = asdict(user.prefs) | {"theme": user.theme} | dict(changes)
        changed = replace(
            user,
            locale=changes.get("locale", user.locale),
            theme=prefs.theme(stored),
            prefs=prefs.view(stored),
        )
        self._set[user.id] = changed
        for listener in self._prefs_listeners:
            listener(user.id)
        return changed

    def close(self) -> None:
        """Nothing of its own to close."""
