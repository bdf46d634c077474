"""What a former process left open, and what of it the switch still has when we come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from telephony.calls import CallTracker, OpenCall, ResyncSnapshot
from telephony.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallLog,
    CallQueued,
    CallResult,
    Direction,
    LegRole,
    TelephonyEvent,
    call_id_for,
)
from telephony.wire import Frame
from tests.telephony.test_calls import AGENT, CUSTOMER, NOW, channel_born, frame

BEGAN = NOW - timedelta(seconds=65.4)
JOINED = BEGAN + timedelta(seconds=2)
ANSWERED = BEGAN + timedelta(seconds=20)
SEEN = NOW - timedelta(seconds=10)

OPEN = OpenCall(
    uniqueid="9.1",
    direction=Direction.INBOUND,
    caller="13800138000",
    caller_name="Wang Wei",
    dialled="4008001234",
    queues=("support",),
    queued_at=JOINED,
    started_at=BEGAN,
    answered_at=ANSWERED,
    connected_s=0.0,
    seen_at=SEEN,
)
OUTBOUND = replace(
    OPEN,
    uniqueid="crm-1",
    direction=Direction.OUTBOUND,
    caller="2001",
    dialled="13900139000",
    queues=(),
    queued_at=None,
)


def shown(uniqueid: str, name: str, linkedid: str = "9.1", age_s: int = 65, **more: str) -> Frame:
    headers = {"Linkedid": linkedid, "Duration": f"00:{age_s // 60:02}:{age_s % 60:02}"}
    return channel_born(uniqueid, name, "Up", **(headers | more))


def came_back(
    *calls: OpenCall, channels: tuple[Frame, ...] = (), waiting: tuple[Frame, ...] = ()
) -> tuple[CallTracker, list[TelephonyEvent]]:
    tracker = CallTracker("pbx")
    tracker.recall(calls)
    return tracker, tracker.resync(ResyncSnapshot(channels, waiting), NOW)


def ended(tracker: CallTracker, *uniqueids: str) -> CallLog:
    """They hang up 30 s later."""
    for uniqueid in uniqueids:
        events = tracker.feed(frame("Hangup", Uniqueid=uniqueid), NOW + timedelta(seconds=30))
    assert isinstance(events[-1], CallEnded)
    return events[-1].log


TALKING = (
    shown("9.1", CUSTOMER, BridgeId="b1"),
    shown("9.2", AGENT, age_s=59, BridgeId="b1"),
)


@pytest.mark.parametrize("channels", [TALKING, TALKING[::-1]])
def test_a_call_that_goes_on_keeps_what_was_known(channels: tuple[Frame, ...]) -> None:
    tracker, events = came_back(OPEN, channels=channels)
    (arrived,) = (event for event in events if isinstance(event, CallArrived))
    assert (arrived.call_id, arrived.at) == (call_id_for("pbx", "9.1"), BEGAN)
    assert arrived.interface == "PJSIP/carrier"
    (answer,) = (event for event in events if isinstance(event, CallAnswered))
    assert (answer.interface, answer.at) == ("PJSIP/2001", ANSWERED)
    log = ended(tracker, "9.2", "9.1")
    assert (log.result, log.answered_at, log.started_at) == (
        CallResult.ANSWERED,
        ANSWERED,
        BEGAN,
    )
    assert (log.inferred, log.recovered, log.queues) == (False, True, ("support",))
    assert log.wait_s == 18
    assert log.connected_s == pytest.approx(75.4)
    assert [leg.ring_s for leg in log.legs] == pytest.approx([0, 13.6])
    assert [leg.talk_s for leg in log.legs] == pytest.approx([75.4, 75.4])


@pytest.mark.parametrize(
    ("known", "result", "last"),
    [
        (OPEN, CallResult.ANSWERED, SEEN),
        (replace(OPEN, answered_at=None), CallResult.ABANDONED, SEEN),
        (replace(OPEN, answered_at=None, queues=()), CallResult.ABANDONED, SEEN),
        (replace(OUTBOUND, answered_at=None), CallResult.FAILED, SEEN),
        (OUTBOUND, CallResult.ANSWERED, SEEN),
        (replace(OUTBOUND, direction=Direction.INTERNAL), CallResult.ANSWERED, SEEN),
        (
            replace(OUTBOUND, direction=Direction.INTERNAL, answered_at=None),
            CallResult.FAILED,
            SEEN,
        ),
        # Killed, and known to be alive only some time before.
        (replace(OPEN, seen_at=BEGAN - timedelta(seconds=5)), CallResult.ANSWERED, ANSWERED),
    ],
)
def test_a_call_of_which_nothing_is_left_has_ended(
    known: OpenCall, result: CallResult, last: object
) -> None:
    tracker, events = came_back(known)
    (end,) = events
    assert isinstance(end, CallEnded)
    assert (end.log.result, end.log.inferred, end.log.ended_at) == (result, True, last)
    assert (end.log.direction, end.log.caller) == (known.direction, known.caller)
    assert end.log.answered_at == known.answered_at
    assert tracker.live_calls() == ()
    assert tracker.resync(ResyncSnapshot(), NOW) == [], "once"


def test_a_caller_who_still_waits() -> None:
    entry = frame("QueueEntry", Queue="support", Uniqueid="9.1", Position="1", Wait="63")
    tracker, events = came_back(
        replace(OPEN, answered_at=None),
        channels=(shown("9.1", CUSTOMER),),
        waiting=(entry,),
    )
    (queued,) = (event for event in events if isinstance(event, CallQueued))
    assert (queued.queue, queued.at) == ("support", JOINED)
    tracker.feed(frame("QueueCallerAbandon", Uniqueid="9.1"), NOW)
    log = ended(tracker, "9.1")
    assert (log.result, log.queues, log.answered_at) == (
        CallResult.ABANDONED,
        ("support",),
        None,
    )
    assert log.wait_s == pytest.approx(93.4)


def test_a_caller_who_was_sent_to_another_queue_meanwhile() -> None:
    entry = frame("QueueEntry", Queue="sales", Uniqueid="9.1", Position="1", Wait="5")
    tracker, _ = came_back(OPEN, channels=(shown("9.1", CUSTOMER),), waiting=(entry,))
    log = ended(tracker, "9.1")
    assert (log.result, log.queues) == (CallResult.ANSWERED, ("support", "sales"))


def test_an_agent_who_came_later_did_not_answer_first() -> None:
    """The first agent's time is in the log already."""
    second = shown("9.7", "PJSIP/2002-00000007", age_s=12, BridgeId="b1")
    known = replace(OPEN, connected_s=20.0)
    tracker, events = came_back(known, channels=(shown("9.1", CUSTOMER, BridgeId="b1"), second))
    (answer,) = (event for event in events if isinstance(event, CallAnswered))
    assert (answer.interface, answer.at) == ("PJSIP/2002", NOW)
    log = ended(tracker, "9.7", "9.1")
    assert log.answered_at == ANSWERED
    assert log.connected_s == pytest.approx(50)


def test_who_began_the_call_has_left_it() -> None:
    """Click-to-dial, and the agent sent the customer on: only the Linkedid still names the call."""
    customer = shown("9.5", "PJSIP/carrier-00000005", "crm-1", 40, BridgeId="b1")
    second = shown("9.6", "PJSIP/2002-00000006", "crm-1", 5, BridgeId="b1")
    tracker, events = came_back(OUTBOUND, channels=(second, customer))
    (arrived,) = (event for event in events if isinstance(event, CallArrived))
    assert (arrived.call_id, arrived.direction) == (call_id_for("pbx", "crm-1"), Direction.OUTBOUND)
    later = channel_born("9.8", "PJSIP/2003-00000008", "Down", Linkedid="crm-1")
    assert tracker.feed(later, NOW) == []
    assert [call.dialled for call in tracker.live_calls()] == ["13900139000"]
    tracker.feed(frame("Hangup", Uniqueid="9.8"), NOW)
    log = ended(tracker, "9.5", "9.6")
    assert (log.call_id, log.result) == (call_id_for("pbx", "crm-1"), CallResult.ANSWERED)
    roles = {leg.interface: leg.role for leg in log.legs}
    assert roles["PJSIP/carrier"] is LegRole.CUSTOMER


def test_two_calls_are_not_mixed_up() -> None:
    other = replace(OPEN, uniqueid="8.1", caller="13900139000")
    tracker, events = came_back(OPEN, other, channels=TALKING)
    (end,) = (event for event in events if isinstance(event, CallEnded))
    assert end.call_id == call_id_for("pbx", "8.1")
    assert [call.caller for call in tracker.live_calls()] == ["13800138000"]
