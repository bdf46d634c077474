"""What the log has open, calls and agents: asked once, when a process begins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import agent_event, call, call_leg, queue, user

_with_agents_gone = (
    select(func.coalesce(func.sum(call_leg.c.connected_s), 0.0))
    .where(call_leg.c.call_id == call.c.id, call_leg.c.role == "agent")
    .scalar_subquery()
)


_last_queue = (
    select(queue.c.name)
    .select_from(
        call_leg.join(call, call.c.id == call_leg.c.call_id).outerjoin(
            queue, queue.c.id == call.c.queue_id
        )
    )
    .where(
        call_leg.c.user_id == user.c.id,
        call_leg.c.role == "agent",
        call_leg.c.answered_at.is_not(None),
        call.c.direction != "internal",
    )
    .order_by(call_leg.c.started_at.desc())
    .limit(1)
    .correlate(user)
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
    """The last of each active user: rows of `agent_event` (`since` is its ``from``), with the queue
    of the last call they talked in (`last_queue`, None outside queues)."""
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
            since.label("since"),
            agent_event.c["to"],
            agent_event.c.then,
            agent_event.c.then_reason,
            agent_event.c.until,
            agent_event.c.paused_at,
            _last_queue.label("last_queue"),
        )
        .join(user, user.c.id == agent_event.c.user_id)
        .where(user.c.active, since == last)
        .order_by(agent_event.c["to"])  # of two at the same time, the one that lasted
    )
    return found.all()
