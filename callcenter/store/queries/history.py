"""How far the switch's own record has been read, and what it gave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow, insert_into
from callcenter.store.tables import call, pbx, setting


async def read_until(connection: AsyncConnection, pbx_id: str) -> datetime | None:
    """By the switch's clock; None: never yet."""
    found: datetime | None = await connection.scalar(
        select(pbx.c.history_until).where(pbx.c.id == pbx_id)
    )
    return found


async def put_read_until(connection: AsyncConnection, pbx_id: str, until: datetime) -> None:
    insert = insert_into(connection, pbx)
    put = insert.on_conflict_do_update(
        index_elements=[pbx.c.id], set_={"history_until": insert.excluded.history_until}
    )
    await connection.execute(put, {"id": pbx_id, "history_until": until})


async def known_from(connection: AsyncConnection, pbx_id: str) -> datetime | None:
    """When we first worked for this switch, by its clock: older calls are not ours."""
    value = await connection.scalar(
        select(setting.c.value).where(setting.c.key == _known_from(pbx_id))
    )
    return datetime.fromisoformat(value) if value else None


async def put_known_from(connection: AsyncConnection, pbx_id: str, at: datetime) -> None:
    """Once: what is there stays."""
    put = insert_into(connection, setting).on_conflict_do_nothing()
    await connection.execute(put, {"key": _known_from(pbx_id), "value": at.isoformat()})


def _known_from(pbx_id: str) -> str:
    return f"history.known_from.{pbx_id}"


async def counts_since(connection: AsyncConnection, pbx_id: str, since: datetime) -> AnyRow:
    """Of calls that began since: recovered (made of the switch's record), inferred (ends that were
    concluded and not settled since)."""
    rows = await connection.execute(
        select(
            func.count(call.c.id).filter(call.c.from_history).label("recovered"),
            func.count(call.c.id).filter(call.c.inferred).label("inferred"),
        ).where(call.c.pbx == pbx_id, call.c.started_at >= since)
    )
    return rows.one()


async def any_began(
    connection: AsyncConnection, pbx_id: str, since: datetime, until: datetime
) -> bool:
    """Whether our log has calls of this switch that began from `since` on, before `until`."""
    began = (call.c.pbx == pbx_id, call.c.started_at >= since, call.c.started_at < until)
    return await connection.scalar(select(call.c.id).where(*began).limit(1)) is not None
