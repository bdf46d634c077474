"""One log for what happened, whatever the connection does to what the switch says of it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.calls import ResyncSnapshot
from telephony.calls.switch_clock import AGREED
from telephony.events import CallEvent, Direction, EndCause
from tests.telephony.truth import (
    NAMES,
    SwitchState,
    Witness,
    check,
    frames_of,
    late,
    permuted,
    same_logs,
    shifted,
    stamp,
    subjects,
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
def test_a_connection_that_says_all_again(name: str) -> None:
    frames = frames_of(name)
    whole = Witness().hears(frames).events
    for share in (0.2, 0.5, 0.8):
        cut = int(len(frames) * share)
        witness = Witness().hears(frames[:cut]).hears(frames[:cut]).hears(frames[cut // 2 :])
        assert witness.events == whole, share


@names
def test_frames_in_another_order(name: str) -> None:
    for seed in range(4):
        witness = Witness().hears(permuted(frames_of(name), random.Random(seed)))
        check(witness)
        same_logs(witness.logs, told(name), 0.01)


LATE_S = {  # an Originate's answer may come at any time
    "OriginateResponse": 3600.0,
    "DialEnd": 0.02,
    "BlindTransfer": 0.02,
    "AttendedTransfer": 0.02,
    "MixMonitorStart": 0.02,
    "ChanSpyStop": 0.02,
}
LATE = [
    (name, event)
    for name in NAMES
    for event in LATE_S
    if any(frame.event == event for frame in frames_of(name))
]


@pytest.mark.parametrize(("name", "event"), LATE)
def test_frames_that_come_late(name: str, event: str) -> None:
    frames = frames_of(name)
    for seed in range(3):
        witness = Witness()
        for log in told(name):  # as whoever gives the order to dial tells beforehand
            if log.uniqueid.startswith("click-"):
                internal = log.direction is Direction.INTERNAL
                witness.tracker.expect(log.uniqueid, log.dialled, internal)
        witness.hears(late(frames, event, random.Random(seed), LATE_S[event]))
        check(witness)
        same_logs(witness.logs, told(name), 0.15)


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        # an answer told after the leaving that it caused
        *(("local_member_optimised", 469756), ("forwarded_by_the_phone", 490527)),
        ("consult_nobody_there", 44),  # half ;1 of the consultation ends before half ;2
        ("transfer_refused", 32),  # who sends the customer on leaves after they have arrived
        ("both_hang_up_at_once", 8),  # the second to hang up is told first
    ],
)
def test_orders_that_once_made_another_log(name: str, seed: int) -> None:
    witness = Witness().hears(permuted(frames_of(name), random.Random(seed)))
    same_logs(witness.logs, told(name), 0.01)


@given(st.sampled_from(NAMES), st.integers(0, 1 << 20))
@settings(max_examples=60, deadline=None)
def test_frames_in_any_other_order(name: str, seed: int) -> None:
    witness = Witness().hears(permuted(frames_of(name), random.Random(seed)))
    check(witness)
    same_logs(witness.logs, told(name), 0.01)


@pytest.mark.parametrize("name", [name for name, event in LATE if event == "OriginateResponse"])
def test_an_originate_that_is_answered_for_at_once(name: str) -> None:
    frames = list(frames_of(name))
    (at,) = (n for n, frame in enumerate(frames) if frame.event == "OriginateResponse")
    response = frames.pop(at)
    born = [n for n, frame in enumerate(frames) if response.get("Uniqueid") in subjects(frame)]
    frames.insert(born[0] + 1 if born else 0, response)
    witness = Witness().hears(frames)
    check(witness)
    same_logs(witness.logs, told(name), ROUNDING)


@names
def test_a_resync_changes_nothing_that_was_seen(name: str) -> None:
    frames = frames_of(name)
    for share in (0.25, 0.4, 0.7, 0.85):
        cut = int(len(frames) * share)
        state = SwitchState().after(frames[:cut])
        witness = Witness().hears(frames[:cut]).returns(state.snapshot(), state.at)
        witness.hears(frames[cut:])
        check(witness)
        same_logs(witness.logs, told(name), 0.01)


def cut_and_back(name: str, cut: int, back: int, skew_s: float = 0.0) -> Witness:
    """The connection is cut, and is back later, with what the switch then has."""
    frames = frames_of(name)
    state = SwitchState().after(frames[:back])
    witness = Witness(skew_s).hears(frames[:cut]).returns(state.snapshot(), state.at)
    return witness.hears(frames[back:])


def check_lost(name: str, cut: int, back: int) -> None:
    frames = frames_of(name)
    witness = cut_and_back(name, cut, back)
    check(witness)
    there = SwitchState().after(frames[:back]).channels
    seen = {frame.get("Uniqueid") for frame in frames[:cut]}
    end = stamp(frames[-1]) if frames else 0.0
    for log in witness.logs:
        assert log.ended_at.timestamp() <= end + 0.001
        if log.uniqueid in there and log.uniqueid in seen:
            assert log.recovered, "it went on while nobody looked"
            assert not log.inferred, "its end was seen"
        assert not (log.inferred and log.uniqueid in there)


CUTS = [(0.1, 0.3), (0.2, 0.6), (0.4, 0.9), (0.6, 1.0), (0.8, 0.95)]


@names
def test_frames_that_are_lost(name: str) -> None:
    count = len(frames_of(name))
    for cut, back in CUTS:
        check_lost(name, int(count * cut), int(count * back))


@given(st.sampled_from(NAMES), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_any_frames_that_are_lost(name: str, one: float, other: float) -> None:
    cut, back = sorted(int(len(frames_of(name)) * share) for share in (one, other))
    check_lost(name, cut, back)


@names
def test_a_switch_that_started_again(name: str) -> None:
    """It has nothing of before: every call that went on has ended, and nobody saw how."""
    frames = frames_of(name)
    for share in (0.35, 0.65, 0.9):
        cut = min(len(frames), 1 + int(len(frames) * share))
        witness = Witness().hears(frames[:cut])
        live = witness.tracker.live_calls()
        going_on = {call.call_id for call in live}
        legs = {leg.leg_id for call in live for leg in call.legs}
        heard = len(witness.logs)
        witness.returns(ResyncSnapshot(), stamp(frames[cut - 1]) + 30)
        check(witness)
        assert going_on <= {log.call_id for log in witness.logs[heard:]}
        assert all(log.inferred for log in witness.logs[heard:])
        assert not any(log.inferred for log in witness.logs[:heard])
        ends = {leg.leg_id: leg.cause for log in witness.logs[heard:] for leg in log.legs}
        assert all(ends[leg_id] is EndCause.LOST for leg_id in legs & set(ends))
        heard = len(witness.events)
        witness.hears(frames[cut:])
        late_ones = (event for event in witness.events[heard:] if isinstance(event, CallEvent))
        assert not {event.call_id for event in late_ones} & going_on, "terminal"


MOMENTS = {
    "midnight": (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), ZoneInfo("UTC")),
    "midnight of the company": (
        datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC),
        ZoneInfo("Asia/Shanghai"),
    ),
    "summer begins": (datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
    "summer ends": (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
}


@names
def test_no_calendar_is_in_a_duration(name: str) -> None:
    """The call goes on while a day, or summer, begins or ends."""
    for logged in told(name)[:1]:
        middle = logged.started_at + (logged.ended_at - logged.started_at) / 2
        for what, (moment, zone) in MOMENTS.items():
            by = moment.timestamp() + 1 - middle.timestamp()
            logs = Witness().hears(shifted(frames_of(name), by)).logs
            same_logs(logs, told(name), ROUNDING)
            (log,) = (log for log in logs if log.call_id == logged.call_id)
            assert (log.started_at - logged.started_at).total_seconds() == pytest.approx(by)
            began, ended = log.started_at.astimezone(zone), log.ended_at.astimezone(zone)
            if ended.timestamp() - began.timestamp() > 0.1:
                another = (began.date(), began.utcoffset()) != (ended.date(), ended.utcoffset())
                assert another, what


@names
@pytest.mark.parametrize("skew_s", [300.0, -300.0])
def test_a_clock_that_is_five_minutes_off(name: str, skew_s: float) -> None:
    """All times are the switch's, also of what is concluded by our own clock after a resync."""
    assert Witness(skew_s).hears(frames_of(name)).logs == list(told(name))
    count = len(frames_of(name))
    cut, back = int(count * 0.5), int(count * 0.8)
    if cut >= AGREED:
        right = cut_and_back(name, cut, back).logs
        same_logs(cut_and_back(name, cut, back, skew_s).logs, right, ROUNDING)
