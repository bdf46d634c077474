"""Calls that were promised; every list sees what the actor may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import SYSTEM, Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import callbacks_of, queues_of
from callcenter.store.tables import callback, party, queue, tier, user

EARLY: Final = timedelta(hours=1)
"""A call keeps a callback that is due so much later at most: another matter is no kept promise."""

_PENDING = and_(callback.c.status == "pending", callback.c.deleted_at.is_(None))


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            callback,
            party.c.name.label("party_name"),
            queue.c.name.label("queue"),
            user.c.name.label("owner"),
            tier.c.code.label("tier_code"),
            tier.c.name.label("tier_name"),
            tier.c.rank.label("tier_rank"),
        )
        .outerjoin(party, callback.c.party_id == party.c.id)
        .outerjoin(tier, party.c.tier_id == tier.c.id)
        .outerjoin(queue, callback.c.queue_id == queue.c.id)
        .outerjoin(user, callback.c.owner_id == user.c.id)
    )


async def pending(
    connection: AsyncConnection,
    actor: Actor,
    *,
    mine: bool = False,
    due_by: datetime | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """The first due first. `mine`: the actor's own; with `due_by` also what is nobody's in one of
    the actor's queues, or in none."""
    wanted = [_PENDING, callbacks_of(actor, "read")]
    if mine:
        wanted.append(callback.c.owner_id == actor.user_id)
    if due_by is not None:
        free = or_(callback.c.queue_id.is_(None), callback.c.queue_id.in_(queues_of(actor)))
        own = callback.c.owner_id == actor.user_id
        wanted += [
            callback.c.due_at <= due_by,
            or_(own, and_(callback.c.owner_id.is_(None), free)),
        ]
    rows = await connection.execute(
        _rows().where(*wanted).order_by(callback.c.due_at, callback.c.id).limit(limit)
    )
    return rows.all()


async def find(
    connection: AsyncConnection, actor: Actor, action: str, callback_id: UUID
) -> AnyRow | None:
    rows = await connection.execute(
        _rows().where(
            callback.c.id == callback_id,
            callback.c.deleted_at.is_(None),
            callbacks_of(actor, action),
        )
    )
    return rows.first()


async def insert(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(callback.insert().values(**values))


async def change(
    connection: AsyncConnection, callback_id: UUID, version: int, values: dict[str, Any]
) -> bool:
    """False when somebody else changed it since `version`."""
    done = await connection.execute(
        update(callback)
        .where(callback.c.id == callback_id, callback.c.version == version)
        .values(version=version + 1, **values)
    )
    return done.rowcount == 1


async def next_due(connection: AsyncConnection, after: datetime) -> datetime | None:
    rows = await connection.execute(
        select(callback.c.due_at)
        .where(_PENDING, callback.c.due_at > after)
        .order_by(callback.c.due_at)
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def due_between(
    connection: AsyncConnection, after: datetime, until: datetime
) -> Sequence[AnyRow]:
    """Pending ones that fell due after the one moment, at the other at the latest."""
    rows = await connection.execute(
        _rows().where(_PENDING, callback.c.due_at > after, callback.c.due_at <= until)
    )
    return rows.all()


async def kept_by_call(
    connection: AsyncConnection,
    call_id: UUID,
    *,
    agents: Collection[UUID],
    number: str,
    began: datetime,
    answered: datetime,
) -> Sequence[AnyRow]:
    """Done by this call: what these agents had promised this number before it, due by then."""
    rows = await connection.execute(
        _rows().where(
            _PENDING,
            callback.c.owner_id.in_(agents),
            callback.c.number == number,
            callback.c.created_at < began,
            callback.c.due_at <= answered + EARLY,
        )
    )
    kept = rows.all()
    values = {"status": "done", "done_call_id": call_id, "done_at": answered}
    for row in kept:
        await change(connection, row.id, row.version, values | {"updated_at": answered})
    return kept


async def one(connection: AsyncConnection, callback_id: UUID) -> AnyRow | None:
    """For somebody of whom is known already that they may see it."""
    return await find(connection, SYSTEM, "read", callback_id)
