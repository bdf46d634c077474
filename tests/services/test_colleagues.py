"""Whom a call can be given to: told to everybody, seldom, and only what is different."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.domain.agents import Input
from callcenter.services.queue_strip import PERIOD_S
from callcenter.services.roster import Seat
from callcenter.services.views import ColleagueView
from tests.feed_scenarios import ROSTER_QUEUES, ROSTER_SEATS, USERS, World, named


@pytest.fixture
def world() -> World:
    return World()


def told(world: World) -> list[tuple[str, str, str]]:
    """What everybody was told since last asked: name, extension, state."""
    world.clock.advance(PERIOD_S)
    views = [m.data for m in world.messages if m.type == "colleague" and m.audience is None]
    world.messages.clear()
    return [(v.name, v.extension, v.state) for v in views if isinstance(v, ColleagueView)]


def test_a_fresh_screen_has_everybody_with_an_extension(world: World) -> None:
    world.roster.replace([*ROSTER_SEATS, Seat(named("boss"), "Boss", "", "", ())], ROSTER_QUEUES)
    world.live.roster_changed()
    assert told(world) == []
    shown = world.live.snapshot(USERS[0]).colleagues
    assert [(one.extension, one.state) for one in shown] == [
        ("1001", "signed_out"),
        ("1002", "signed_out"),
        ("1003", "signed_out"),
    ]


def test_a_burst_of_changes_is_one_message_and_none_when_nothing_shown_changed(
    world: World,
) -> None:
    world.command(USERS[0], Input.SIGN_IN)
    world.command(USERS[0], Input.GO_READY)
    assert told(world) == [("Agent 1", "1001", "ready")]
    world.command(USERS[0], Input.RING)
    world.command(USERS[0], Input.RING_ENDED)
    assert told(world) == [("Agent 1", "1001", "ready")]  # since now
    world.command(USERS[0], Input.RING)
    told(world)
    world.command(USERS[0], Input.GO_NOT_READY, "lunch")
    assert told(world) == []
    world.command(USERS[0], Input.RING_ENDED)
    assert told(world) == [("Agent 1", "1001", "not_ready")]
    world.command(USERS[0], Input.VANISHED)
    assert told(world) == [("Agent 1", "1001", "unresponsive")]


def test_who_came_moved_or_left(world: World) -> None:
    first, *others = ROSTER_SEATS
    new = Seat(named("new"), "New", "1009", "PJSIP/1009", ())
    world.roster.replace([replace(first, extension="1011"), *others, new], ROSTER_QUEUES)
    world.live.roster_changed()
    assert told(world) == [("Agent 1", "1011", "signed_out"), ("New", "1009", "signed_out")]
    world.roster.replace([*others, new], ROSTER_QUEUES)
    world.live.roster_changed()
    assert told(world) == [("Agent 1", "", "signed_out")]
    world.live.roster_changed()
    assert told(world) == []


def test_why_they_are_not_ready_and_since_when(world: World) -> None:
    world.command(USERS[0], Input.SIGN_IN)
    world.command(USERS[0], Input.GO_NOT_READY, "lunch")
    told(world)
    lunch = world.clock.now()
    (view,) = [one for one in world.live.snapshot(USERS[1]).colleagues if one.reason]
    assert (view.name, view.reason) == ("Agent 1", "lunch")
    world.clock.advance(60)
    world.command(USERS[0], Input.GO_NOT_READY, "training")
    assert told(world) == [("Agent 1", "1001", "not_ready")]
    (view,) = [one for one in world.live.snapshot(USERS[1]).colleagues if one.reason]
    assert view.reason == "training"
    assert view.since >= lunch


def test_what_follows_a_call_is_nobody_elses_business(world: World) -> None:
    for given in (Input.SIGN_IN, Input.GO_READY, Input.RING):
        world.command(USERS[0], given)
    world.command(USERS[0], Input.GO_NOT_READY, "lunch")
    told(world)
    states = {(one.state, one.reason) for one in world.live.snapshot(USERS[1]).colleagues}
    assert states == {("ringing", ""), ("signed_out", "")}
