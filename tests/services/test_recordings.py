"""Which calls are recorded, and what agents may order about it."""

from __future__ import annotations

import asyncio

import pytest

from callcenter.services.errors import Conflict, NotFound
from callcenter.services.roster import RecordingPolicy
from telephony import events
from telephony.events import Direction, LegRole, RecordingState, call_id_for
from telephony.switch import RecordOrder, SwitchUnavailable
from tests.feed_scenarios import DEVICES, NUMBERS, PBX
from tests.services.phoning import AGENT, CALL, CONSULT, DEVICE, OTHER, Phoning

FILE = f"2026-01-05/{CALL}.wav"
START, PAUSE, CONTINUE = RecordOrder.START, RecordOrder.PAUSE, RecordOrder.CONTINUE


async def made(policy: RecordingPolicy) -> Phoning:
    phoning = Phoning()
    phoning.recorded("support", policy)
    return phoning


async def orders(phoning: Phoning) -> list[tuple[object, ...]]:
    """What the switch was told since the last time."""
    for _ in range(3):
        await asyncio.sleep(0)
    given, phoning.switch.orders[:] = list(phoning.switch.orders), []
    assert all(order[:2] == ("record", CALL) and order[3] == FILE for order in given), given
    return [order[2:3] for order in given]


def shows(phoning: Phoning, user: object = AGENT) -> str:
    views = phoning.world.live.snapshot(AGENT if user is AGENT else OTHER).calls
    return next(view.recording for view in views if view.id == CALL)


def is_recorded(phoning: Phoning, state: RecordingState = RecordingState.ON) -> None:
    phoning.say(events.RecordingChanged, CALL, state)


async def test_always_begins_with_the_answer() -> None:
    phoning = await made("always")
    phoning.rings()
    assert await orders(phoning) == []
    assert shows(phoning) == "off"
    phoning.answers()
    assert await orders(phoning) == [(START,)]
    assert shows(phoning) == "off"  # until the switch says so
    is_recorded(phoning)
    assert shows(phoning) == "on"


async def test_on_demand_begins_by_order() -> None:
    phoning = await made("on_demand")
    phoning.talks()
    assert await orders(phoning) == []
    await phoning.recordings.order(AGENT, CALL, True)
    assert await orders(phoning) == [(START,)]
    is_recorded(phoning)
    await phoning.recordings.order(AGENT, CALL, True)
    assert await orders(phoning) == []


@pytest.mark.parametrize("policy", ["always", "on_demand"])
async def test_an_agent_pauses_and_continues(policy: RecordingPolicy) -> None:
    phoning = await made(policy)
    phoning.talks()
    await orders(phoning)
    await phoning.recordings.order(AGENT, CALL, False)
    assert await orders(phoning) == []  # nothing is recorded
    is_recorded(phoning)
    await phoning.recordings.order(AGENT, CALL, False)
    is_recorded(phoning, RecordingState.PAUSED)
    assert shows(phoning) == "paused"
    await phoning.recordings.order(AGENT, CALL, False)
    await phoning.recordings.order(AGENT, CALL, True)
    assert await orders(phoning) == [(PAUSE,), (CONTINUE,)]


async def test_what_may_not_be_recorded() -> None:
    phoning = await made("never")
    phoning.talks()
    with pytest.raises(Conflict) as caught:
        await phoning.recordings.order(AGENT, CALL, True)
    assert caught.value.code == "not_recordable"
    with pytest.raises(NotFound):
        await phoning.recordings.order(OTHER, CALL, True)
    assert await orders(phoning) == []


async def test_a_call_that_an_agent_placed_is_recorded_from_the_customers_answer_on() -> None:
    phoning = Phoning()  # its default queue, vip, is always recorded
    phoning.say(events.CallArrived, CALL, "1.1", Direction.OUTBOUND, "1001", "", NUMBERS[0], DEVICE)
    phoning.say(events.CallAnswered, CALL, "leg", DEVICE, LegRole.AGENT, "")
    assert await orders(phoning) == []
    phoning.say(events.CallAnswered, CALL, "far", "PJSIP/carrier", LegRole.CUSTOMER, "")
    assert await orders(phoning) == [(START,)]


async def test_colleagues_are_not_recorded() -> None:
    phoning = Phoning()
    phoning.say(events.CallArrived, CALL, "1.1", Direction.INTERNAL, "1001", "", "1002", DEVICE)
    phoning.say(events.CallAnswered, CALL, "leg", DEVICES[1], LegRole.AGENT, "")
    assert await orders(phoning) == []


async def test_a_consultation_is_not_recorded_by_itself() -> None:
    phoning = await made("always")
    phoning.talks()
    is_recorded(phoning)
    assert await orders(phoning) == [(START,)]
    phoning.is_asked()
    assert await orders(phoning) == []
    with pytest.raises(Conflict) as caught:
        await phoning.recordings.order(AGENT, CONSULT, True)
    assert caught.value.code == "not_recordable"


async def test_after_a_reconnection_what_should_be_recorded_is() -> None:
    phoning = await made("always")
    phoning.switch.refuse = {"record": SwitchUnavailable("Not connected.")}
    phoning.talks()
    assert await orders(phoning) == []
    phoning.switch.refuse = {}
    back = events.SwitchConnected(PBX, 99, phoning.world.at(), "22")
    phoning.recordings.on_event(back)
    assert await orders(phoning) == [(START,)]
    is_recorded(phoning, RecordingState.PAUSED)
    phoning.recordings.on_event(back)  # it is paused on purpose
    is_recorded(phoning)
    phoning.recordings.on_event(back)
    assert await orders(phoning) == []


async def test_another_agent_continues_what_the_first_left_paused() -> None:
    phoning = await made("always")
    phoning.talks()
    assert await orders(phoning) == [(START,)]
    is_recorded(phoning)
    await phoning.recordings.order(AGENT, CALL, False)
    is_recorded(phoning, RecordingState.PAUSED)
    assert await orders(phoning) == [(PAUSE,)]
    phoning.answers(leg="again")  # their page was lost; the card number is not said to the end yet
    assert await orders(phoning) == []
    phoning.answers(device=DEVICES[1], leg="other")
    assert await orders(phoning) == [(CONTINUE,)]


async def test_in_a_queue_that_is_never_recorded_the_recording_rests() -> None:
    phoning = await made("never")
    phoning.talks("vip")
    is_recorded(phoning)
    assert await orders(phoning) == [(START,)]
    phoning.say(events.CallQueued, CALL, "support", 0, 1)
    phoning.answers("support", DEVICES[1], "other")
    assert await orders(phoning) == [(PAUSE,)]


async def test_what_is_over_is_forgotten() -> None:
    phoning = await made("always")
    phoning.talks()
    assert await orders(phoning) == [(START,)]
    phoning.say(events.CallMerged, CALL, call_id_for(PBX, "9.9"))
    phoning.recordings.on_event(events.SwitchConnected(PBX, 99, phoning.world.at(), "22"))
    assert await orders(phoning) == []
