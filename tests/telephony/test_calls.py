"""The tracker's rules that no recording shows: resync, what is forgotten, missing headers."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from telephony.calls import CallTracker, ResyncSnapshot, Topology
from telephony.calls.topology import interface_of, presented
from telephony.calls.transitions import TRANSITIONS, LegState, Stimulus
from telephony.events import (
    AgentRingEnded,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallQueued,
    CallResult,
    DeviceState,
    DeviceStateChanged,
    Direction,
    LegResult,
    MemberChanged,
    SwitchConnected,
    SwitchLost,
    TelephonyEvent,
    call_id_for,
)
from telephony.problems import Problem
from telephony.wire import WANTED, Frame, Framer

RECORDINGS = Path(__file__).parent.parent / "recordings"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CUSTOMER, AGENT = "PJSIP/carrier-00000001", "PJSIP/2001-00000002"


def frame(event: str, **headers: str) -> Frame:
    lines = [f"Event: {event}", *(f"{name}: {value}" for name, value in headers.items())]
    return Frame("\r\n".join(lines).encode())


def channel_born(uniqueid: str, name: str, state: str = "Ring", **more: str) -> Frame:
    headers = {
        "Channel": name,
        "Uniqueid": uniqueid,
        "Linkedid": uniqueid,
        "ChannelStateDesc": state,
        "CallerIDNum": "13800138000",
        "Exten": "4008001234",
    }
    return frame("Newchannel", **(headers | more))


def agent_born(uniqueid: str = "9.2", linkedid: str = "9.1") -> Frame:
    return channel_born(uniqueid, AGENT, "Down", Linkedid=linkedid)


class Switch:
    """A tracker and a clock: each frame comes a second after the one before."""

    def __init__(self) -> None:
        self.tracker = CallTracker("pbx", Topology())
        self.now = NOW

    def say(self, *frames: Frame) -> list[TelephonyEvent]:
        events: list[TelephonyEvent] = []
        for one in frames:
            self.now += timedelta(seconds=1)
            events += self.tracker.feed(one, self.now)
        return events

    def ring_agent(self) -> list[TelephonyEvent]:
        return self.say(
            channel_born("9.1", CUSTOMER),
            frame("QueueCallerJoin", Uniqueid="9.1", Queue="support", Position="1"),
            agent_born(),
            frame("AgentCalled", Uniqueid="9.1", DestUniqueid="9.2", Interface="PJSIP/2001"),
        )


def kinds(events: list[TelephonyEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_every_pair_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(itertools.product(LegState, Stimulus))
    for (state, _), after in TRANSITIONS.items():
        assert state is not LegState.ENDED or after is LegState.ENDED


def test_what_is_wanted_is_what_is_read() -> None:
    tracker = CallTracker("pbx")
    for event in WANTED:
        tracker.feed(frame(event), NOW)
    assert tracker.counters.unwanted == 0
    tracker.feed(frame("VarSet"), NOW)
    assert tracker.counters.unwanted == 1


@pytest.mark.parametrize("event", sorted(WANTED))
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Uniqueid": "9.1"},
        {"DestUniqueid": "9.1"},
        {"Timestamp": "1e300"},
        {"Timestamp": "nan"},
    ],
)
def test_missing_headers_are_never_fatal(event: str, headers: dict[str, str]) -> None:
    switch = Switch()
    switch.ring_agent()
    switch.say(frame(event, **headers))
    switch.say(frame("Hangup", Uniqueid="9.2"), frame("Hangup", Uniqueid="9.1"))
    assert switch.tracker.live_calls() == ()


def test_the_pop_comes_when_the_agent_is_called_and_not_twice() -> None:
    switch = Switch()
    events = switch.ring_agent()
    assert kinds(events) == ["CallArrived", "CallQueued", "AgentRinging"]
    ringing = events[-1]
    assert isinstance(ringing, AgentRinging)
    assert (ringing.interface, ringing.queue, ringing.leg_id) == ("PJSIP/2001", "support", "9.2")
    assert not switch.say(
        frame("DialBegin", Uniqueid="9.1", DestUniqueid="9.2"),
        frame("Newstate", Uniqueid="9.2", ChannelStateDesc="Ringing"),
    )


def test_a_direct_ring_pops_too() -> None:
    switch = Switch()
    events = switch.say(
        channel_born("9.1", CUSTOMER),
        agent_born(),
        frame("DialBegin", Uniqueid="9.1", DestUniqueid="9.2"),
    )
    assert kinds(events) == ["CallArrived", "AgentRinging"]
    assert isinstance(events[-1], AgentRinging)
    assert events[-1].queue == ""


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ([frame("DialEnd", DestUniqueid="9.2", DialStatus="CANCEL")], LegResult.CANCELLED),
        ([frame("DialEnd", DestUniqueid="9.2", DialStatus="BUSY")], LegResult.BUSY),
        ([frame("DialEnd", DestUniqueid="9.2", DialStatus="CHANUNAVAIL")], LegResult.FAILED),
        ([frame("AgentRingNoAnswer", DestUniqueid="9.2")], LegResult.NO_ANSWER),
        ([frame("DialEnd", DestUniqueid="9.2", DialStatus="NOANSWER")], LegResult.REJECTED),
        (
            [
                frame("Newstate", Uniqueid="9.2", ChannelStateDesc="Ringing"),
                frame("HangupRequest", Uniqueid="9.2", Cause="17"),
                frame("DialEnd", DestUniqueid="9.2", DialStatus="BUSY"),
            ],
            LegResult.REJECTED,
        ),
        (
            [
                frame("HangupRequest", Uniqueid="9.2", Cause="19"),
                frame("DialEnd", DestUniqueid="9.2", DialStatus="NOANSWER"),
            ],
            LegResult.NO_ANSWER,
        ),
        ([frame("Hangup", Uniqueid="9.2", Cause="26")], LegResult.CANCELLED),
        ([frame("Hangup", Uniqueid="9.2", Cause="38")], LegResult.FAILED),
    ],
)
def test_why_an_agent_did_not_answer(said: list[Frame], result: LegResult) -> None:
    switch = Switch()
    switch.ring_agent()
    (ended,) = switch.say(*said)
    assert isinstance(ended, AgentRingEnded)
    assert ended.result is result
    late = [
        frame("DialEnd", DestUniqueid="9.2", DialStatus="ANSWER"),
        frame("AgentRingNoAnswer", DestUniqueid="9.2"),
        frame("Newstate", Uniqueid="9.2", ChannelStateDesc="Up"),
    ]
    assert switch.say(*late) == []


def test_calls_of_a_switch_that_lost_them_end_as_inferred() -> None:
    switch = Switch()
    switch.ring_agent()
    events = switch.tracker.resync(ResyncSnapshot(), switch.now)
    assert kinds(events) == ["AgentRingEnded", "CallEnded"]
    assert isinstance(events[-1], CallEnded)
    assert events[-1].log.inferred
    assert switch.say(frame("Hangup", Uniqueid="9.1"), channel_born("9.1", CUSTOMER)) == []


def _shown(uniqueid: str, name: str, state: str, **more: str) -> Frame:
    return channel_born(uniqueid, name, state, **({"Duration": "00:01:05"} | more))


def test_calls_that_began_while_we_were_away_appear() -> None:
    tracker = CallTracker("pbx")
    snapshot = ResyncSnapshot(
        channels=[
            _shown("9.2", AGENT, "Up", Linkedid="9.1", BridgeId="b1", Duration="00:00:30"),
            _shown("9.1", CUSTOMER, "Up", BridgeId="b1"),
            _shown("8.1", "PJSIP/carrier-00000003", "Up"),
            _shown("8.2", "PJSIP/2002-00000004", "Ringing", Linkedid="8.1", Duration="00:00:02"),
            _shown("7.1", "Local/ask@crm-route-00000001;1", "Ring"),
        ],
        queue_entries=[frame("QueueEntry", Queue="sales", Uniqueid="8.1", Position="1", Wait="60")],
        members=[frame("QueueMember", Queue="sales", Location="PJSIP/2002", Paused="0")],
        devices=[frame("DeviceStateChange", Device="PJSIP/2002", State="RINGING")],
    )
    events = tracker.resync(snapshot, NOW)
    arrived = [event for event in events if isinstance(event, CallArrived)]
    assert {event.call_id for event in arrived} == {
        call_id_for("pbx", "9.1"),
        call_id_for("pbx", "8.1"),
    }
    assert {event.direction for event in arrived} == {Direction.INBOUND}
    (queued,) = (event for event in events if isinstance(event, CallQueued))
    assert queued.at == NOW - timedelta(seconds=60)
    (ringing,) = (event for event in events if isinstance(event, AgentRinging))
    assert (ringing.interface, ringing.queue) == ("PJSIP/2002", "sales")
    assert tracker.channel(call_id_for("pbx", "9.1"), "PJSIP/2001") == AGENT
    assert tracker.customer_channel(call_id_for("pbx", "9.1")) == CUSTOMER
    assert tracker.resync(snapshot, NOW + timedelta(seconds=5)) == []

    gone = [frame("Hangup", Uniqueid=uniqueid) for uniqueid in ("9.2", "9.1", "8.2", "8.1")]
    ended = [
        event.log
        for one in gone
        for event in tracker.feed(one, NOW + timedelta(seconds=10))
        if isinstance(event, CallEnded)
    ]
    assert [log.result for log in ended] == [CallResult.ANSWERED, CallResult.NO_ANSWER]
    assert ended[0].connected_s == pytest.approx(10)
    assert all(log.recovered for log in ended)  # what came before is not known


@pytest.mark.parametrize("away", [False, True])
def test_a_call_that_went_on_unseen_says_so(away: bool) -> None:
    switch = Switch()
    switch.ring_agent()
    if away:
        there = [_shown("9.1", CUSTOMER, "Up"), _shown("9.2", AGENT, "Ringing", Linkedid="9.1")]
        switch.tracker.resync(ResyncSnapshot(channels=there), switch.now)
    ends = switch.say(*(frame("Hangup", Uniqueid=uniqueid) for uniqueid in ("9.2", "9.1")))
    (log,) = [event.log for event in ends if isinstance(event, CallEnded)]
    assert (log.recovered, log.inferred) == (away, False)


def test_a_resync_in_the_middle_of_every_recording() -> None:
    for path in sorted(RECORDINGS.glob("*.ami")):
        frames = Framer().feed(path.read_bytes())
        tracker = CallTracker("pbx")
        for one in frames[: len(frames) // 2]:
            tracker.feed(one, NOW)
        tracker.resync(ResyncSnapshot(), NOW)
        assert tracker.live_calls() == ()


def test_memory_is_bounded() -> None:
    switch = Switch()
    for number in range(2_000):
        switch.say(
            channel_born(f"{number}.1", CUSTOMER),
            channel_born(f"{number}.2", "Local/ask@crm-route-0000001f;1"),
            frame("Hangup", Uniqueid=f"{number}.1"),
        )
    assert switch.tracker.counters.remembered < 100


def test_a_dead_linkedid_links_calls_but_does_not_revive_them() -> None:
    switch = Switch()
    switch.say(channel_born("9.1", CUSTOMER), frame("Hangup", Uniqueid="9.1"))
    events = switch.say(
        channel_born("9.7", "PJSIP/carrier-00000007", Linkedid="9.1"),
        frame("Hangup", Uniqueid="9.7"),
    )
    assert isinstance(events[-1], CallEnded)
    assert events[-1].log.linked == (call_id_for("pbx", "9.1"),)


def test_click_to_dial_knows_the_number_before_the_switch_says_it() -> None:
    switch = Switch()
    switch.tracker.expect("click-9", "13900139000")
    events = switch.say(
        channel_born("click-9", AGENT, "Down", CallerIDNum="2001", Exten="s"),
        frame("DialBegin", DestUniqueid="click-9", DialString="2001"),
    )
    arrived = events[0]
    assert isinstance(arrived, CallArrived)
    assert (arrived.direction, arrived.dialled) == (Direction.OUTBOUND, "13900139000")
    assert arrived.call_id == call_id_for("pbx", "click-9")


def test_click_to_dial_of_a_colleague_is_internal_from_the_first_event() -> None:
    switch = Switch()
    switch.tracker.expect("click-9", "2002", internal=True)
    events = switch.say(
        channel_born("click-9", AGENT, "Down", CallerIDNum="2001", Exten="s"),
        frame("DialBegin", DestUniqueid="click-9", DialString="2001"),
        frame("Hangup", Uniqueid="click-9", Cause="19"),
    )
    arrived, ended = events[0], events[-1]
    assert isinstance(arrived, CallArrived)
    assert isinstance(ended, CallEnded)
    assert (arrived.direction, arrived.dialled) == (Direction.INTERNAL, "2002")
    assert (ended.log.direction, ended.log.result) == (Direction.INTERNAL, CallResult.CANCELLED)


def test_a_call_that_never_left_the_switch_is_a_failed_attempt_and_an_echo_test_is_none() -> None:
    switch = Switch()
    events = switch.say(
        channel_born("9.1", AGENT, Exten="13900139000"), frame("Hangup", Uniqueid="9.1")
    )
    assert isinstance(events[-1], CallEnded)
    assert (events[-1].log.direction, events[-1].log.result) == (
        Direction.OUTBOUND,
        CallResult.FAILED,
    )
    assert not switch.say(channel_born("9.3", AGENT, Exten="*43"), frame("Hangup", Uniqueid="9.3"))


def test_devices_and_members_say_only_news() -> None:
    switch = Switch()
    busy = frame("DeviceStateChange", Device="PJSIP/2001", State="INUSE")
    (changed,) = switch.say(busy, busy, frame("DeviceStateChange", Device="Queue:x", State="INUSE"))
    assert isinstance(changed, DeviceStateChanged)
    assert (changed.interface, changed.state) == ("PJSIP/2001", DeviceState.INUSE)

    member = {
        "Queue": "support",
        "Interface": "Local/2001@crm-agents/n",
        "StateInterface": "PJSIP/2001",
    }
    paused = {"Paused": "1", "PausedReason": "lunch"}
    events = switch.say(
        frame("QueueMemberAdded", **member, Paused="0"),
        frame("QueueMemberPause", **member, **paused),
        frame("QueueMemberPause", **member, **paused),
        frame("QueueMemberRemoved", **member),
    )
    assert [
        (event.interface, event.paused, event.reason, event.removed)
        for event in events
        if isinstance(event, MemberChanged)
    ] == [
        ("PJSIP/2001", False, "", False),
        ("PJSIP/2001", True, "lunch", False),
        ("PJSIP/2001", False, "", True),
    ]
    (removed,) = switch.say(frame("QueueMemberAdded", **member, Paused="0"))
    assert isinstance(removed, MemberChanged)
    (gone,) = switch.tracker.resync(ResyncSnapshot(), switch.now)
    assert isinstance(gone, MemberChanged)
    assert gone.removed


def test_connected_and_lost_are_numbered_with_the_rest() -> None:
    switch = Switch()
    first = switch.tracker.connected("22.10", NOW)
    second = switch.tracker.lost(Problem("closed"), NOW)
    assert isinstance(first, SwitchConnected)
    assert isinstance(second, SwitchLost)
    assert (first.seq, second.seq) == (1, 2)


@pytest.mark.parametrize(
    ("name", "interface"),
    [
        ("PJSIP/1001-0000007b", "PJSIP/1001"),
        ("PJSIP/my-trunk-0000007b", "PJSIP/my-trunk"),
        ("SIP/alice", "SIP/alice"),
        ("Local/1001@crm-agents-00000001;2", ""),
        ("AsyncGoto/PJSIP/1001-0000007b", ""),
        ("PJSIP/1001-0000007b<ZOMBIE>", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_interface_of(name: str, interface: str) -> None:
    assert interface_of(name) == interface


def test_a_withheld_number_is_empty() -> None:
    assert presented("Anonymous") == presented("") == ""
    assert presented("13800138000") == "13800138000"
