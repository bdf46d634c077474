"""Comparisons of our call log with the switch's own record, as an administrator reads them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import difference, reconciliation


async def recent(connection: AsyncConnection, limit: int) -> Sequence[AnyRow]:
    """The last one begun first; `since` and `until` are what was compared."""
    found = await connection.execute(
        select(
            reconciliation,
            reconciliation.c["from"].label("since"),
            reconciliation.c["to"].label("until"),
        )
        .order_by(reconciliation.c.began_at.desc(), reconciliation.c.id.desc())
        .limit(limit)
    )
    return found.all()


async def exists(connection: AsyncConnection, reconciliation_id: UUID) -> bool:
    found = await connection.scalar(
        select(reconciliation.c.id).where(reconciliation.c.id == reconciliation_id)
    )
    return found is not None


async def differences(
    connection: AsyncConnection, reconciliation_id: UUID, limit: int
) -> Sequence[AnyRow]:
    """In the order they were found."""
    found = await connection.execute(
        select(difference)
        .where(difference.c.reconciliation_id == reconciliation_id)
        .order_by(difference.c.id)
        .limit(limit)
    )
    return found.all()
