"""Our calls as they are compared with the switch's record, and what comparisons found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import call, call_leg, difference, queue_visit, reconciliation

Row = dict[str, Any]


async def calls(
    connection: AsyncConnection, pbx: str, since: datetime, until: datetime
) -> Sequence[AnyRow]:
    """Rows of `call` that began within, the first one first."""
    found = await connection.execute(
        select(call)
        .where(call.c.pbx == pbx, call.c.started_at >= since, call.c.started_at < until)
        .order_by(call.c.started_at, call.c.id)
    )
    return found.all()


async def calls_named(
    connection: AsyncConnection, pbx: str, ids: Collection[UUID]
) -> Sequence[AnyRow]:
    found = await connection.execute(select(call).where(call.c.pbx == pbx, call.c.id.in_(ids)))
    return found.all()


async def legs(connection: AsyncConnection, ids: Collection[UUID]) -> Sequence[AnyRow]:
    found = await connection.execute(
        select(call_leg)
        .where(call_leg.c.call_id.in_(ids))
        .order_by(call_leg.c.started_at, call_leg.c.uniqueid)
    )
    return found.all()


async def visits(connection: AsyncConnection, ids: Collection[UUID]) -> Sequence[AnyRow]:
    found = await connection.execute(
        select(queue_visit)
        .where(queue_visit.c.call_id.in_(ids))
        .order_by(queue_visit.c.call_id, queue_visit.c.position)
    )
    return found.all()


async def begin(connection: AsyncConnection, row: Row) -> None:
    """A full row of `reconciliation`. It takes the place of those of the same time that failed: a
    record that cannot be read for a day is tried often, and is one failure."""
    table = reconciliation.c
    same = and_(table.pbx == row["pbx"], table["from"] == row["from"], table.to == row["to"])
    failed = select(table.id).where(same, table.ended_at.is_not(None), table.problem != "")
    await connection.execute(delete(difference).where(difference.c.reconciliation_id.in_(failed)))
    await connection.execute(delete(reconciliation).where(table.id.in_(failed)))
    await connection.execute(insert(reconciliation), row)


async def end(
    connection: AsyncConnection, run_id: UUID, values: Row, differences: Sequence[Row]
) -> None:
    if differences:
        await connection.execute(insert(difference), list(differences))
    await connection.execute(
        update(reconciliation).where(reconciliation.c.id == run_id).values(**values)
    )


async def last(connection: AsyncConnection, pbx: str) -> AnyRow | None:
    """The last that was brought to its end; its `problem` is "" when it could compare."""
    found: AnyRow | None = (
        await connection.execute(
            select(reconciliation)
            .where(reconciliation.c.pbx == pbx, reconciliation.c.ended_at.is_not(None))
            .order_by(reconciliation.c.began_at.desc(), reconciliation.c.id.desc())
            .limit(1)
        )
    ).first()
    return found


async def compared(
    connection: AsyncConnection, pbx: str, since: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """(from, to) of the comparisons that went through and end after `since`. None compared what
    was not yet when it began."""
    columns = reconciliation.c["from"], reconciliation.c["to"], reconciliation.c.began_at
    found = await connection.execute(
        select(*columns).where(
            reconciliation.c.pbx == pbx,
            reconciliation.c.ended_at.is_not(None),
            reconciliation.c.problem == "",
            reconciliation.c["to"] > since,
        )
    )
    return [(begin, min(end, began_at)) for begin, end, began_at in found]
