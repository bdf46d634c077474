"""The permission rule in SQL lets through exactly what the rule in Python does."""

from __future__ import annotations

from itertools import product
from uuid import UUID

from sqlalchemy import select

from callcenter.domain.permissions import Scope, covers
from callcenter.store.database import Database
from callcenter.store.scopes import calls_of, recordings_of, visible
from callcenter.store.tables import call, party, recording
from tests.fakes import START
from tests.people import actor, add_call, add_customer, add_team, add_user, insert

PATHS = ("/1/", "/1/7/", "/1/7/9/", "/1/77/", "/2/")


async def test_sql_and_python_agree(database: Database) -> None:
    teams: dict[str | None, UUID | None] = {path: await add_team(database, path) for path in PATHS}
    teams[None] = None
    me, other = await add_user(database, "me"), await add_user(database, "other")
    rows = {}
    for owner, path in product((me, other, None), teams):
        id_ = await add_customer(database, "x", owner_id=owner, team_id=teams[path])
        rows[id_] = (owner, path)
    async with database.read() as connection:
        for user_id, team_path, scope in product((me, None), ("", *PATHS), Scope):
            asks = actor(user_id, team_path=team_path)
            clause = visible(asks, scope, owners=[party.c.owner_id], team_id=party.c.team_id)
            seen = set((await connection.scalars(select(party.c.id).where(clause))).all())
            expected = {
                id_ for id_, (owner, path) in rows.items() if covers(asks, scope, [owner], path)
            }
            assert seen == expected, (user_id, team_path, scope)


async def test_a_call_belongs_to_its_first_and_last_agent(database: Database) -> None:
    team = await add_team(database, "/1/")
    first = await add_user(database, "first")
    last = await add_user(database, "last", team_id=team)
    await add_call(database, None, 9, None)
    both = await add_call(database, None, 5, first, last_agent_id=last)

    async def seen(user_id: UUID | None, scope: str) -> list[UUID]:
        asks = actor(user_id, team_path="/1/", permissions={"call": {"read": scope}})
        async with database.read() as connection:
            found = await connection.scalars(select(call.c.id).where(calls_of(asks, "read")))
            return list(found)

    assert await seen(first, "own") == [both]
    assert await seen(last, "own") == [both]
    assert await seen(None, "own") == []
    assert await seen(None, "team") == [both]
    assert len(await seen(None, "all")) == 2


async def test_a_recording_belongs_to_all_who_talked_in_the_call(database: Database) -> None:
    teams = {path: await add_team(database, path) for path in ("/1/", "/1/7/", "/2/")}
    middle = await add_user(database, "middle", team_id=teams["/1/7/"])
    last = await add_user(database, "last", team_id=teams["/2/"])
    missed = await add_user(database, "missed")
    call_id = await add_call(database, None, 9, last)
    for place, (user_id, answered) in enumerate(((middle, START), (last, START), (missed, None))):
        times = {"started_at": START, "answered_at": answered, "ended_at": START}
        of = {"call_id": call_id, "pbx": "pbx1", "uniqueid": f"{place}", "interface": "PJSIP/1"}
        told = {"role": "agent", "user_id": user_id, "result": "answered"}
        await insert(database, "call_leg", **of, **told, **times)
    of = {"call_id": call_id, "pbx": "pbx1", "file": "x", "state": "stored", "created_at": START}
    await insert(database, "recording", **of)

    async def hears(user_id: UUID | None, scope: str, team_path: str = "") -> bool:
        asks = actor(user_id, team_path=team_path, permissions={"recording": {"read": scope}})
        async with database.read() as connection:
            query = select(recording.c.id).where(recordings_of(asks, "read"))
            return bool((await connection.scalars(query)).all())

    for who, may in ((middle, True), (last, True), (missed, False), (None, False)):
        assert await hears(who, "own") == may
        assert await hears(who, "all")
        assert not await hears(who, "none")
    for path, team, below in (("/1/", False, True), ("/1/7/", True, True), ("/2/", True, True)):
        assert await hears(None, "team", path) == team
        assert await hears(None, "below", path) == below
    assert not await hears(None, "below", "/3/")
    assert not await hears(None, "below")
