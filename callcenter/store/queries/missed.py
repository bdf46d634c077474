"""Calls that nobody answered, as they concern one agent, and who was reached since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, exists, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import queues_of
from callcenter.store.tables import agent_event, call, call_leg, party, queue, user

_LONGEST: Final = timedelta(hours=6)
"""Nobody rings or waits for longer: what ended after a moment began at most so long before it."""

_NUMBER = case((call.c.direction == "outbound", call.c.dialled), else_=call.c.caller)
_NOBODY = and_(
    call.c.answered_at.is_(None), call.c.ended_at.is_not(None), call.c.direction != "outbound"
)


async def since(
    connection: AsyncConnection, actor: Actor, after: datetime, limit: int
) -> Sequence[AnyRow]:
    """Calls that ended unanswered after that moment: those that rang at the actor (``missed``), and
    those given up in one of the actor's queues while they were signed in (``abandoned``). Newest
    first: id, started_at, at (when it was over), number, party_id, party_name, queue, reason."""
    began, ended = agent_event.c["from"], agent_event.c["to"]
    signed_in = exists().where(
        agent_event.c.user_id == actor.user_id,
        agent_event.c.state != "signed_out",
        began <= call.c.ended_at,
        or_(ended.is_(None), ended >= call.c.ended_at),
    )
    rang = (
        select(call.c.id, literal("missed").label("reason"))
        .join(call_leg, call_leg.c.call_id == call.c.id)
        .where(
            call_leg.c.user_id == actor.user_id,
            call_leg.c.role == "agent",
            call_leg.c.answered_at.is_(None),
            call_leg.c.started_at > after - _LONGEST,
            call.c.ended_at > after,
            _NOBODY,
        )
    )
    given_up = select(call.c.id, literal("abandoned").label("reason")).where(
        call.c.started_at > after - _LONGEST,
        call.c.ended_at > after,
        call.c.result == "abandoned",
        call.c.direction == "inbound",
        call.c.queue_id.in_(queues_of(actor)),
        _NOBODY,
        signed_in,
    )
    found = union_all(rang, given_up).subquery("found")
    rows = await connection.execute(
        select(
            call.c.id,
            call.c.started_at,
            call.c.ended_at.label("at"),
            _NUMBER.label("number"),
            call.c.party_id,
            party.c.name.label("party_name"),
            queue.c.name.label("queue"),
            found.c.reason,
        )
        .join(found, found.c.id == call.c.id)
        .outerjoin(party, call.c.party_id == party.c.id)
        .outerjoin(queue, call.c.queue_id == queue.c.id)
        .order_by(call.c.ended_at.desc(), call.c.id, found.c.reason.desc())
        .limit(limit)
    )
    return rows.all()


async def reached(
    connection: AsyncConnection,
    after: datetime,
    *,
    party_ids: Collection[UUID],
    numbers: Collection[str],
) -> Sequence[AnyRow]:
    """Calls since then in which somebody spoke with one of these: at, party_id, number."""
    rows = await connection.execute(
        select(call.c.started_at.label("at"), call.c.party_id, _NUMBER.label("number")).where(
            call.c.started_at > after,
            call.c.answered_at.is_not(None),
            or_(call.c.party_id.in_(party_ids), _NUMBER.in_(numbers)),
        )
    )
    return rows.all()


async def cleared_at(connection: AsyncConnection, user_id: UUID | None) -> datetime | None:
    found: datetime | None = await connection.scalar(
        select(user.c.missed_cleared_at).where(user.c.id == user_id)
    )
    return found


async def clear(connection: AsyncConnection, user_id: UUID | None, until: datetime | None) -> None:
    values: dict[str, Any] = {"missed_cleared_at": until}
    await connection.execute(update(user).where(user.c.id == user_id).values(**values))
