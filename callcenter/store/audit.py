"""Who did what to which record: written in the transaction of the change itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.tables import audit


async def record(
    connection: AsyncConnection,
    actor: Actor,
    action: str,
    object_: str,
    object_id: UUID | str,
    *,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """`before` and `after` hold the fields that changed, as JSON (UUIDs and times are fine)."""
    values: dict[str, Any] = {
        "at": now,
        "actor_id": actor.user_id,
        "ip": actor.ip,
        "action": action,
        "object": object_,
        "object_id": str(object_id),
    }
    if before is not None:
        values["before"] = before
    if after is not None:
        values["after"] = after
    await connection.execute(audit.insert().values(**values))
