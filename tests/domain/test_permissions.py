"""Scopes nest, and what is not granted is refused."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from callcenter.domain.permissions import SYSTEM, Actor, Scope, covers

ME, SOMEBODY = uuid4(), uuid4()
ACTOR = Actor(ME, "/1/7/", {"customer": {"read": "team", "update": "own", "delete": "sideways"}})


@pytest.mark.parametrize(
    ("owner", "team_path", "least"),
    [
        (ME, None, Scope.OWN),
        (ME, "/2/", Scope.OWN),
        (SOMEBODY, "/1/7/", Scope.TEAM),
        (None, "/1/7/", Scope.TEAM),
        (SOMEBODY, "/1/7/9/", Scope.BELOW),
        (SOMEBODY, "/1/", Scope.ALL),
        (SOMEBODY, "/1/77/", Scope.ALL),
        (None, None, Scope.ALL),
    ],
)
def test_scopes_nest(owner: UUID | None, team_path: str | None, least: Scope) -> None:
    order = list(Scope)
    for scope in order:
        expected = order.index(scope) >= order.index(least)
        assert covers(ACTOR, scope, [owner], team_path) is expected, scope


def test_without_a_team_nobody_elses_records_are_seen() -> None:
    loner = Actor(ME)
    assert not covers(loner, Scope.BELOW, [SOMEBODY], "/1/")
    assert not covers(loner, Scope.TEAM, [SOMEBODY], "")


def test_nobody_owns_what_has_no_owner() -> None:
    assert not covers(Actor(None), Scope.OWN, [None], None)


@pytest.mark.parametrize(
    ("object_", "action", "scope"),
    [
        ("customer", "read", Scope.TEAM),
        ("customer", "create", Scope.NONE),
        ("customer", "delete", Scope.NONE),  # a scope nobody knows
        ("ticket", "read", Scope.NONE),
    ],
)
def test_what_is_not_granted_is_none(object_: str, action: str, scope: Scope) -> None:
    assert ACTOR.scope(object_, action) is scope


def test_a_star_stands_for_everything_else() -> None:
    assert SYSTEM.scope("anything", "at all") is Scope.ALL
    keeper = Actor(ME, "", {"customer": {"*": "own", "read": "all"}, "*": {"*": "team"}})
    assert keeper.scope("customer", "read") is Scope.ALL
    assert keeper.scope("customer", "update") is Scope.OWN
    assert keeper.scope("ticket", "update") is Scope.TEAM
