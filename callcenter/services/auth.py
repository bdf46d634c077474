"""Signing in: argon2id, sessions by token, guesses throttled, everything audited.

A session token is 256 random bits; only its SHA-256 is stored. Verifying a password takes tens of
milliseconds and 64 MB on purpose, so it runs in threads of its own, two at a time: a flood of
guesses waits there and not on the loop that carries the calls.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor, Scope
from callcenter.services import prefs
from callcenter.services.clock import Clock
from callcenter.services.errors import ServiceError
from callcenter.services.records import UserView
from callcenter.services.throttle import Throttle
from callcenter.services.users import as_login
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import audit, sessions

log = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=12)  # a shift and its overtime; then sign in again
GRACE = timedelta(hours=4)  # no call and its wrap-up outlive their session for longer
RECHECK = timedelta(seconds=30)  # how long a deactivated user may go on
GUESSES_PER_LOGIN = 8
GUESSES_PER_ADDRESS = 40  # a whole office may sit behind one address
WINDOW_S = 300.0
_KNOWN = 10_000  # sessions kept in memory
_PAGES = (("health", "read"),)  # object and action of what a screen offers only to some


class Unauthenticated(ServiceError):
    """Not signed in (any more), or a wrong login or password."""


class Throttled(ServiceError):
    """Too many guesses; try again after `retry_after_s` whole seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "too_many_attempts", f"Too many attempts to sign in. Try again in {retry_after_s} s."
        )
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    user: UserView
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    session: Session


class Auth:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        hasher: PasswordHasher | None = None,
        *,
        busy: Callable[[UUID], bool] = lambda _: False,
    ) -> None:
        """`busy`: with a call, or with the work after it. Until that is over, an expired session
        is as good as new."""
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._busy = busy
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._by_login = Throttle(GUESSES_PER_LOGIN, WINDOW_S)
        self._by_address = Throttle(GUESSES_PER_ADDRESS, WINDOW_S)
        # What an unknown login is verified against, so that it takes as long as a known one.
        self._nobody = _hash_of_nothing(self._hasher)
        self._known: dict[str, tuple[Session, datetime]] = {}
        self._veil = secrets.token_bytes(32)
        self._changes = 0  # of sessions and users, by us
        self._listeners: list[Callable[[UUID], None]] = []
        self._prefs_listeners: list[Callable[[UUID], None]] = []

    def subscribe(self, ended: Callable[[UUID], None]) -> None:
        """`ended(user_id)` is called for every user who signs out."""
        self._listeners.append(ended)

    def subscribe_prefs(self, changed: Callable[[UUID], None]) -> None:
        """`changed(user_id)` is called, after the commit, for whoever set something anew."""
        self._prefs_listeners.append(changed)

    async def sign_in(self, login: str, password: str, ip: str) -> SignedIn:
        """A new session. Raises Unauthenticated or Throttled."""
        login = as_login(login)
        self._throttle(login, ip)
        async with self._database.read() as connection:
            row = await sessions.active_user(connection, login)
        if not await self._verify(row["password_hash"] if row else self._nobody, password) or (
            row is None
        ):
            await self._refuse(login, ip)
            raise Unauthenticated("bad_credentials", "The login or the password is wrong.")
        self._by_login.clear(login)
        self._by_address.forgive(ip)
        return await self._open(row, password, ip)

    async def session(self, token: str, ip: str) -> Session:
        """Whose token this is. Raises Unauthenticated."""
        now = self._clock.now()
        token_hash = _sha256(token)
        session, read_at = self._known.get(token_hash, (None, now))
        if session is None or now - read_at > RECHECK or session.expires_at <= now:
            session = await self._read(token_hash, now)
        if session is None:
            raise _signed_out()
        return replace(session, actor=replace(session.actor, ip=ip))

    async def renewed(self, session: Session) -> Session:
        """The same session as it is now, never from memory: for who stays connected for hours.

        Raises Unauthenticated when it was ended, has expired, or its user was deactivated.
        """
        now = self._clock.now()
        row = None
        if session.expires_at > now - GRACE:
            async with self._database.read() as connection:
                row = await sessions.live_session(connection, session.id, now - GRACE)
        if row is None or not self._holds(row["expires_at"], row["id"]):
            raise _signed_out()
        fresh = _session(row, session.id, row["expires_at"])
        return replace(fresh, actor=replace(fresh.actor, ip=session.actor.ip))

    async def sign_out(self, session: Session) -> None:
        """In every browser: an agent has one desk, and leaves it as a whole."""
        user_id = session.user.id
        async with self._database.begin() as connection:
            await sessions.close_sessions(connection, user_id)
            await self._audit(connection, session.actor, "session.sign_out", session.user.login)
        self._forget(user_id)
        for ended in self._listeners:
            ended(user_id)

    async def set_prefs(self, session: Session, changes: Mapping[str, Any]) -> UserView:
        """Change the user's own preferences: `changes` holds JSON values by name (validated by
        whoever calls); a name that is not in it stays as it was."""
        user = session.user
        rest = {name: value for name, value in changes.items() if name != "locale"}
        locale = changes.get("locale", user.locale)
        async with self._database.begin() as connection:
            stored = await sessions.lock_prefs(connection, user.id) | rest
            await sessions.set_prefs(connection, user.id, locale, stored)
        self._changes += 1
        self._known.clear()  # rare, and the user may have several sessions
        for changed in self._prefs_listeners:
            changed(user.id)
        return replace(user, locale=locale, theme=prefs.theme(stored), prefs=prefs.view(stored))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _throttle(self, login: str, ip: str) -> None:
        """Counts before it verifies, so that guesses made at the same time all count."""
        now = self._clock.now().timestamp()
        wait_s = max(self._by_login.wait_s(login, now), self._by_address.wait_s(ip, now))
        if wait_s > 0:
            log.warning("sign_in_throttled", login=self._veiled(login), ip=ip, wait_s=round(wait_s))
            raise Throttled(math.ceil(wait_s))
        self._by_login.count(login, now)
        self._by_address.count(ip, now)

    async def _verify(self, password_hash: str, password: str) -> bool:
        def verify() -> bool:
            try:
                return self._hasher.verify(password_hash, password)
            except (VerificationError, InvalidHashError):
                return False

        return await asyncio.get_running_loop().run_in_executor(self._threads, verify)

    async def _refuse(self, login: str, ip: str) -> None:
        actor = Actor(user_id=None, ip=ip)  # whoever it was
        async with self._database.begin() as connection:
            known = await sessions.login_exists(connection, login)
            name = login if known else self._veiled(login)
            await self._audit(connection, actor, "session.refused", name)

    def _veiled(self, login: str) -> str:
        """What is no login may be a password in the wrong field: it is told from others, not kept.
        The key is new at every start, so that nobody can try a dictionary on what is written."""
        return "?" + hashlib.blake2s(login.encode(), digest_size=6, key=self._veil).hexdigest()

    async def _open(self, row: RowMapping, password: str, ip: str) -> SignedIn:
        now = self._clock.now()
        token = secrets.token_urlsafe(32)
        session = _session(row, new_id(), now + LIFETIME)
        fresh_hash = await self._rehash(row["password_hash"], password)
        async with self._database.begin() as connection:
            await sessions.open_session(
                connection,
                session_id=session.id,
                user_id=session.user.id,
                token_hash=_sha256(token),
                now=now,
                expires_at=session.expires_at,
                sweep=now - GRACE,
                ip=ip,
            )
            if fresh_hash is not None:
                await sessions.set_password_hash(connection, session.user.id, fresh_hash)
            actor = replace(session.actor, ip=ip)
            await self._audit(connection, actor, "session.sign_in", session.user.login)
        return SignedIn(token, session)

    async def _rehash(self, password_hash: str, password: str) -> str | None:
        """The hash with today's parameters, when the stored one was made with weaker ones."""
        if not self._hasher.check_needs_rehash(password_hash):
            return None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def _read(self, token_hash: str, now: datetime) -> Session | None:
        changes = -1
        while changes != self._changes:  # what a sign-out overtook is out of date: read again
            changes = self._changes
            async with self._database.read() as connection:
                row = await sessions.live_session(connection, token_hash, now - GRACE)
        if row is None or not self._holds(row["expires_at"], row["id"]):
            self._known.pop(token_hash, None)
            return None
        session = _session(row, row["session_id"], row["expires_at"])
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[token_hash] = (session, now)
        return session

    def _holds(self, expires_at: datetime, user_id: UUID) -> bool:
        return expires_at > self._clock.now() or self._busy(user_id)

    def _forget(self, user_id: UUID) -> None:
        self._changes += 1
        self._known = {
            token_hash: (session, read_at)
            for token_hash, (session, read_at) in self._known.items()
            if session.user.id != user_id
        }

    async def _audit(
        self, connection: AsyncConnection, actor: Actor, action: str, login: str
    ) -> None:
        await audit.record(
            connection,
            at=self._clock.now(),
            actor=actor,
            action=action,
            object_="session",
            object_id=login,
        )


def _signed_out() -> Unauthenticated:
    return Unauthenticated("signed_out", "Sign in first.")


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """As `hasher` makes them, but of no password, and without the quarter of a second it takes."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = _noise(hasher.salt_len), _noise(hasher.hash_len)
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _noise(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: RowMapping, session_id: UUID, expires_at: datetime) -> Session:
    actor = Actor(
        user_id=row["id"],
        team_id=row["team_id"],
        team_path=row["team_path"] or "",
        permissions=row["permissions"],
    )
    user = UserView(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        extension=row["extension"] or "",
        locale=row["locale"],
        theme=prefs.theme(row["prefs"]),
        role=row["role"],
        prefs=prefs.view(row["prefs"]),
        may=tuple(".".join(page) for page in _PAGES if actor.scope(*page) is Scope.ALL),
    )
    return Session(session_id, user, actor, expires_at)
