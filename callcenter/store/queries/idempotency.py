"""What was answered to a request with an idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.tables import idempotency


async def find(connection: AsyncConnection, actor_id: UUID, key: str) -> dict[str, Any] | None:
    query = select(idempotency.c.response).where(
        idempotency.c.actor_id == actor_id, idempotency.c.key == key
    )
    response: dict[str, Any] | None = (await connection.execute(query)).scalar_one_or_none()
    return response


async def insert(
    connection: AsyncConnection, actor_id: UUID, key: str, response: dict[str, Any], now: datetime
) -> None:
    """Raises IntegrityError when another process was faster."""
    await connection.execute(
        idempotency.insert().values(actor_id=actor_id, key=key, response=response, at=now)
    )


async def replace(
    connection: AsyncConnection, actor_id: UUID, key: str, response: dict[str, Any]
) -> None:
    await connection.execute(
        update(idempotency)
        .where(idempotency.c.actor_id == actor_id, idempotency.c.key == key)
        .values(response=response)
    )


async def remove(connection: AsyncConnection, actor_id: UUID, key: str) -> None:
    await connection.execute(
        delete(idempotency).where(idempotency.c.actor_id == actor_id, idempotency.c.key == key)
    )


async def forget_before(connection: AsyncConnection, then: datetime) -> None:
    await connection.execute(delete(idempotency).where(idempotency.c.at < then))
