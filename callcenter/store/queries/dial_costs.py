"""What an agent's connections to the outside took, as the log has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import call, call_leg


async def dialled_since(
    connection: AsyncConnection, user_id: UUID, since: datetime
) -> Sequence[AnyRow]:
    """Calls that this agent placed, answered and over: dialled, answered_at, ended_at."""
    found = await connection.execute(
        select(call.c.dialled, call.c.answered_at, call.c.ended_at).where(
            call.c.started_at >= since,
            call.c.first_agent_id == user_id,
            call.c.direction == "outbound",
            call.c.answered_at.is_not(None),
            call.c.ended_at.is_not(None),
        )
    )
    return found.all()


async def passed_on_since(
    connection: AsyncConnection, user_id: UUID, since: datetime
) -> Sequence[AnyRow]:
    """Calls that this agent had and somebody outside the house joined: transfers (as stored), and
    the `seconds` that those were connected for."""
    outside = call_leg.alias()
    had_it = select(call_leg.c.call_id).where(call_leg.c.user_id == user_id)
    found = await connection.execute(
        select(call.c.transfers, func.sum(outside.c.connected_s).label("seconds"))
        .join(outside, outside.c.call_id == call.c.id)
        .where(
            call.c.started_at >= since,
            call.c.ended_at.is_not(None),
            outside.c.role == "outside",
            call.c.id.in_(had_it),
        )
        .group_by(call.c.id)
    )
    return found.all()
