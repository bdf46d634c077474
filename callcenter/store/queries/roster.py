"""Who sits where: active users with their devices and queues, the queues, the pause reasons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.tables import pause_reason, queue, queue_member, role, user


async def seats(connection: AsyncConnection) -> Sequence[RowMapping]:
    """One row per active user: id, name, extension, interface, phone_kind, permissions (of their
    role)."""
    found = await connection.execute(
        select(
            user.c.id,
            user.c.name,
            user.c.extension,
            user.c.interface,
            user.c.phone_kind,
            role.c.permissions,
        )
        .join(role, user.c.role_id == role.c.id)
        .where(user.c.active)
        .order_by(user.c.login)
    )
    return found.mappings().all()


async def memberships(connection: AsyncConnection) -> Sequence[RowMapping]:
    """One row per user and queue: user_id, queue (its name)."""
    found = await connection.execute(
        select(queue_member.c.user_id, queue.c.name.label("queue"))
        .join(queue, queue.c.id == queue_member.c.queue_id)
        .order_by(queue.c.name)
    )
    return found.mappings().all()


async def queues(connection: AsyncConnection) -> Sequence[RowMapping]:
    """All of them, the default one first."""
    found = await connection.execute(
        select(queue).order_by(queue.c.is_default.desc(), queue.c.name)
    )
    return found.mappings().all()


async def pause_reasons(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Those that may be given now: code, allowed_minutes."""
    found = await connection.execute(
        select(pause_reason.c.code, pause_reason.c.allowed_minutes)
        .where(pause_reason.c.active)
        .order_by(pause_reason.c.position, pause_reason.c.code)
    )
    return found.mappings().all()
