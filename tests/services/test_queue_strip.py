"""Who waits in each queue, and how many agents are ready for it: told seldom, to everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.domain.agents import Input
from callcenter.services.queue_strip import PERIOD_S
from callcenter.services.views import QueueView
from tests.feed_scenarios import ROSTER_QUEUES, ROSTER_SEATS, USERS, World


@pytest.fixture
def world() -> World:
    return World()


def told(world: World) -> list[tuple[str, int]]:
    """What everybody was told of the queues since last asked: name, agents ready."""
    world.clock.advance(PERIOD_S)
    views = [m.data for m in world.messages if m.type == "queue" and m.audience is None]
    world.messages.clear()
    return [(v.name, v.ready) for v in views if isinstance(v, QueueView)]


def shown(world: World) -> dict[str, int]:
    return {one.name: one.ready for one in world.live.snapshot(USERS[0]).queues}


def ready(world: World, *users: int) -> None:
    for n in users:
        world.command(USERS[n], Input.SIGN_IN)
        world.command(USERS[n], Input.GO_READY)


def test_who_is_ready_counts_in_each_of_their_queues(world: World) -> None:
    assert shown(world) == {"support": 0, "vip": 0}
    ready(world, 0, 1)
    assert shown(world) == {"support": 0, "vip": 0}  # as the screens were told last
    assert told(world) == [("support", 2), ("vip", 2)]
    world.command(USERS[0], Input.RING)
    assert told(world) == [("support", 1), ("vip", 1)]
    assert shown(world) == {"support": 1, "vip": 1}


def test_a_pause_that_is_over_at_once_tells_nobody(world: World) -> None:
    ready(world, 0)
    told(world)
    world.command(USERS[0], Input.GO_NOT_READY, "lunch")
    world.command(USERS[0], Input.GO_READY)
    assert told(world) == []


def test_an_agent_who_is_given_other_queues_counts_there(world: World) -> None:
    ready(world, 0, 1)
    told(world)
    first, *others = ROSTER_SEATS
    world.roster.replace([replace(first, queues=("vip",)), *others], ROSTER_QUEUES)
    world.live.roster_changed()
    assert told(world) == [("support", 1)]
    world.command(USERS[0], Input.GO_NOT_READY, "lunch")
    assert told(world) == [("vip", 1)]


def test_an_agent_who_left_the_house_counts_nowhere(world: World) -> None:
    ready(world, 0, 1)
    told(world)
    world.roster.replace(ROSTER_SEATS[1:], ROSTER_QUEUES)
    world.live.roster_changed()
    assert told(world) == [("support", 1), ("vip", 1)]
    world.live.roster_changed()
    assert told(world) == []
