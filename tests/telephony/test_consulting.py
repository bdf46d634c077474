"""Consultations that the switch holds: who is spoken to when, in whatever order it is told, and for
a process that comes in the middle."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from telephony.calls import CallTracker, OpenCall, ResyncSnapshot
from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallHeld,
    CallMerged,
    CallResumed,
    CallTransferred,
    ConsultBegan,
    LegEnded,
    RecordingChanged,
    RecordingState,
    TelephonyEvent,
)
from telephony.wire import Frame, Framer
from tests.telephony.stories import CARRIER, ONE, STORIES, TWO
from tests.telephony.test_recordings import in_order, recording, same

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAMES = sorted(name for name in STORIES if name.startswith(("consult_", "three_way")))
# What happens to the two calls ("customer", "consult"), leaving out how they begin and answer.
SAID = (ConsultBegan, CallHeld, CallResumed, CallMerged, CallTransferred, LegEnded, CallEnded)
QUIET_S = 0.03
BEGUN = ["held customer", "began consult"]

COURSES = {
    "consult_by_order_completed": [
        "merged consult",
        "transferred customer",
        f"left customer {ONE}",
        f"left customer {CARRIER}",
        f"left customer {TWO}",
        "ended customer",
    ],
    "consult_swapped_twice": [
        "held consult",
        "resumed customer",
        "held customer",
        "resumed consult",
        "merged consult",
        "transferred customer",
        f"left customer {ONE}",
        f"left customer {CARRIER}",
        f"left customer {TWO}",
        "ended customer",
    ],
    "consult_cancelled": [
        "resumed customer",
        f"left consult {ONE}",
        f"left consult {TWO}",
        "ended consult",
        f"left customer {CARRIER}",
        f"left customer {ONE}",
        "ended customer",
    ],
    "consult_cancelled_with_the_customer": [
        "held consult",
        "resumed customer",
        f"left consult {ONE}",
        f"left consult {TWO}",
        "ended consult",
        f"left customer {CARRIER}",
        f"left customer {ONE}",
        "ended customer",
    ],
    "consult_customer_leaves": [
        f"left customer {CARRIER}",
        "merged consult",
        "resumed customer",
        f"left customer {ONE}",
        f"left customer {TWO}",
        "ended customer",
    ],
    "three_way_agent_leaves": [
        "merged consult",
        "resumed customer",
        "transferred customer",
        f"left customer {ONE}",
        f"left customer {CARRIER}",
        f"left customer {TWO}",
        "ended customer",
    ],
    "consult_on_outbound_call": [
        "held consult",
        "resumed customer",
        "merged consult",
        "transferred customer",
        f"left customer {ONE}",
        f"left customer {CARRIER}",
        f"left customer {TWO}",
        "ended customer",
    ],
}


def frames_of(name: str) -> list[Frame]:
    return [frame for frame in Framer().feed(recording(name)) if frame.event and frame.stamp()]


def quiet_after(frames: list[Frame], number: int) -> bool:
    """The switch is not in the middle of something that takes it milliseconds."""
    if number + 1 == len(frames):
        return True
    return float(frames[number + 1].stamp()) - float(frames[number].stamp()) > QUIET_S


def play(tracker: CallTracker, frames: list[Frame]) -> list[TelephonyEvent]:
    return [event for frame in frames for event in tracker.feed(frame, NOW)]


def course(events: list[TelephonyEvent]) -> list[str]:
    consultations = {event.call_id for event in events if isinstance(event, ConsultBegan)}
    lines = []
    for event in events:
        if isinstance(event, SAID):
            verb = type(event).__name__.removeprefix("Call").removeprefix("Consult").lower()
            verb = "left" if verb == "legended" else verb
            who = f" {event.log.interface}" if isinstance(event, LegEnded) else ""
            call = "consult" if event.call_id in consultations else "customer"
            lines.append(f"{verb} {call}{who}")
    return lines


@pytest.mark.parametrize("name", COURSES)
def test_who_is_spoken_to_is_told_by_holds_of_the_two_calls(name: str) -> None:
    said = course(play(CallTracker("pbx"), frames_of(name)))
    assert said[:2] == BEGUN
    # Two who are hung up on at once leave in the order in which the switch comes to it.
    assert sorted(said[2:]) == sorted(COURSES[name])
    without_leaving = [line for line in said[2:] if not line.startswith("left")]
    assert without_leaving == [x for x in COURSES[name] if not x.startswith("left")]


@pytest.mark.parametrize("name", NAMES)
def test_the_consultation_is_a_call_of_the_agents_own(name: str) -> None:
    events = play(CallTracker("pbx"), frames_of(name))
    (began,) = (event for event in events if isinstance(event, ConsultBegan))
    main, arrived = (event for event in events if isinstance(event, CallArrived))
    assert (began.of, began.interface, began.call_id) == (main.call_id, ONE, arrived.call_id)
    assert (arrived.caller, arrived.caller_name, arrived.interface) == ("2001", "Phone 2001", ONE)
    rung = [event for event in events if isinstance(event, AgentRinging) and event.interface == TWO]
    assert {event.call_id for event in rung} <= {arrived.call_id}


# Elsewhere nobody is dialled; and a dial that ends before it begins is none.
DIALLED = sorted({*NAMES} - {"consult_nobody_there", "consult_target_busy"})


@pytest.mark.parametrize("name", DIALLED)
@pytest.mark.parametrize("late", range(1, 9))
def test_who_dialled_may_be_told_after_it_rings_or_answers(name: str, late: int) -> None:
    frames = frames_of(name)
    at = [n for n, frame in enumerate(frames) if frame.event == "DialBegin"]
    last = at[-2] if name == "consult_blonde_refused" else at[-1]
    frames.insert(last + late, frames.pop(last))
    logs = [e.log for e in play(CallTracker("pbx"), frames) if isinstance(e, CallEnded)]
    for log, story in zip(in_order(logs), in_order(STORIES[name]), strict=True):
        same(log, story)


SHOWN = (
    "Channel",
    "ChannelStateDesc",
    "Linkedid",
    "Context",
    "Exten",
    "CallerIDNum",
    "CallerIDName",
)


class Mirror:
    """What CoreShowChannels would list, from the events so far."""

    def __init__(self) -> None:
        self.channels: dict[str, dict[str, str]] = {}
        self.born: dict[str, float] = {}
        self.now = 0.0

    def see(self, frame: Frame) -> None:
        uniqueid = frame.get("Uniqueid")
        self.now = float(frame.stamp())
        if frame.event == "Newchannel":
            self.channels[uniqueid] = {"BridgeId": ""}
            self.born[uniqueid] = self.now
        channel = self.channels.get(uniqueid)
        if channel is None:
            return
        channel.update({name: frame.get(name) for name in SHOWN})
        if frame.event == "BridgeEnter":
            channel["BridgeId"] = frame.get("BridgeUniqueid")
        elif frame.event == "BridgeLeave":
            channel["BridgeId"] = ""
        elif frame.event == "Hangup":
            del self.channels[uniqueid]

    def unrelated(self) -> int:
        """Which call a recall belongs to (consult_blonde_refused) only its past can tell."""
        return len({c["Linkedid"] for c in self.channels.values()}) - 1

    def snapshot(self, seed: int) -> ResyncSnapshot:
        """In any order: Asterisk lists them as its hash table has them."""
        items = []
        for uniqueid, headers in self.channels.items():
            age = int(self.now - self.born[uniqueid])
            fields = {"Uniqueid": uniqueid, "Duration": f"00:00:{age:02}", **headers}
            lines = [f"{name}: {value}" for name, value in fields.items()]
            items.append(Frame("\r\n".join(["Event: CoreShowChannel", *lines]).encode()))
        random.Random(seed).shuffle(items)
        return ResyncSnapshot(channels=items)


def open_consultation(events: list[TelephonyEvent]) -> set[tuple[UUID, UUID]]:
    """(consultation, customer's call), as long as they are two."""
    over = {event.call_id for event in events if isinstance(event, CallEnded | CallMerged)}
    return {
        (event.call_id, event.of)
        for event in events
        if isinstance(event, ConsultBegan) and not {event.call_id, event.of} & over
    }


def left_open(events: list[TelephonyEvent], tracker: CallTracker, now: datetime) -> list[OpenCall]:
    """What the log would know of the calls that go on."""
    live = {call.call_id: call for call in tracker.live_calls()}
    return [
        OpenCall(
            uniqueid=event.uniqueid,
            direction=live[event.call_id].direction,
            caller=event.caller,
            caller_name=event.caller_name,
            dialled=event.dialled,
            queues=live[event.call_id].queues,
            queued_at=None,
            started_at=event.at,
            answered_at=live[event.call_id].answered_at,
            connected_s=0.0,
            seen_at=now,
        )
        for event in events
        if isinstance(event, CallArrived) and event.call_id in live
    ]


@pytest.mark.parametrize("logged", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_comes_in_the_middle_finds_the_same_calls(name: str, logged: bool) -> None:
    """Without a log it can know a call only while the channel is there that began it."""
    frames = frames_of(name)
    mirror, first, before = Mirror(), CallTracker("pbx"), list[TelephonyEvent]()
    for number, frame in enumerate(frames):
        mirror.see(frame)
        before += first.feed(frame, NOW)
        if not quiet_after(frames, number) or mirror.unrelated() > 0:
            continue
        second, at = CallTracker("pbx"), datetime.fromtimestamp(mirror.now, UTC)
        known = left_open(before, first, at)
        if logged:
            second.recall(known)
        elif not {call.uniqueid for call in known} <= mirror.channels.keys():
            continue
        found = second.resync(mirror.snapshot(number), at)
        assert open_consultation(found) == open_consultation(before), number
        calls = {call.call_id for call in first.live_calls()}
        assert {call.call_id for call in second.live_calls()} == calls, number
        found += play(second, frames[number + 1 :])
        assert second.live_calls() == (), number
        ended = {event.call_id for event in found if isinstance(event, CallEnded)}
        later = {event.call_id for event in found if isinstance(event, CallMerged)}
        assert calls <= ended | later, number


def test_a_process_that_comes_in_the_middle_knows_who_is_held() -> None:
    frames = frames_of("consult_swapped_twice")
    mirror, tracker = Mirror(), CallTracker("pbx")
    held: dict[UUID, bool] = {}
    checked = set()
    main = consultation = UUID(int=0)
    for number, frame in enumerate(frames[:-1]):
        mirror.see(frame)
        for event in tracker.feed(frame, NOW):
            if isinstance(event, CallHeld | CallResumed):
                held[event.call_id] = isinstance(event, CallHeld)
            elif isinstance(event, ConsultBegan):
                consultation, main = event.call_id, event.of
        if not held or not quiet_after(frames, number) or not tracker.consults(main, ONE):
            continue
        second = CallTracker("pbx")
        events = second.resync(mirror.snapshot(number), datetime.fromtimestamp(mirror.now, UTC))
        assert second.consults(main, ONE)
        told = {event.call_id for event in events if isinstance(event, CallHeld)}
        assert told == {call for call, on in held.items() if on}, number
        answered = {e.interface: e.call_id for e in events if isinstance(e, CallAnswered)}
        if TWO in answered:
            assert answered[TWO] == consultation
        checked.add(frozenset("main" if call == main else "consultation" for call in told))
    assert checked == {frozenset({"main"}), frozenset({"consultation"})}


def test_live_calls_tell_whose_consultation_it_is_and_what_is_recorded() -> None:
    tracker = CallTracker("pbx")
    frames = frames_of("consult_by_order_completed")
    end = next(n for n, frame in enumerate(frames) if frame.event == "BridgeMerge")
    play(tracker, frames[:end])
    calls = {call.consult_of is None: call for call in tracker.live_calls()}
    assert calls[False].consult_of == calls[True].call_id
    assert [leg.interface for leg in calls[False].legs] == [ONE, TWO]
    assert [leg.holding for leg in calls[True].legs] == [False, True]

    recorded = CallTracker("pbx")
    frames = frames_of("recording_paused")
    mute = [n for n, frame in enumerate(frames) if frame.event == "MixMonitorMute"]
    play(recorded, frames[: mute[0] + 1])
    assert [call.recording for call in recorded.live_calls()] == [RecordingState.PAUSED]


def test_recording_is_told_once_each_and_one_direction_alone_is_no_pause() -> None:
    tracker = CallTracker("pbx")
    frames = frames_of("recording_paused")
    start = next(n for n, frame in enumerate(frames) if frame.event == "MixMonitorStart")
    play(tracker, frames[: start + 1])
    uniqueid = frames[start].get("Uniqueid")

    def say(event: str, *lines: str) -> list[RecordingState]:
        text = "\r\n".join([f"Event: {event}", f"Uniqueid: {uniqueid}", *lines])
        said = tracker.feed(Frame(text.encode()), NOW)
        return [event.state for event in said if isinstance(event, RecordingChanged)]

    assert say("MixMonitorMute", "Direction: read", "State: 1") == []
    assert say("MixMonitorMute", "Direction: both", "State: 1") == [RecordingState.PAUSED]
    assert say("MixMonitorMute", "Direction: both", "State: 1") == []
    assert say("MixMonitorStop") == [RecordingState.OFF]
    assert say("MixMonitorStop") == []
    assert say("MixMonitorMute", "Direction: both", "State: 0") == [RecordingState.ON]


@pytest.mark.parametrize("name", NAMES)
def test_no_event_names_a_local_channel(name: str) -> None:
    for event in play(CallTracker("pbx"), frames_of(name)):
        assert not isinstance(event, CallEvent) or "Local/" not in repr(event)
