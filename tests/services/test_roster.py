"""Who sits where, as the database has it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.tables import role
from tests.people import add_user


@pytest.mark.parametrize(
    ("permissions", "reads_all"),
    [
        ({"*": {"*": "all"}}, {"call", "ticket"}),
        ({"call": {"read": "all"}, "ticket": {"read": "team"}}, {"call"}),
        ({"call": {"read": "own"}, "ticket": {"*": "all"}}, {"ticket"}),
        ({}, set()),
    ],
)
async def test_what_a_seat_may_read_all_of(
    database: Database, permissions: dict[str, dict[str, str]], reads_all: set[str]
) -> None:
    user_id = await add_user(database, "li", extension="1001")
    async with database.begin() as connection:
        agents = role.c.id == default_id("role", "agent")
        await connection.execute(update(role).where(agents).values(permissions=permissions))
    roster = Roster()
    await roster.load(database)
    seat = roster.seat(user_id)
    assert seat is not None
    assert (seat.interface, set(seat.reads_all)) == ("PJSIP/1001", reads_all)
