"""Tickets with their notes; every query sees what the actor may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.domain.tickets import OPEN
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import calls_of, tickets_of
from callcenter.store.seed import LAST_TICKET_NUMBER
from callcenter.store.tables import activity, call, party, queue, setting, ticket, user


def _rows(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ticket.c.id,
            ticket.c.number,
            ticket.c.subject,
            ticket.c.status,
            ticket.c.priority,
            ticket.c.domain,
            ticket.c.party_id,
            party.c.name.label("party_name"),
            ticket.c.created_at,
            ticket.c.updated_at,
            ticket.c.version,
        )
        .outerjoin(party, ticket.c.party_id == party.c.id)
        .where(ticket.c.deleted_at.is_(None), tickets_of(actor, action))
    )


async def find(
    connection: AsyncConnection, actor: Actor, action: str, ticket_id: UUID
) -> AnyRow | None:
    """A ticket on which the actor may do this."""
    rows = await connection.execute(_rows(actor, action).where(ticket.c.id == ticket_id))
    return rows.first()


async def of_customer(
    connection: AsyncConnection, actor: Actor, party_id: UUID, limit: int
) -> Sequence[AnyRow]:
    """Newest first."""
    rows = await connection.execute(
        _rows(actor, "read")
        .where(ticket.c.party_id == party_id)
        .order_by(ticket.c.created_at.desc(), ticket.c.id)
        .limit(limit)
    )
    return rows.all()


async def most_urgent_open(connection: AsyncConnection, party_id: UUID, domain: str) -> UUID | None:
    """What a call of this customer in a queue of this domain is about, as far as we can guess."""
    found: UUID | None = await connection.scalar(
        select(ticket.c.id)
        .where(
            ticket.c.party_id == party_id,
            ticket.c.domain == domain,
            ticket.c.status.in_(OPEN),
            ticket.c.deleted_at.is_(None),
        )
        .order_by(ticket.c.priority, ticket.c.created_at)
        .limit(1)
    )
    return found


async def notes(connection: AsyncConnection, ticket_id: UUID) -> Sequence[AnyRow]:
    """Oldest first."""
    rows = await connection.execute(
        select(
            activity.c.id,
            activity.c.at,
            activity.c.body,
            activity.c.call_id,
            user.c.name.label("author"),
        )
        .outerjoin(user, activity.c.author_id == user.c.id)
        .where(activity.c.ticket_id == ticket_id, activity.c.kind == "note")
        .order_by(activity.c.at, activity.c.id)
    )
    return rows.all()


async def next_number(connection: AsyncConnection) -> int:
    """Counts up; the row is locked until the transaction ends, so no number is given twice."""
    key = setting.c.key == LAST_TICKET_NUMBER
    row = await connection.execute(select(setting.c.value).where(key).with_for_update())
    number = int(row.scalar_one()) + 1
    await connection.execute(setting.update().where(key).values(value=number))
    return number


async def queue_of(connection: AsyncConnection, name: str) -> AnyRow | None:
    """(id, domain) of the queue of that name."""
    rows = await connection.execute(select(queue.c.id, queue.c.domain).where(queue.c.name == name))
    return rows.first()


async def domains(connection: AsyncConnection) -> set[str]:
    """Every domain that some queue serves."""
    return set((await connection.scalars(select(queue.c.domain).distinct())).all())


async def default_domain(connection: AsyncConnection) -> str:
    rows = await connection.execute(
        select(queue.c.domain).order_by(queue.c.is_default.desc(), queue.c.name).limit(1)
    )
    return str(rows.scalar_one())


async def insert(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(ticket.insert().values(**values))


async def change(
    connection: AsyncConnection, ticket_id: UUID, version: int, values: dict[str, Any]
) -> bool:
    """False when somebody else changed it since `version`."""
    done = await connection.execute(
        ticket.update()
        .where(ticket.c.id == ticket_id, ticket.c.version == version)
        .values(version=version + 1, **values)
    )
    return done.rowcount == 1


async def insert_note(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(activity.insert().values(kind="note", **values))


async def note_of_call(
    connection: AsyncConnection, ticket_id: UUID, call_id: UUID, author_id: UUID | None
) -> AnyRow | None:
    """(id, body) of the last one that this author wrote there during this call."""
    rows = await connection.execute(
        select(activity.c.id, activity.c.body)
        .where(
            activity.c.ticket_id == ticket_id,
            activity.c.call_id == call_id,
            activity.c.author_id == author_id,
            activity.c.kind == "note",
        )
        .order_by(activity.c.at.desc(), activity.c.id.desc())
        .limit(1)
    )
    return rows.first()


async def replace_note(connection: AsyncConnection, note_id: UUID, body: str) -> None:
    await connection.execute(activity.update().where(activity.c.id == note_id).values(body=body))


async def call_of(connection: AsyncConnection, actor: Actor, call_id: UUID) -> AnyRow | None:
    """(id, party_id, queue_id) of a call the actor may read."""
    rows = await connection.execute(
        select(call.c.id, call.c.party_id, call.c.queue_id).where(
            call.c.id == call_id, calls_of(actor, "read")
        )
    )
    return rows.first()
