"""What every desk is set up with: pause reasons, dispositions, queues, tags, articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import article, call, disposition, pause_reason, queue, tier

TAGS_OF: Final = 1_000
"""The tags of so many latest calls are counted."""


async def reasons(connection: AsyncConnection) -> Sequence[AnyRow]:
    rows = await connection.execute(
        select(pause_reason)
        .where(pause_reason.c.active)
        .order_by(pause_reason.c.position, pause_reason.c.code)
    )
    return rows.all()


async def dispositions(connection: AsyncConnection) -> Sequence[AnyRow]:
    """Those that are offered, with the name of their queue (None: every queue)."""
    rows = await connection.execute(
        select(disposition, queue.c.name.label("queue"))
        .outerjoin(queue, disposition.c.queue_id == queue.c.id)
        .where(disposition.c.active)
        .order_by(disposition.c.position, disposition.c.code)
    )
    return rows.all()


async def find_disposition(connection: AsyncConnection, disposition_id: UUID) -> AnyRow | None:
    """queue_id, wants_callback, branch (it has others beneath it) of one that is offered."""
    beneath = disposition.alias("beneath")
    has_beneath = (
        select(beneath.c.id)
        .where(beneath.c.parent_id == disposition.c.id, beneath.c.active)
        .exists()
    )
    rows = await connection.execute(
        select(
            disposition.c.queue_id, disposition.c.wants_callback, has_beneath.label("branch")
        ).where(disposition.c.id == disposition_id, disposition.c.active)
    )
    return rows.first()


async def queues(connection: AsyncConnection) -> Sequence[AnyRow]:
    """The default one first."""
    rows = await connection.execute(select(queue).order_by(queue.c.is_default.desc(), queue.c.name))
    return rows.all()


async def tiers(connection: AsyncConnection) -> Sequence[AnyRow]:
    """The highest first."""
    rows = await connection.execute(select(tier).order_by(tier.c.rank, tier.c.code))
    return rows.all()


async def queue_named(connection: AsyncConnection, name: str) -> UUID | None:
    found: UUID | None = await connection.scalar(select(queue.c.id).where(queue.c.name == name))
    return found


async def most_used_tags(connection: AsyncConnection, limit: int) -> list[str]:
    rows = await connection.scalars(
        select(call.c.tags).order_by(call.c.started_at.desc()).limit(TAGS_OF)
    )
    counted = Counter(tag for tags in rows for tag in tags)
    return sorted(counted, key=lambda tag: (-counted[tag], tag))[:limit]


async def articles(
    connection: AsyncConnection,
    *,
    queue_name: str,
    kind: str | None,
    text: str,
    locale: str,
    limit: int,
) -> Sequence[AnyRow]:
    """Scripts first, a queue's own before those of every queue."""
    wanted: list[Any] = [article.c.active]
    if queue_name:
        wanted.append(or_(article.c.queue_id.is_(None), queue.c.name == queue_name))
    if kind:
        wanted.append(article.c.kind == kind)
    if locale:
        wanted.append(article.c.locale.in_(("", locale)))
    if text:
        places = (article.c.title, article.c.body)
        wanted.append(or_(*(place.icontains(text, autoescape=True) for place in places)))
    rows = await connection.execute(
        select(article, queue.c.name.label("queue"))
        .outerjoin(queue, article.c.queue_id == queue.c.id)
        .where(*wanted)
        .order_by(
            case((article.c.kind == "script", 0), else_=1),
            case((article.c.queue_id.is_(None), 1), else_=0),
            article.c.position,
            article.c.title,
            article.c.id,
        )
        .limit(limit)
    )
    return rows.all()
