"""The permission rule of `callcenter.domain.permissions`, as an SQL condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true

from callcenter.domain.permissions import Actor, Scope
from callcenter.store.tables import team


def visible(
    actor: Actor,
    scope: Scope,
    *,
    owners: Sequence[ColumnElement[Any]],
    team_id: ColumnElement[UUID | None],
) -> ColumnElement[bool]:
    """True for the rows that `covers` lets the actor at."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    allowed: list[ColumnElement[bool]] = []
    if actor.user_id is not None:
        allowed.extend(owner == actor.user_id for owner in owners)
    if scope is not Scope.OWN and actor.team_path:
        path = team.c.path
        inside = (
            path == actor.team_path
            if scope is Scope.TEAM
            else path.startswith(actor.team_path, autoescape=True)
        )
        allowed.append(team_id.in_(select(team.c.id).where(inside)))
    return or_(false(), *allowed)
