"""What other programs change in the database is acted on, and nothing else is."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from callcenter.services.directory import Directory
from callcenter.services.reloading import Reloading
from callcenter.services.roster import Roster
from callcenter.services.routing import Router
from callcenter.store.database import Database
from callcenter.store.tables import routing_rule
from tests.fakes import FakeClock
from tests.people import add_user


class House:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.roster = Roster()
        router = Router(database, Directory(database, "CN"), FakeClock(), lambda _: None)
        self.told: list[str] = []
        self.looks = 0
        self.reloading = Reloading(
            database,
            self.roster,
            router,
            seats_changed=lambda: self.told.append("seats"),
            rules_changed=lambda: self.told.append("rules"),
            look_at_desk=self.look,
            every_s=0.01,
        )

    async def look(self) -> None:
        self.looks += 1

    async def loads(self) -> list[str]:
        await self.reloading.load()
        told, self.told = self.told, []
        return told

    async def hears(self, what: str) -> None:
        async with asyncio.timeout(5):
            while what not in self.told:  # noqa: ASYNC110 (a list has no event)
                await asyncio.sleep(0.005)


async def test_only_what_changed_is_told(database: Database) -> None:
    house = House(database)
    assert await house.loads() == ["seats", "rules"]
    assert await house.loads() == []
    user_id = await add_user(database, "lina", extension="1001")
    assert await house.loads() == ["seats", "rules"]  # a rule may ring their phone first
    seat = house.roster.seat(user_id)
    assert seat is not None
    assert seat.extension == "1001"
    async with database.begin() as connection:
        await connection.execute(update(routing_rule).values(active=True))
    assert await house.loads() == ["rules"]
    assert await house.loads() == []
    assert house.looks == 5


async def test_again_and_again_also_after_the_database_was_away(database: Database) -> None:
    house = House(database)
    await house.loads()
    house.reloading.start()
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE routing_rule RENAME TO gone")
    await asyncio.sleep(0.05)
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE gone RENAME TO routing_rule")
        await connection.execute(update(routing_rule).values(active=True))
    await house.hears("rules")
    await house.reloading.stop()
