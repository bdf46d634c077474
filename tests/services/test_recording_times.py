"""What is remembered of a recording's course, and when it is not all of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from callcenter.domain.recordings import Told
from callcenter.services.recording_times import MOST, RecordingTimes
from telephony import events
from telephony.events import RecordingState
from telephony.problems import Problem
from tests.fakes import START

CALL, OTHER = uuid4(), uuid4()
ON, PAUSED, OFF = RecordingState.ON, RecordingState.PAUSED, RecordingState.OFF


class Switch:
    def __init__(self, *, connected: bool = True) -> None:
        self.times = RecordingTimes()
        if connected:
            self.connects()

    def connects(self) -> None:
        self.times.on_event(events.SwitchConnected("pbx1", 1, START, "22"))

    def loses(self, pbx: str = "pbx1") -> None:
        self.times.on_event(events.SwitchLost(pbx, 1, START, Problem("closed")))

    def says(self, seconds: float, state: RecordingState, call_id: object = CALL) -> None:
        at = START + timedelta(seconds=seconds)
        changed = events.RecordingChanged("pbx1", call_id, 1, at, state)  # type: ignore[arg-type]  # an id
        self.times.on_event(changed)


def at(seconds: float) -> object:
    return START + timedelta(seconds=seconds)


def test_its_whole_course() -> None:
    switch = Switch()
    for seconds, state in ((0, ON), (5, PAUSED), (6, PAUSED), (9, ON), (20, PAUSED), (30, OFF)):
        switch.says(seconds, state)
    pauses = ((at(5), at(9)), (at(20), at(30)))
    assert switch.times.told(CALL) == Told(START, pauses, at(30))  # type: ignore[arg-type]  # times
    assert switch.times.was_recorded(CALL)
    assert switch.times.told(OTHER) is None


def test_a_pause_that_lasts_to_the_end_and_a_recording_that_goes_on() -> None:
    switch = Switch()
    for seconds, state in ((0, ON), (5, OFF), (7, ON), (9, PAUSED)):
        switch.says(seconds, state)
    assert switch.times.told(CALL) == Told(START, ((at(9), None),), None)  # type: ignore[arg-type]  # times


def test_what_began_before_we_listened_is_not_whole() -> None:
    for switch, state in ((Switch(connected=False), ON), (Switch(), PAUSED)):
        switch.says(0, state)
        told = switch.times.told(CALL)
        assert told is not None
        assert not told.whole


def test_of_a_switch_that_was_lost_nothing_is_whole() -> None:
    switch = Switch()
    switch.says(0, ON)
    switch.loses("another")
    assert (told := switch.times.told(CALL))
    assert told.whole
    switch.loses()
    switch.connects()
    switch.says(9, PAUSED)
    assert (told := switch.times.told(CALL))
    assert not told.whole


def test_one_contact_is_one_course() -> None:
    switch = Switch()
    switch.says(0, ON, OTHER)
    switch.times.on_event(events.CallMerged("pbx1", OTHER, 1, START, CALL))
    assert switch.times.told(OTHER) is None
    assert switch.times.told(CALL) == Told(START)


def test_what_was_never_on_is_no_recording_and_memory_is_bounded() -> None:
    switch = Switch()
    switch.says(0, OFF)
    assert not switch.times.was_recorded(CALL)
    switch.says(0, ON)
    switch.times.forget(CALL)
    assert not switch.times.was_recorded(CALL)
    calls = [uuid4() for _ in range(MOST + 1)]
    for call_id in calls:
        switch.says(0, ON, call_id)
    assert not switch.times.was_recorded(calls[0])
    assert switch.times.was_recorded(calls[1])
