"""Sign-in beneath HTTP: what is verified, what is throttled, what is rehashed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, cast
from uuid import UUID

import pytest
import pytest_asyncio
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from callcenter.services.auth import (
    GRACE,
    GUESSES_PER_ADDRESS,
    GUESSES_PER_LOGIN,
    LIFETIME,
    WINDOW_S,
    Auth,
    Throttled,
    Unauthenticated,
)
from callcenter.services.throttle import Throttle
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id
from callcenter.store.tables import audit, session, user
from tests.fakes import START, FakeClock

PASSWORD = "correct horse"


class CountingHasher(PasswordHasher):
    """Weak and quick; counts what it verifies, and notes what a wrong password cost."""

    def __init__(self, memory_cost: int = 8) -> None:
        super().__init__(time_cost=1, memory_cost=memory_cost, parallelism=1)
        self.verified = 0
        self.costs: list[Parameters] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.verified += 1
        try:
            return super().verify(hash, password)
        except VerifyMismatchError:  # computed to the end
            self.costs.append(extract_parameters(str(hash)))
            raise


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest_asyncio.fixture(loop_scope="session")
async def auth(database: Database, clock: FakeClock, hasher: CountingHasher) -> AsyncIterator[Auth]:
    opened = Auth(database, clock, hasher)
    yield opened
    opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def agent(database: Database, hasher: CountingHasher) -> UUID:
    user_id = new_id()
    async with database.begin() as connection:
        await connection.execute(
            user.insert().values(
                id=user_id,
                login="agent",
                name="Li Na",
                password_hash=hasher.hash(PASSWORD),
                role_id=default_id("role", "agent"),
                created_at=START,
            )
        )
    return user_id


async def test_a_session_knows_who_it_is(auth: Auth, agent: UUID) -> None:
    signed_in = await auth.sign_in(" AGENT ", PASSWORD, "10.0.0.1")
    found = await auth.session(signed_in.token, "10.0.0.2")
    assert found.user == signed_in.session.user
    assert (found.user.id, found.user.role, found.user.extension) == (agent, "agent", "")
    assert (found.actor.user_id, found.actor.ip) == (agent, "10.0.0.2")
    assert found.actor.scope("call", "update") == "own"


@pytest.mark.parametrize(
    ("role", "may"), [("agent", ()), ("supervisor", ()), ("admin", ("health.read",))]
)
async def test_a_screen_learns_which_pages_open_to_its_user(
    auth: Auth, agent: UUID, database: Database, role: str, may: tuple[str, ...]
) -> None:
    async with database.begin() as connection:
        await connection.execute(update(user).values(role_id=default_id("role", role)))
    signed_in = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    assert signed_in.session.user.may == may


async def test_an_unknown_login_is_verified_as_long_as_a_known_one(
    auth: Auth, agent: UUID, hasher: CountingHasher
) -> None:
    for login in ("agent", "nobody"):
        with pytest.raises(Unauthenticated):
            await auth.sign_in(login, "guess", "10.0.0.1")
    assert hasher.costs[0] == hasher.costs[1]


async def test_guesses_made_at_the_same_time_all_count(
    auth: Auth, agent: UUID, hasher: CountingHasher
) -> None:
    guesses = [auth.sign_in("agent", "guess", f"10.0.0.{each}") for each in range(30)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    throttled = [each for each in outcomes if isinstance(each, Throttled)]
    assert len(throttled) == 30 - GUESSES_PER_LOGIN
    assert hasher.verified == GUESSES_PER_LOGIN


async def test_an_address_that_tries_many_logins_is_throttled(auth: Auth, agent: UUID) -> None:
    for each in range(GUESSES_PER_ADDRESS):
        with pytest.raises(Unauthenticated):
            await auth.sign_in(f"user{each}", "guess", "10.0.0.1")
    with pytest.raises(Throttled) as refused:
        await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    assert refused.value.retry_after_s == WINDOW_S
    await auth.sign_in("agent", PASSWORD, "10.0.0.2")


async def test_signing_in_for_real_does_not_use_up_guesses(auth: Auth, agent: UUID) -> None:
    for _ in range(GUESSES_PER_ADDRESS + 1):
        await auth.sign_in("agent", PASSWORD, "10.0.0.1")


async def test_a_hash_of_weaker_parameters_is_renewed(
    database: Database, clock: FakeClock, auth: Auth, agent: UUID
) -> None:
    stronger = Auth(database, clock, CountingHasher(memory_cost=16))
    await stronger.sign_in("agent", PASSWORD, "10.0.0.1")
    async with database.read() as connection:
        renewed = (await connection.execute(select(user.c.password_hash))).scalar_one()
    assert "m=16," in renewed
    await stronger.sign_in("agent", PASSWORD, "10.0.0.1")
    stronger.close()


async def test_a_deactivated_user_cannot_sign_in(
    auth: Auth, agent: UUID, database: Database
) -> None:
    async with database.begin() as connection:
        await connection.execute(update(user).values(active=False))
    with pytest.raises(Unauthenticated):
        await auth.sign_in("agent", PASSWORD, "10.0.0.1")


async def test_expired_sessions_are_swept(
    auth: Auth, agent: UUID, clock: FakeClock, database: Database
) -> None:
    old = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    clock.advance(LIFETIME.total_seconds())
    with pytest.raises(Unauthenticated):
        await auth.session(old.token, "10.0.0.1")
    clock.advance(GRACE.total_seconds())
    new = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    async with database.read() as connection:
        kept = (await connection.execute(select(session.c.id))).scalars().all()
    assert kept == [new.session.id]


async def test_the_session_of_somebody_with_a_call_holds_until_that_is_over(
    agent: UUID, clock: FakeClock, database: Database
) -> None:
    busy = {agent}
    auth = Auth(database, clock, CountingHasher(), busy=busy.__contains__)
    signed_in = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    clock.advance(LIFETIME.total_seconds() + 60)
    await auth.sign_in("agent", PASSWORD, "10.0.0.2")  # sweeps what is too old
    assert (await auth.session(signed_in.token, "10.0.0.1")).user.login == "agent"
    assert (await auth.renewed(signed_in.session)).user.login == "agent"
    busy.clear()
    with pytest.raises(Unauthenticated):
        await auth.session(signed_in.token, "10.0.0.1")
    with pytest.raises(Unauthenticated):
        await auth.renewed(signed_in.session)
    busy.add(agent)
    clock.advance(GRACE.total_seconds())
    with pytest.raises(Unauthenticated):
        await auth.session(signed_in.token, "10.0.0.1")
    auth.close()


async def test_sign_ins_and_refusals_are_audited(
    auth: Auth, agent: UUID, database: Database
) -> None:
    signed_in = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    with pytest.raises(Unauthenticated):
        await auth.sign_in("agent", "guess", "10.0.0.9")
    with pytest.raises(Unauthenticated):
        await auth.sign_in("nobody", "guess", "10.0.0.9")
    await auth.sign_out(signed_in.session)
    async with database.begin() as connection:
        await connection.execute(update(user).values(active=False))
    with pytest.raises(Unauthenticated):
        await auth.sign_in("agent", PASSWORD, "10.0.0.9")
    async with database.read() as connection:
        rows = await connection.execute(
            select(audit.c.action, audit.c.actor_id, audit.c.object_id, audit.c.ip).order_by(
                audit.c.seq
            )
        )
        written = [tuple(row) for row in rows]
        unknown = written[2][2]
        assert written == [
            ("session.sign_in", agent, "agent", "10.0.0.1"),
            ("session.refused", None, "agent", "10.0.0.9"),
            ("session.refused", None, unknown, "10.0.0.9"),
            ("session.sign_out", agent, "agent", ""),
            ("session.refused", None, "agent", "10.0.0.9"),  # deactivated
        ]


class SlowReads:
    """A database whose next read comes back only when `go` is set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reading, self.go = asyncio.Event(), asyncio.Event()
        self.slow = False
        self.begin = database.begin

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        slow, self.slow = self.slow, False
        async with self._database.read() as connection:
            yield connection
        if slow:
            self.reading.set()
            await self.go.wait()


async def test_a_read_that_a_sign_out_overtakes_does_not_bring_the_session_back(
    database: Database, clock: FakeClock, hasher: CountingHasher, agent: UUID
) -> None:
    slow = SlowReads(database)
    auth = Auth(cast("Database", slow), clock, hasher)
    signed_in = await auth.sign_in("agent", PASSWORD, "10.0.0.1")
    slow.slow = True
    asking = asyncio.create_task(auth.session(signed_in.token, "10.0.0.1"))
    await slow.reading.wait()
    await auth.sign_out(signed_in.session)
    slow.go.set()
    with pytest.raises(Unauthenticated):
        await asking
    with pytest.raises(Unauthenticated):
        await auth.session(signed_in.token, "10.0.0.1")
    auth.close()


async def test_a_password_typed_as_the_login_is_kept_nowhere(
    auth: Auth, agent: UUID, database: Database
) -> None:
    with capture_logs() as logged:
        for _ in range(GUESSES_PER_LOGIN):
            with pytest.raises(Unauthenticated):
                await auth.sign_in("My Secret 7", "agent", "10.0.0.9")
        with pytest.raises(Throttled):
            await auth.sign_in("My Secret 7", "agent", "10.0.0.9")
        with pytest.raises(Unauthenticated):
            await auth.sign_in("my other secret", "agent", "10.0.0.10")
    async with database.read() as connection:
        rows = await connection.execute(select(audit.c.object_id).order_by(audit.c.seq))
        refused = rows.scalars().all()
    assert "secret" not in f"{refused} {logged}".casefold()
    [throttled] = [line for line in logged if line["event"] == "sign_in_throttled"]
    # One login tried again and again can be told from another.
    assert refused[:GUESSES_PER_LOGIN] == [throttled["login"]] * GUESSES_PER_LOGIN
    assert refused[-1] != refused[0]


def test_a_throttle_slides() -> None:
    throttle = Throttle(limit=2, window_s=10)
    waits = []
    for now in (0.0, 4.0, 9.0, 10.0, 11.0, 14.0):
        waits.append(throttle.wait_s("a", now))
        if waits[-1] == 0:
            throttle.count("a", now)
    assert waits == [0, 0, 1, 0, 3, 0]
    assert throttle.wait_s("b", 14.0) == 0
