"""Users as an operator makes them can sign in as they were named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from callcenter.services import users
from callcenter.services.auth import Auth
from callcenter.services.errors import Conflict, Invalid, NotFound
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.tables import audit, user
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


@pytest.mark.parametrize("extension", ["10a", "1001&1002", " 1001", "1" * 21])
async def test_an_extension_can_be_dialled(database: Database, extension: str) -> None:
    with pytest.raises(Invalid) as caught:
        await users.add(database, FakeClock(), replace(ALICE, extension=extension))
    assert caught.value.fields == {"extension": "digits only"}


async def test_where_calls_are_heard(database: Database) -> None:
    clock = FakeClock()
    await users.add(database, clock, ALICE)
    await users.add(database, clock, replace(ALICE, login="bob", extension="", phone_kind="desk"))
    roster = Roster()

    async def kinds() -> dict[str, str]:
        await roster.load(database)
        return {seat.extension: seat.phone_kind for seat in roster.seats()}

    assert await kinds() == {"1001": "browser", "": "desk"}
    await users.set_phone_kind(database, clock, "Alice", "desk")
    assert await kinds() == {"1001": "desk", "": "desk"}
    async with database.read() as connection:
        row = (await connection.execute(select(audit).order_by(audit.c.seq.desc()))).first()
    assert row is not None
    assert (row.before, row.after) == ({"phone_kind": "browser"}, {"phone_kind": "desk"})
    with pytest.raises(NotFound):
        await users.set_phone_kind(database, clock, "nobody", "desk")
    with pytest.raises(Invalid):
        await users.set_phone_kind(database, clock, "alice", "mobile")
