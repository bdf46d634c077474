"""Who did what to which record. Append-only: written in the transaction of the change itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.tables import audit, user


async def record(
    connection: AsyncConnection,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    object_: str,
    object_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """`action` is "object.verb"; `before` and `after` hold JSON values of what changed only."""
    await connection.execute(
        audit.insert().values(
            at=at,
            actor_id=actor.user_id,
            ip=actor.ip,
            action=action,
            object=object_,
            object_id=object_id,
            before=before,
            after=after,
        )
    )


async def last_actor(connection: AsyncConnection, action: str, object_: str, object_id: str) -> str:
    """The name of who did this to the record last; "" when nobody did, or the product itself."""
    name: str | None = await connection.scalar(
        select(user.c.name)
        .select_from(audit.outerjoin(user, audit.c.actor_id == user.c.id))
        .where(audit.c.object == object_, audit.c.object_id == object_id, audit.c.action == action)
        .order_by(audit.c.seq.desc())
        .limit(1)
    )
    return name or ""
