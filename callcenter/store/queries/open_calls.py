"""Calls that the log has open: asked once, when a process begins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import call, call_leg

_with_agents_gone = (
    select(func.coalesce(func.sum(call_leg.c.connected_s), 0.0))
    .where(call_leg.c.call_id == call.c.id, call_leg.c.role == "agent")
    .scalar_subquery()
)


async def open_calls(connection: AsyncConnection, pbx: str) -> Sequence[AnyRow]:
    """Rows of `call`, with `connected_s` of the agents who have left it; the oldest first."""
    found = await connection.execute(
        select(
            call.c.uniqueid,
            call.c.direction,
            call.c.caller,
            call.c.caller_name,
            call.c.dialled,
            call.c.queues,
            call.c.queued_at,
            call.c.started_at,
            call.c.answered_at,
            _with_agents_gone.label("connected_s"),
        )
        .where(call.c.pbx == pbx, call.c.ended_at.is_(None))
        .order_by(call.c.started_at, call.c.id)
    )
    return found.all()
