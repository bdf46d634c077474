"""What roles of a database from before recordings were kept may do with them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select, update

from callcenter.store.tables import role

REVISION: Final = "0003"
"""Roles of an earlier one say nothing of recordings."""


def permit_recordings(connection: Connection) -> None:
    for role_id, permissions in connection.execute(select(role.c.id, role.c.permissions)).all():
        more = with_recordings(permissions)
        if more != permissions:
            connection.execute(update(role).where(role.c.id == role_id).values(permissions=more))


def with_recordings(permissions: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Whose calls one may change, their recordings one hears: an agent one's own, a supervisor
    those of the teams. Who only reads calls hears none. What a role says itself stays."""
    changes = permissions.get("call", {}).get("update", "none")
    if "*" in permissions or "recording" in permissions or changes == "none":
        return permissions
    return permissions | {"recording": {"read": changes}}
