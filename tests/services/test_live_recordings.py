"""Every recording of the real Asterisk through the live branch: nobody is left in a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcenter.domain.agents import Input
from callcenter.services.roster import Seat
from telephony.events import AgentRinging, CallArrived, CallEvent, Direction
from telephony.replay import replay_all
from tests.feed_scenarios import ROSTER_QUEUES, World, named

RECORDINGS = Path(__file__).parent.parent / "recordings"


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.ami")), ids=lambda path: path.stem)
def test_when_all_is_over_nobody_is_in_a_call_and_no_desk_holds_one(path: Path) -> None:
    told = replay_all(path.read_bytes()).events
    devices = {event.interface for event in told if isinstance(event, AgentRinging)}
    devices |= {
        event.interface
        for event in told
        if isinstance(event, CallArrived) and event.direction is not Direction.INBOUND
    }
    seats = [
        Seat(named(device), device, device.removeprefix("PJSIP/"), device, ("support",))
        for device in sorted(devices)
    ]
    world = World()
    world.roster.replace(seats, ROSTER_QUEUES)
    for seat in seats:
        world.command(seat.user_id, Input.SIGN_IN)
        world.command(seat.user_id, Input.GO_READY)
    for event in told:
        world.live.on_event(event)
    world.clock.advance(60)  # wrap-up is over
    for seat in seats:
        screen = world.live.snapshot(seat.user_id)
        assert screen.me.state in {"ready", "not_ready"}, seat.name
        assert screen.calls == ()
    assert not any(queue.waiting for queue in world.live.snapshot(named("anybody")).queues)
    calls = {event.call_id for event in told if isinstance(event, CallEvent)}
    assert not any(world.live.call(call) for call in calls), "a call is kept for ever"
