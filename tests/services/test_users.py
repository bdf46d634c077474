"""Users as an operator makes them can sign in as they were named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callcenter.services import users
from callcenter.services.auth import Auth
from callcenter.services.errors import Conflict
from callcenter.store.database import Database
from callcenter.store.tables import user
from tests.fakes import FakeClock

ALICE = users.NewUser(" Alice ", "Alice", "a long password", "agent", "1001", ("support",), "en")


async def test_the_login_is_kept_as_it_is_looked_up(database: Database) -> None:
    clock = FakeClock()
    await users.add(database, clock, ALICE)
    async with database.read() as connection:
        assert (await connection.execute(select(user.c.login))).scalar_one() == "alice"
    auth = Auth(database, clock)
    for typed in ("Alice", "alice", "ALICE "):
        signed_in = await auth.sign_in(typed, "a long password", "10.0.0.1")
        assert signed_in.session.user.name == "Alice"
    auth.close()


async def test_a_login_differs_by_more_than_its_capitals(database: Database) -> None:
    await users.add(database, FakeClock(), ALICE)
    again = users.NewUser("ALICE", "Another", "a long password", "agent", "", (), "en")
    with pytest.raises(Conflict):
        await users.add(database, FakeClock(), again)


async def test_a_password_is_set_for_the_login_as_it_is_typed(database: Database) -> None:
    await users.add(database, FakeClock(), ALICE)
    await users.set_passwords(database, {"Alice": "hashed"})
    async with database.read() as connection:
        stored = (await connection.execute(select(user.c.password_hash))).scalar_one()
    assert stored == "hashed"
