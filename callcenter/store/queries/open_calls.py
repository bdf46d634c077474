"""What the log has open, calls and agents: asked once, when a process begins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import agent_event, call, call_leg, user

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


async def last_states(connection: AsyncConnection) -> Sequence[AnyRow]:
    """The last of each active user: rows of `agent_event`."""
    since = agent_event.c["from"]
    this_users = agent_event.alias("of_user")
    last = (
        select(func.max(this_users.c["from"]))
        .where(this_users.c.user_id == user.c.id)
        .scalar_subquery()
    )
    found = await connection.execute(
        select(
            agent_event.c.user_id,
            agent_event.c.state,
            agent_event.c.reason,
            since,
            agent_event.c["to"],
            agent_event.c.then,
            agent_event.c.then_reason,
            agent_event.c.until,
            agent_event.c.paused_at,
        )
        .join(user, user.c.id == agent_event.c.user_id)
        .where(user.c.active, since == last)
        .order_by(agent_event.c["to"])  # of two at the same time, the one that lasted
    )
    return found.all()
