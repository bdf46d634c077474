"""One log for what happened, whatever the connection does to what the switch says of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from telephony.calls import ResyncSnapshot
from telephony.events import CallEvent, CallLog, Direction, EndCause
from telephony.wire import Frame
from tests.telephony.truth import (
    NAMES,
    SwitchState,
    Witness,
    check,
    frames_of,
    late,
    permuted,
    same_logs,
    stamp,
    told,
)

names = pytest.mark.parametrize("name", NAMES)
ROUNDING = 0.002


@names
def test_what_holds_of_every_log(name: str) -> None:
    witness = Witness().hears(frames_of(name))
    check(witness)
    assert Witness().hears(frames_of(name)).events == witness.events, "the same again"


@names
def test_nothing_is_added_to_what_has_ended(name: str) -> None:
    frames = frames_of(name)
    witness = Witness().hears(frames)
    before = list(witness.events)
    witness.hears(frames).hears(reversed(frames))
    assert witness.events == before


@names
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_connection_that_says_all_again(name: str, share: float) -> None:
    frames = frames_of(name)
    cut = int(len(frames) * share)
    witness = Witness().hears(frames[:cut]).hears(frames[:cut]).hears(frames[cut // 2 :])
    assert witness.events == Witness().hears(frames).events


@names
@pytest.mark.parametrize("seed", range(4))
def test_frames_in_another_order(name: str, seed: int) -> None:
    witness = Witness().hears(permuted(frames_of(name), random.Random(seed)))
    check(witness)
    same_logs(witness.logs, told(name), 0.01)


@names
@pytest.mark.parametrize(
    ("event", "within_s"),
    [
        ("OriginateResponse", 3600.0),
        ("DialEnd", 0.02),
        ("BlindTransfer", 0.02),
        ("AttendedTransfer", 0.02),
        ("MixMonitorStart", 0.02),
        ("ChanSpyStop", 0.02),
    ],
)
def test_frames_that_come_late(name: str, event: str, within_s: float) -> None:
    frames = frames_of(name)
    if not any(frame.event == event for frame in frames):
        return
    for seed in range(3):
        witness = Witness()
        for log in told(name):  # as whoever gives the order to dial tells beforehand
            if log.uniqueid.startswith("click-"):
                internal = log.direction is Direction.INTERNAL
                witness.tracker.expect(log.uniqueid, log.dialled, internal)
        witness.hears(late(frames, event, random.Random(seed), within_s))
        check(witness)
        same_logs(witness.logs, told(name), 0.15)


@names
@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.55, 0.7, 0.85])
def test_a_resync_changes_nothing_that_was_seen(name: str, share: float) -> None:
    frames = frames_of(name)
    cut = int(len(frames) * share)
    state = SwitchState().after(frames[:cut])
    witness = Witness().hears(frames[:cut]).returns(state.snapshot(), state.at)
    witness.hears(frames[cut:])
    check(witness)
    same_logs(witness.logs, told(name), 0.01)


CUTS = [(0.1, 0.3), (0.2, 0.6), (0.3, 0.35), (0.4, 0.9), (0.5, 0.7), (0.6, 1.0), (0.8, 0.95)]


@names
@pytest.mark.parametrize(("cut", "back"), CUTS)
def test_frames_that_are_lost(name: str, cut: float, back: float) -> None:
    """The connection is cut, and is back later, with what the switch then has."""
    frames = frames_of(name)
    lost = slice(int(len(frames) * cut), int(len(frames) * back))
    state = SwitchState().after(frames[: lost.stop])
    witness = Witness().hears(frames[: lost.start]).returns(state.snapshot(), state.at)
    witness.hears(frames[lost.stop :])
    check(witness)
    there = {frame.get("Linkedid") for frame in frames[lost.stop :]}
    for log in witness.logs:
        assert log.ended_at.timestamp() <= stamp(frames[-1]) + 0.001
        if log.uniqueid in there:
            assert log.recovered or not _was_open(log, frames[: lost.start], state), log
        elif log.inferred:
            for leg in log.legs:
                if leg.cause is EndCause.LOST:
                    assert leg.ended_at.timestamp() <= state.at + 0.001, leg


def _was_open(log: CallLog, seen: Sequence[Frame], state: SwitchState) -> bool:
    """Whether the call was known before the cut, and there was still something of it after."""
    before = {frame.get("Uniqueid") for frame in seen}
    return log.uniqueid in before & set(state.channels)


@names
@pytest.mark.parametrize("cut", [0.15, 0.35, 0.5, 0.65, 0.9])
def test_a_switch_that_started_again(name: str, cut: float) -> None:
    """It has nothing of before: every call that went on has ended, and nobody saw how."""
    frames = frames_of(name)[: 1 + int(len(frames_of(name)) * cut)]
    at = stamp(frames[-1]) + 30
    witness = Witness().hears(frames)
    going_on = {call.call_id for call in witness.tracker.live_calls()}
    heard = len(witness.logs)
    witness.returns(ResyncSnapshot(), at)
    check(witness)
    assert going_on <= {log.call_id for log in witness.logs[heard:]}
    for log in witness.logs[heard:]:
        assert log.inferred
    assert not any(log.inferred for log in witness.logs[:heard])
    heard = len(witness.events)
    witness.hears(frames_of(name)[len(frames) :])
    about = {event.call_id for event in witness.events[heard:] if isinstance(event, CallEvent)}
    assert not about & going_on, "terminal"
