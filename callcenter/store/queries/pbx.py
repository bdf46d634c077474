"""Who works for a switch: a lease in its row of `pbx`, by the database's clock.

An owner is written ``<host>:<pid>:<random>/<installation>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.tables import pbx


@dataclass(frozen=True, slots=True)
class Holder:
    """`owner` "" is nobody; `free_in_s` seconds the lease is over (negative: it is)."""

    owner: str
    free_in_s: float


async def take(
    connection: AsyncConnection, pbx_id: str, owner: str, length_s: float, *, heir_of: str = ""
) -> bool:
    """Whether the lease is `owner`'s now: it was free, or an owner's of the installation `heir_of`,
    of which is known that it is dead."""
    await connection.execute(_insert(connection).on_conflict_do_nothing(), {"id": pbx_id})
    now = await _now(connection)
    free = [pbx.c.lease_until.is_(None), pbx.c.lease_until <= now, pbx.c.owner == owner]
    if heir_of:
        free.append(pbx.c.owner.endswith(f"/{heir_of}", autoescape=True))
    taken = await connection.execute(
        update(pbx)
        .where(pbx.c.id == pbx_id, or_(*free))
        .values(owner=owner, lease_until=now + timedelta(seconds=length_s))
    )
    return taken.rowcount == 1


async def renew(connection: AsyncConnection, pbx_id: str, owner: str, length_s: float) -> bool:
    """False: it is another's. One that is over but nobody's yet is renewed."""
    until = await _now(connection) + timedelta(seconds=length_s)
    mine = update(pbx).where(pbx.c.id == pbx_id, pbx.c.owner == owner)
    renewed = await connection.execute(mine.values(lease_until=until))
    return renewed.rowcount == 1


async def release(connection: AsyncConnection, pbx_id: str, owner: str) -> None:
    mine = update(pbx).where(pbx.c.id == pbx_id, pbx.c.owner == owner)
    await connection.execute(mine.values(owner="", lease_until=None))


async def holder(connection: AsyncConnection, pbx_id: str) -> Holder:
    found = await connection.execute(
        select(pbx.c.owner, pbx.c.lease_until).where(pbx.c.id == pbx_id)
    )
    row = found.one_or_none()
    if row is None or row.lease_until is None:
        return Holder("", 0.0)
    return Holder(row.owner, (row.lease_until - await _now(connection)).total_seconds())


async def _now(connection: AsyncConnection) -> datetime:
    """The database's: every process asks the same clock."""
    if connection.dialect.name == "sqlite":
        told = await connection.scalar(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now")))
        return datetime.fromisoformat(f"{told}+00:00")
    now = await connection.scalar(select(func.clock_timestamp()))
    assert isinstance(now, datetime)
    return now.astimezone(UTC)


def _insert(connection: AsyncConnection) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(pbx) if connection.dialect.name == "sqlite" else postgresql.insert(pbx)
