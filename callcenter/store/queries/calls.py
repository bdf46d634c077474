"""The call log as people read and edit it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import visible
from callcenter.store.tables import (
    call,
    call_leg,
    disposition,
    party,
    queue,
    queue_visit,
    ticket,
    user,
)

_OWNERS = (call.c.first_agent_id, call.c.last_agent_id)


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one call: legs with the agent's name, stays in queues, and the linked calls
    that whoever asks may read. Each in the order they began."""

    legs: Sequence[AnyRow] = ()
    visits: Sequence[AnyRow] = ()
    linked: Sequence[AnyRow] = ()


def _rows() -> Select[Any]:
    """Calls with the names that a list shows; `number` is the customer's, whoever called."""
    return (
        select(
            call,
            case((call.c.direction == "outbound", call.c.dialled), else_=call.c.caller).label(
                "number"
            ),
            party.c.name.label("party_name"),
            ticket.c.number.label("ticket_number"),
            user.c.name.label("agent"),
            queue.c.name.label("queue_name"),
            disposition.c.label.label("disposition"),
        )
        .select_from(call)
        .outerjoin(party, call.c.party_id == party.c.id)
        .outerjoin(ticket, call.c.ticket_id == ticket.c.id)
        .outerjoin(user, call.c.last_agent_id == user.c.id)
        .outerjoin(queue, call.c.queue_id == queue.c.id)
        .outerjoin(disposition, call.c.disposition_id == disposition.c.id)
    )


async def recent(
    connection: AsyncConnection,
    actor: Actor,
    *,
    mine: bool,
    undisposed: bool = False,
    party_id: UUID | None,
    before: datetime | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Newest first; only what the actor may read. `undisposed`: of the calls that the actor had,
    those whose disposition is required and missing."""
    may = visible(actor, actor.scope("call", "read"), owners=_OWNERS, team_id=user.c.team_id)
    wanted = [may]
    if mine:
        wanted.append(or_(*(owner == actor.user_id for owner in _OWNERS)))
    if undisposed:
        wanted += [_without_disposition(), call.c.ended_at.is_not(None), _had(actor.user_id)]
    if party_id is not None:
        wanted.append(call.c.party_id == party_id)
    if before is not None:
        wanted.append(call.c.started_at < before)
    query = _rows().where(and_(*wanted)).order_by(call.c.started_at.desc(), call.c.id).limit(limit)
    found: Sequence[AnyRow] = (await connection.execute(query)).all()
    return found


async def one(
    connection: AsyncConnection, actor: Actor, action: str, call_id: UUID
) -> AnyRow | None:
    """That call, when the actor may do `action` to it."""
    may = visible(actor, actor.scope("call", action), owners=_OWNERS, team_id=user.c.team_id)
    found: AnyRow | None = (
        await connection.execute(_rows().where(call.c.id == call_id, may))
    ).first()
    return found


async def lock(connection: AsyncConnection, call_id: UUID) -> None:
    """Nobody else changes this call until the transaction ends (SQLite has one writer anyway)."""
    await connection.execute(select(call.c.id).where(call.c.id == call_id).with_for_update())


async def parts(connection: AsyncConnection, actor: Actor, found: AnyRow) -> Parts:
    """Of a call that `one` found."""
    visits = await connection.execute(
        select(queue_visit)
        .where(queue_visit.c.call_id == found.id)
        .order_by(queue_visit.c.position)
    )
    linked: Sequence[AnyRow] = ()
    if found.linked:
        may = visible(actor, actor.scope("call", "read"), owners=_OWNERS, team_id=user.c.team_id)
        ids = [UUID(each) for each in found.linked]
        rows = await connection.execute(
            _rows().where(call.c.id.in_(ids), may).order_by(call.c.started_at, call.c.id)
        )
        linked = rows.all()
    return Parts(await legs(connection, found.id), visits.all(), linked)


async def legs(connection: AsyncConnection, call_id: UUID) -> Sequence[AnyRow]:
    """In the order they began, with the agent's name."""
    found = await connection.execute(
        select(call_leg, user.c.name.label("agent"))
        .outerjoin(user, call_leg.c.user_id == user.c.id)
        .where(call_leg.c.call_id == call_id)
        .order_by(call_leg.c.started_at, call_leg.c.uniqueid)
    )
    return found.all()


async def change(
    connection: AsyncConnection, call_id: UUID, version: int, values: dict[str, Any]
) -> bool:
    """False when somebody else was faster: `version` is not the current one."""
    done = await connection.execute(
        update(call)
        .where(call.c.id == call_id, call.c.version == version)
        .values(version=version + 1, **values)
    )
    return done.rowcount == 1


async def lacks_disposition(
    connection: AsyncConnection, call_ids: Collection[UUID]
) -> Sequence[UUID]:
    """Those of these calls whose queue wants a disposition, and that have none."""
    rows = await connection.scalars(
        select(call.c.id)
        .join(queue, call.c.queue_id == queue.c.id)
        .where(call.c.id.in_(call_ids), _without_disposition())
    )
    return rows.all()


async def requires_disposition(connection: AsyncConnection, call_id: UUID) -> bool:
    """Whether its queue does."""
    rows = await connection.execute(
        select(call.c.id)
        .join(queue, call.c.queue_id == queue.c.id)
        .where(call.c.id == call_id, queue.c.disposition_required)
    )
    return rows.first() is not None


async def had(connection: AsyncConnection, user_id: UUID, call_id: UUID) -> bool:
    """Whether this agent talked in the call."""
    rows = await connection.execute(select(call.c.id).where(call.c.id == call_id, _had(user_id)))
    return rows.first() is not None


def _without_disposition() -> ColumnElement[bool]:
    return and_(queue.c.disposition_required, call.c.disposition_id.is_(None))


def _had(user_id: UUID | None) -> ColumnElement[bool]:
    return (
        select(call_leg.c.id)
        .where(
            call_leg.c.call_id == call.c.id,
            call_leg.c.user_id == user_id,
            call_leg.c.answered_at.is_not(None),
        )
        .exists()
    )
