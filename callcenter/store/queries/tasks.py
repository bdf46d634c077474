"""Tasks: what somebody shall do next; every query sees what the actor may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import tasks_of
from callcenter.store.tables import activity, party, ticket, user

_assignee = user.alias("assignee")
_author = user.alias("author")


def _rows(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            activity,
            party.c.name.label("party_name"),
            ticket.c.number.label("ticket_number"),
            _assignee.c.name.label("assignee"),
            _author.c.name.label("author"),
        )
        .outerjoin(party, activity.c.party_id == party.c.id)
        .outerjoin(ticket, activity.c.ticket_id == ticket.c.id)
        .outerjoin(_assignee, activity.c.assignee_id == _assignee.c.id)
        .outerjoin(_author, activity.c.author_id == _author.c.id)
        .where(activity.c.kind == "task", tasks_of(actor, action))
    )


async def listed(
    connection: AsyncConnection,
    actor: Actor,
    *,
    mine: bool,
    party_id: UUID | None,
    done: bool,
    limit: int,
) -> Sequence[AnyRow]:
    """The first due first, those without a time after them. `mine`: assigned to the actor, or
    written by them for anybody. Without `done` only what is left to do."""
    query = _rows(actor, "read")
    if mine:
        free = activity.c.assignee_id.is_(None) & (activity.c.author_id == actor.user_id)
        query = query.where(or_(activity.c.assignee_id == actor.user_id, free))
    if party_id is not None:
        query = query.where(activity.c.party_id == party_id)
    if not done:
        query = query.where(activity.c.done_at.is_(None))
    order = (activity.c.due_at.is_(None), activity.c.due_at, activity.c.at, activity.c.id)
    return (await connection.execute(query.order_by(*order).limit(limit))).all()


async def find(
    connection: AsyncConnection, actor: Actor, action: str, task_id: UUID
) -> AnyRow | None:
    rows = await connection.execute(_rows(actor, action).where(activity.c.id == task_id))
    return rows.first()


async def insert(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(activity.insert().values(kind="task", **values))


async def change(connection: AsyncConnection, task_id: UUID, values: dict[str, Any]) -> None:
    await connection.execute(update(activity).where(activity.c.id == task_id).values(**values))


async def lock(connection: AsyncConnection, task_id: UUID) -> None:
    await connection.execute(
        select(activity.c.id).where(activity.c.id == task_id).with_for_update()
    )
