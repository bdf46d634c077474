"""Customers, users and calls for tests: short to write, complete in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.domain.names import name_key
from callcenter.domain.permissions import Actor
from callcenter.domain.phone import normalise
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVERYTHING = {"*": {"*": "all"}}


async def insert(database: Database, table: str, **values: Any) -> UUID:
    row = {"id": new_id()} | values
    async with database.begin() as connection:
        await connection.execute(tables.metadata.tables[table].insert().values(**row))
    id_: UUID = row["id"]
    return id_


async def add_team(database: Database, path: str) -> UUID:
    return await insert(database, "team", name=path, path=path)


async def add_user(
    database: Database,
    login: str,
    *,
    extension: str | None = None,
    team_id: UUID | None = None,
    role: str = "agent",
    user_id: UUID | None = None,
) -> UUID:
    return await insert(
        database,
        "user",
        id=user_id or new_id(),
        login=login,
        name=login.title(),
        password_hash="",
        team_id=team_id,
        role_id=default_id("role", role),
        extension=extension,
        interface=f"PJSIP/{extension}" if extension else None,
        created_at=NOW,
    )


async def add_customer(
    database: Database,
    name: str,
    *numbers: str,
    tier: str = "standard",
    **values: Any,
) -> UUID:
    row = {
        "kind": "person",
        "name": name,
        "name_key": name_key(name),
        "tier_id": default_id("tier", tier),
        "created_at": NOW,
        "updated_at": NOW,
    } | values
    party_id = await insert(database, "party", **row)
    for raw in numbers:
        await add_number(database, party_id, raw)
    return party_id


async def add_number(database: Database, party_id: UUID, raw: str) -> UUID:
    number = normalise(raw, "CN")
    return await insert(
        database,
        "contact_point",
        party_id=party_id,
        kind="phone",
        raw=raw,
        norm=number.norm,
        rev=number.rev,
        ext=number.ext,
        created_at=NOW,
    )


async def add_call(
    database: Database,
    party_id: UUID | None,
    minutes_ago: float,
    agent_id: UUID | None,
    **values: Any,
) -> UUID:
    started = NOW - timedelta(minutes=minutes_ago)
    row = {
        "pbx": "pbx1",
        "uniqueid": str(new_id()),
        "direction": "inbound",
        "result": "answered" if agent_id else "abandoned",
        "started_at": started,
        "party_id": party_id,
        "first_agent_id": agent_id,
        "last_agent_id": agent_id,
    } | values
    return await insert(database, "call", **row)


async def add_ticket(
    database: Database, party_id: UUID, number: int, *, days_ago: float = 0, **values: Any
) -> UUID:
    at = NOW - timedelta(days=days_ago)
    row = {
        "number": number,
        "subject": f"Ticket {number}",
        "party_id": party_id,
        "domain": "support",
        "created_at": at,
        "updated_at": at,
    } | values
    return await insert(database, "ticket", **row)


def actor(user_id: UUID | None = None, **values: Any) -> Actor:
    return Actor(**{"user_id": user_id, "permissions": EVERYTHING, "ip": "10.0.0.7"} | values)
