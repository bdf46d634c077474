"""Every recording of the real Asterisk through the live branch: nobody is left in a call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from callcenter.domain.agents import Input
from callcenter.services.roster import Seat
from callcenter.services.views import CallView
from telephony.events import (
    AgentRinging,
    CallArrived,
    CallEvent,
    ConsultBegan,
    Direction,
    LegEnded,
    TelephonyEvent,
)
from telephony.replay import replay_all
from tests.feed_scenarios import ROSTER_QUEUES, World, named

RECORDINGS = Path(__file__).parent.parent / "recordings"


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.ami")), ids=lambda path: path.stem)
def test_when_all_is_over_nobody_is_in_a_call_and_no_desk_holds_one(path: Path) -> None:
    told = replay_all(path.read_bytes()).events
    world, seats = staffed(told)
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


CONSULTED = ("consult_by_order_completed", "consult_blonde", "consult_a_queue", "consult_cancelled")


@pytest.mark.parametrize("name", CONSULTED)
def test_who_is_consulted_is_shown_the_customer(name: str) -> None:
    told = replay_all((RECORDINGS / f"{name}.ami").read_bytes()).events
    world, seats = staffed(told)
    consults = {event.call_id: event.of for event in told if isinstance(event, ConsultBegan)}
    shown = []
    for event in told:
        world.live.on_event(event)
        if isinstance(event, AgentRinging) and event.call_id in consults:
            [seat] = [seat for seat in seats if seat.interface == event.interface]
            [call] = world.live.snapshot(seat.user_id).calls
            shown.append((call.consult_of, call.about and call.about.number))
    assert shown == [(of, "13800138000") for of in consults.values()]


@pytest.mark.parametrize(
    ("name", "states", "reason"),
    [
        ("sent_back_and_taken", ["ringing", "active", "active", "held", "ringing", "active",
                                 "ended"], ""),
        ("sent_back_to_the_queue", ["ringing", "active", "active", "held", "ringing", "held",
                                    "ended"], "missed"),
    ],
)  # fmt: skip
def test_a_customer_who_is_sent_back_stays_on_the_desk(
    name: str, states: list[str], reason: str
) -> None:
    """The page was lost just before the switch said that its leg has ended."""
    told = replay_all((RECORDINGS / f"{name}.ami").read_bytes()).events
    world, [seat, *_] = staffed(told)
    lost = False
    for event in told:
        if isinstance(event, LegEnded) and event.log.interface == seat.interface and not lost:
            world.live.set_returning(seat.user_id, event.call_id, True)
            lost = True
        world.live.on_event(event)
    views = [m.data for m in world.messages if m.type == "call" and m.is_for(seat.user_id)]
    told_states = [view.state for view in views if isinstance(view, CallView)]
    assert told_states[: len(states)] == states
    assert len(world.wrapped) == 0
    me = world.live.snapshot(seat.user_id).me
    assert (me.state, me.reason) == ("wrap_up", reason)


def staffed(told: Sequence[TelephonyEvent]) -> tuple[World, list[Seat]]:
    """With an agent at each device of the recording, all of them ready."""
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
    return world, seats
