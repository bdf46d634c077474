"""Who is signed in: users by login, sessions by the hash of their token."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.tables import role, session, team, user

_USER = (
    user.c.id,
    user.c.login,
    user.c.name,
    user.c.password_hash,
    user.c.extension,
    user.c.locale,
    user.c.prefs,
    user.c.team_id,
    team.c.path.label("team_path"),
    role.c.name.label("role"),
    role.c.permissions,
)


def _users(*extra: Any) -> Select[Any]:
    joined = user.join(role, user.c.role_id == role.c.id).outerjoin(
        team, user.c.team_id == team.c.id
    )
    return select(*_USER, *extra).select_from(joined).where(user.c.active)


async def active_user(connection: AsyncConnection, login: str) -> RowMapping | None:
    rows = await connection.execute(_users().where(user.c.login == login))
    found: RowMapping | None = rows.mappings().first()
    return found


async def login_exists(connection: AsyncConnection, login: str) -> bool:
    """Also of a user who was deactivated."""
    rows = await connection.execute(select(user.c.id).where(user.c.login == login))
    return rows.first() is not None


async def live_session(
    connection: AsyncConnection, key: str | UUID, after: datetime
) -> RowMapping | None:
    """The session that expires after then, and its active user: columns of both, `session_id` and
    `expires_at`.

    `key` is the hash of its token, or its id.
    """
    this = session.c.id == key if isinstance(key, UUID) else session.c.token_hash == key
    query = (
        _users(session.c.id.label("session_id"), session.c.expires_at)
        .join(session, session.c.user_id == user.c.id)
        .where(this, session.c.expires_at > after)
    )
    found: RowMapping | None = (await connection.execute(query)).mappings().first()
    return found


async def open_session(
    connection: AsyncConnection,
    *,
    session_id: UUID,
    user_id: UUID,
    token_hash: str,
    now: datetime,
    expires_at: datetime,
    ip: str,
    sweep: datetime,
) -> None:
    """Insert the session; those that expired before `sweep` are swept out on the way."""
    await connection.execute(delete(session).where(session.c.expires_at <= sweep))
    await connection.execute(
        session.insert().values(
            id=session_id,
            user_id=user_id,
            token_hash=token_hash,
            created_at=now,
            expires_at=expires_at,
            ip=ip,
        )
    )


async def close_sessions(connection: AsyncConnection, user_id: UUID) -> None:
    await connection.execute(delete(session).where(session.c.user_id == user_id))


async def set_password_hash(connection: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    await connection.execute(
        update(user).where(user.c.id == user_id).values(password_hash=password_hash)
    )


async def lock_prefs(connection: AsyncConnection, user_id: UUID) -> dict[str, Any]:
    """To be written anew: of two screens of theirs, the second adds to what the first wrote."""
    found = await connection.execute(
        select(user.c.prefs).where(user.c.id == user_id).with_for_update()
    )
    return dict(found.scalar_one())


async def set_prefs(
    connection: AsyncConnection, user_id: UUID, locale: str, values: dict[str, Any]
) -> None:
    await connection.execute(
        update(user).where(user.c.id == user_id).values(locale=locale, prefs=values)
    )
