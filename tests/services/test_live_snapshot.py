"""Snapshot + messages = fresh snapshot: for every user, any order of events and commands."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed_scenarios import FIXTURE, MOVES, USERS, World, reduce, written


def assert_the_state_is_what_lies_on_the_desk(screen: dict[str, Any]) -> None:
    state = screen["me"]["state"]
    on_desk = {call["state"] for call in screen["calls"]}
    if not on_desk:
        assert state not in {"ringing", "on_call"}, "the call is gone, the agent must not be in it"
    if on_desk & {"active", "held"}:
        assert state in {"on_call", "signed_out"}, "who talks is offered no call"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_screen_that_follows_sees_what_a_fresh_one_sees(data: st.DataObject) -> None:
    world = World()

    def pick(bound: int) -> int:
        return data.draw(st.integers(0, bound - 1))

    screens = {user: world.snapshot(user) for user in USERS}
    for _ in range(data.draw(st.integers(1, 50))):
        world.messages.clear()
        MOVES[pick(len(MOVES))](world, pick)
        for user in USERS:
            for message in world.messages:
                if message.is_for(user):
                    screens[user] = reduce(screens[user], orjson.loads(message.encoded()))
            assert screens[user] == world.snapshot(user)
            assert_the_state_is_what_lies_on_the_desk(screens[user])


def test_the_browsers_fixture_is_current() -> None:
    assert FIXTURE.read_bytes() == written(), "run: python -m tests.feed_scenarios"
