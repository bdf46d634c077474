"""What the call log says, once it knows the end."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import RowMapping, select

from callcenter.store import tables
from callcenter.store.database import Database


async def stored_call(
    database: Database, party_id: UUID, uniqueid: str = ""
) -> tuple[RowMapping, list[RowMapping]]:
    """The customer's one call, or this one, and its legs, once the log has its end."""
    for _ in range(50):
        async with database.read() as connection:
            query = select(tables.call).where(tables.call.c.party_id == party_id)
            if uniqueid:
                query = query.where(tables.call.c.uniqueid == uniqueid)
            calls = (await connection.execute(query)).mappings().all()
            if calls and all(call["ended_at"] for call in calls):
                assert len(calls) == 1
                query = select(tables.call_leg).where(tables.call_leg.c.call_id == calls[0]["id"])
                legs = (await connection.execute(query)).mappings().all()
                return calls[0], list(legs)
        await asyncio.sleep(0.1)
    pytest.fail("the call's end is not in the log after 5 s")
