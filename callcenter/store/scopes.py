"""The permission rule of `callcenter.domain.permissions`, as SQL conditions.

Every list, record, search and report asks here which rows an actor may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from callcenter.domain.permissions import Actor, Scope
from callcenter.store.tables import (
    activity,
    call,
    call_leg,
    callback,
    party,
    queue_member,
    recording,
    team,
    ticket,
    user,
)


def customers_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `party`."""
    scope = actor.scope("customer", action)
    return visible(actor, scope, owners=[party.c.owner_id], team_id=party.c.team_id)


def tickets_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `ticket`."""
    scope = actor.scope("ticket", action)
    return visible(actor, scope, owners=[ticket.c.owner_id], team_id=ticket.c.team_id)


def calls_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `call`: its owners are its first and last agent, its team is the last one's."""
    agents_team = select(user.c.team_id).where(user.c.id == call.c.last_agent_id)
    team_id = agents_team.correlate(call).scalar_subquery()  # whoever else the query names
    owners = [call.c.first_agent_id, call.c.last_agent_id]
    return visible(actor, actor.scope("call", action), owners=owners, team_id=team_id)


def recordings_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `recording`: its owners are all agents who talked in the call, its teams theirs."""
    scope = actor.scope("recording", action)
    if scope in {Scope.ALL, Scope.NONE}:
        return visible(actor, scope, owners=[], team_id=user.c.team_id)
    theirs = visible(actor, scope, owners=[call_leg.c.user_id], team_id=user.c.team_id)
    talked = and_(call_leg.c.answered_at.is_not(None), theirs)
    calls = select(call_leg.c.call_id).join(user, call_leg.c.user_id == user.c.id).where(talked)
    return recording.c.call_id.in_(calls)


def callbacks_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `callback`. One that is nobody's belongs to the agents of its queue."""
    scope = actor.scope("callback", action)
    seen = visible(actor, scope, owners=[callback.c.owner_id], team_id=callback.c.team_id)
    if scope in {Scope.ALL, Scope.NONE} or actor.user_id is None:
        return seen
    return or_(seen, and_(callback.c.owner_id.is_(None), callback.c.queue_id.in_(queues_of(actor))))


def tasks_of(actor: Actor, action: str) -> ColumnElement[bool]:
    """Rows of `activity` that are tasks: owners are who shall do it and who wrote it."""
    doer = func.coalesce(activity.c.assignee_id, activity.c.author_id)
    team_id = select(user.c.team_id).where(user.c.id == doer).correlate(activity).scalar_subquery()
    owners = [activity.c.assignee_id, activity.c.author_id]
    return visible(actor, actor.scope("task", action), owners=owners, team_id=team_id)


def queues_of(actor: Actor) -> Select[UUID]:
    """The ids of the queues whose calls the actor takes."""
    mine = queue_member.c.user_id == actor.user_id
    return select(queue_member.c.queue_id).where(mine)


def visible(
    actor: Actor,
    scope: Scope,
    *,
    owners: Sequence[ColumnElement[Any]],
    team_id: ColumnElement[Any],
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
