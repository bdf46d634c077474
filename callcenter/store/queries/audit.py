"""Who did what to which record. Append-only: written in the transaction of the change itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.tables import audit


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
