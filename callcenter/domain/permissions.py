"""Who may do what to whose record: one rule for lists, single records, search and fan-out.

A role says, per object and action, a scope. Scopes nest: none ⊂ own ⊂ team ⊂ below ⊂ all.
*own*: the actor is one of the record's owners; *team*: the record's team is the actor's; *below*:
that team or one beneath it (teams' paths are prefixes, "/1/7/" is beneath "/1/"); a record without
an owner or a team is seen by *all* only. An unknown object, action or scope is *none*.
`callcenter.store.scopes` says the same in SQL; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID


class Scope(StrEnum):
    NONE = "none"
    OWN = "own"
    TEAM = "team"
    BELOW = "below"
    ALL = "all"


_SCOPES: Final = {str(scope): scope for scope in Scope}

Permissions = Mapping[str, Mapping[str, str]]
"""object -> action -> scope; "*" stands for every object, or every action of one."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `user_id` is None for the system itself; `team_path` is "" without a team."""

    user_id: UUID | None
    team_path: str = ""
    permissions: Permissions = field(default_factory=dict)
    ip: str = ""
    team_id: UUID | None = None

    def scope(self, object_: str, action: str) -> Scope:
        for name in (object_, "*"):
            actions = self.permissions.get(name)
            if actions is None:
                continue
            return _SCOPES.get(actions.get(action, actions.get("*", "")), Scope.NONE)
        return Scope.NONE


SYSTEM: Final = Actor(user_id=None, permissions={"*": {"*": Scope.ALL}})


def covers(
    actor: Actor, scope: Scope, owners: Collection[UUID | None], team_path: str | None
) -> bool:
    """Whether `scope` lets `actor` at a record of these owners, in the team of this path."""
    if scope is Scope.ALL:
        return True
    if scope is Scope.NONE:
        return False
    if actor.user_id is not None and actor.user_id in owners:
        return True
    if scope is Scope.OWN or not actor.team_path or not team_path:
        return False
    if scope is Scope.TEAM:
        return team_path == actor.team_path
    return team_path.startswith(actor.team_path)
