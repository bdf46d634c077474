"""A supervisor who listens is in the call, and weighs nothing there."""

from __future__ import annotations

import pytest

from telephony.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallMerged,
    LegEnded,
    LegRole,
    TelephonyEvent,
)
from tests.telephony.test_calls import CUSTOMER, Switch, agent_born, channel_born, frame
from tests.telephony.truth import Witness, frames_of

BOSS = "PJSIP/2009-00000009"
LISTENS = frame("ChanSpyStart", SpyerUniqueid="9.9", SpyeeUniqueid="9.2")
STOPS = frame("ChanSpyStop", SpyerUniqueid="9.9", SpyeeUniqueid="9.2")


def talking() -> Switch:
    """A customer and 2001, and 2009 who has dialled a code: nobody's call yet."""
    switch = Switch()
    switch.say(channel_born("9.1", CUSTOMER), agent_born())
    switch.say(frame("DialBegin", Uniqueid="9.1", DestUniqueid="9.2"))
    switch.say(
        frame("BridgeEnter", Uniqueid="9.1", BridgeUniqueid="b", BridgeType="basic"),
        frame("BridgeEnter", Uniqueid="9.2", BridgeUniqueid="b", BridgeType="basic"),
    )
    assert switch.say(channel_born("9.9", BOSS, Exten="*44")) == []
    return switch


def end(switch: Switch) -> list[TelephonyEvent]:
    return switch.say(frame("Hangup", Uniqueid="9.2"), frame("Hangup", Uniqueid="9.1"))


@pytest.mark.parametrize("name", ["supervisor_listens", "supervisor_whispers"])
def test_the_order_to_listen_becomes_part_of_the_call(name: str) -> None:
    events = Witness().hears(frames_of(name)).events
    main, order = (event for event in events if isinstance(event, CallArrived))
    (merged,) = (event for event in events if isinstance(event, CallMerged))
    assert (merged.call_id, merged.into) == (order.call_id, main.call_id)
    (left,) = (e for e in events if isinstance(e, LegEnded) and e.log.role is LegRole.SUPERVISOR)
    assert (left.call_id, left.log.interface) == (main.call_id, "PJSIP/2003")
    answers = [event for event in events if isinstance(event, CallAnswered)]
    assert [e.interface for e in answers if e.call_id == main.call_id] == ["PJSIP/2001"]


def test_who_listens_again_stays_again() -> None:
    switch = talking()
    switch.say(LISTENS, STOPS, LISTENS, LISTENS)
    (ended,) = (event for event in end(switch) if isinstance(event, CallEnded))
    stays = [leg for leg in ended.log.legs if leg.role is LegRole.SUPERVISOR]
    assert [leg.leg_id for leg in stays] == ["9.9", "9.9~2", "9.9~3"]
    assert [leg.talk_s for leg in stays] == [1, 1, 2]
    assert {leg.ended_by for leg in stays[:2]} == {LegRole.SUPERVISOR}
    assert [leg.talk_s for leg in ended.log.legs[:2]] == [6, 6]


def test_the_call_ends_without_them() -> None:
    switch = talking()
    switch.say(LISTENS)
    assert isinstance(end(switch)[-1], CallEnded)
    assert switch.say(STOPS, frame("Hangup", Uniqueid="9.9")) == []
    assert switch.tracker.live_calls() == ()


def test_one_who_talks_is_no_supervisor() -> None:
    switch = talking()
    assert switch.say(frame("ChanSpyStart", SpyerUniqueid="9.1", SpyeeUniqueid="9.2")) == []
    (ended,) = (event for event in end(switch) if isinstance(event, CallEnded))
    assert LegRole.SUPERVISOR not in {leg.role for leg in ended.log.legs}


def test_a_supervisor_is_shown_while_they_listen() -> None:
    switch = talking()
    switch.say(LISTENS)
    (call,) = switch.tracker.live_calls()
    assert [leg.role for leg in call.legs][-1] is LegRole.SUPERVISOR
    switch.say(frame("Hangup", Uniqueid="9.9"))
    (call,) = switch.tracker.live_calls()
    assert LegRole.SUPERVISOR not in {leg.role for leg in call.legs}


def test_nobody_is_heard_where_nobody_is_known() -> None:
    switch = Switch()
    assert switch.say(LISTENS, STOPS) == []
    assert switch.tracker.counters.strangers > 0


def test_who_fetches_a_parked_caller_answers() -> None:
    events = Witness().hears(frames_of("parked_and_fetched_by_a_colleague")).events
    answers = [event.interface for event in events if isinstance(event, CallAnswered)]
    assert answers == ["PJSIP/2001", "PJSIP/2002"]
    assert len({event.call_id for event in events if isinstance(event, CallEvent)}) == 1
