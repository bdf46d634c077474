"""Users, as they are made and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import queue, queue_member, role, user


async def role_ids(connection: AsyncConnection) -> dict[str, UUID]:
    """By name."""
    rows = await connection.execute(select(role.c.name, role.c.id))
    return {row.name: row.id for row in rows}


async def queue_ids(connection: AsyncConnection) -> dict[str, UUID]:
    """By name."""
    rows = await connection.execute(select(queue.c.name, queue.c.id))
    return {row.name: row.id for row in rows}


async def insert(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(user.insert().values(**values))


async def join_queues(
    connection: AsyncConnection, user_id: UUID, queue_ids: Sequence[UUID]
) -> None:
    if queue_ids:
        rows = [{"user_id": user_id, "queue_id": queue_id} for queue_id in queue_ids]
        await connection.execute(queue_member.insert(), rows)


async def set_password_hash(connection: AsyncConnection, login: str, hashed: str) -> None:
    await connection.execute(update(user).where(user.c.login == login).values(password_hash=hashed))


async def phone_kind(connection: AsyncConnection, login: str) -> AnyRow | None:
    """id and phone_kind; None when there is no such login."""
    found = await connection.execute(
        select(user.c.id, user.c.phone_kind).where(user.c.login == login).with_for_update()
    )
    return found.first()


async def set_phone_kind(connection: AsyncConnection, user_id: UUID, kind: str) -> None:
    await connection.execute(update(user).where(user.c.id == user_id).values(phone_kind=kind))
