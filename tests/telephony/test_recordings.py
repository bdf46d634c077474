"""The tracker on bytes of a real Asterisk: the right log, whatever happens to the bytes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.calls import CallTracker, Topology
from telephony.events import (
    AgentRingEnded,
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallLog,
    CallMerged,
    Direction,
    LegEnded,
    LegLog,
    LegResult,
    TelephonyEvent,
)
from telephony.replay import as_json, guess_topology, replay, replay_all
from telephony.wire import END, Framer
from tests.telephony.all_stories import STORIES
from tests.telephony.stories import ONE, Stay, Story

RECORDINGS = Path(__file__).parent.parent / "recordings"
NAMES = sorted(STORIES)
TOLERANCE = 0.15  # seconds, of a party's own timers and SIP
NOW = datetime(2026, 1, 1, tzinfo=UTC)

HANGUP = b"Event: Hangup\r\n"
UNKNOWN = b"Event: NobodyKnows\r\nTimestamp: 1795355000.5\r\nUniqueid: 17.5" + END
STRANGER = b"Event: BridgeEnter\r\nUniqueid: 1.1\r\nBridgeUniqueid: b\r\nTimestamp: 5.5" + END
BARE = b"Event: Hangup" + END


def recording(name: str) -> bytes:
    return (RECORDINGS / f"{name}.ami").read_bytes()


def expected(name: str) -> list[object]:
    return [orjson.loads(line) for line in (RECORDINGS / f"{name}.json").read_bytes().splitlines()]


def feed(chunks: list[bytes]) -> list[TelephonyEvent]:
    framer, tracker = Framer(), CallTracker("replay", Topology())
    return [
        event
        for chunk in chunks
        for frame in framer.feed(chunk)
        for event in tracker.feed(frame, NOW)
    ]


def logs_of(events: list[TelephonyEvent]) -> list[object]:
    return [as_json(event.log) for event in events if isinstance(event, CallEnded)]


def test_every_recording_has_a_story() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.ami")} == set(STORIES)


@pytest.mark.parametrize("name", NAMES)
def test_the_log_is_what_happened(name: str) -> None:
    logs = replay(recording(name))
    assert len(logs) == len(STORIES[name])
    for log, story in zip(in_order(logs), in_order(STORIES[name]), strict=True):
        same(log, story)


@pytest.mark.parametrize("name", NAMES)
def test_the_log_is_what_is_beside_the_recording(name: str) -> None:
    replayed = replay_all(recording(name))
    assert [as_json(log) for log in replayed.logs] == expected(name)
    assert replayed.unfinished == ()
    assert replayed.framer.malformed == replayed.framer.oversized == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_trunk_is_guessed(name: str) -> None:
    assert guess_topology(Framer().feed(recording(name))) == Topology()


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=60, deadline=None)
def test_any_chunks_give_the_same_events(name: str, data: st.DataObject) -> None:
    raw = recording(name)
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=40))
    edges = [0, *sorted(cuts), len(raw)]
    assert feed([raw[a:b] for a, b in itertools.pairwise(edges)]) == feed([raw])


@given(st.sampled_from(NAMES), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_repeats_strangers_and_garbage_change_nothing(name: str, seed: int) -> None:
    chance = random.Random(seed)
    frames = [part + END for part in recording(name).split(END)[:-1]]
    noisy: list[bytes] = []
    for number, frame in enumerate(frames):
        noisy.append(frame)
        if chance.random() < 0.3:  # now, or somewhat late
            noisy.append(frames[max(0, number - chance.randrange(6))])
        if chance.random() < 0.2:
            noisy.append(chance.choice([UNKNOWN, STRANGER, BARE, b"\xff\x00 garbage" + END]))
        if chance.random() < 0.02:
            noisy.append(b"Event: Hangup\r\nUniqueid: " + b"9" * 70_000 + END)
    assert logs_of(feed([b"".join(noisy)])) == expected(name)


@pytest.mark.parametrize("name", ["blind_transfer", "transfer_to_queue", "attended_transfer"])
@pytest.mark.parametrize("late", range(8))
def test_a_transfer_may_be_told_late(name: str, late: int) -> None:
    frames = [part + END for part in recording(name).split(END)[:-1]]
    at = next(n for n, frame in enumerate(frames) if b"Transfer\r\n" in frame[:40])
    frames.insert(at + late, frames.pop(at))
    (log,) = replay(b"".join(frames))
    (story,) = STORIES[name]
    assert [(str(t.kind), t.by, t.to) for t in log.transfers] == list(story.transfers)
    assert {str(leg.ended_by) for leg in log.legs if leg.interface == ONE} == {"agent"}


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_recording_is_never_fatal(name: str) -> None:
    """Calls that were over by then are in the log, as they are there in the end."""
    raw = recording(name)
    whole = replay(raw)
    for cut in range(0, len(raw), len(raw) // 25):
        ended = replay(raw[:cut], topology=Topology())
        assert ended == whole[: len(ended)]
        replay_all(raw[cut:], topology=Topology())


@pytest.mark.parametrize("name", [name for name in NAMES if HANGUP in recording(name)])
def test_the_last_hangup_is_the_end_of_every_call(name: str) -> None:
    """Nothing that is told after it is waited for."""
    raw = recording(name)
    last = raw.index(END, raw.rindex(HANGUP)) + len(END)
    assert logs_of(feed([raw[:last]])) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_told_twice_frame_by_frame_is_the_same_log(name: str) -> None:
    frames = [part + END for part in recording(name).split(END)[:-1]]
    assert logs_of(feed([b"".join(2 * frame for frame in frames)])) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_times_add_up(name: str) -> None:
    for log in replay(recording(name)):
        assert log.started_at <= (log.answered_at or log.ended_at) <= log.ended_at
        assert tuple(visit.queue for visit in log.visits) == log.queues
        for visit in log.visits:
            assert log.started_at <= visit.joined_at <= visit.left_at <= log.ended_at
            stayed = (visit.left_at - visit.joined_at).total_seconds()
            assert visit.wait_s == pytest.approx(stayed, abs=0.001)
        for leg in log.legs:
            assert log.started_at <= leg.started_at <= leg.ended_at <= log.ended_at
            assert min(leg.ring_s, leg.talk_s, leg.hold_s, leg.consult_s) >= 0
            spent = leg.talk_s + leg.hold_s + leg.consult_s
            rung_first = leg.leg_id == log.uniqueid and log.direction is not Direction.INBOUND
            if rung_first:  # and with nobody, until another has answered
                assert spent <= leg.connected_s + 0.002
            else:
                # Between its answer and the bridge a party is with nobody, for milliseconds.
                assert spent == pytest.approx(leg.connected_s, abs=0.12)
                assert spent <= leg.connected_s + 0.002  # rounding of three figures
            assert (leg.result is LegResult.ANSWERED) == (leg.answered_at is not None)


@pytest.mark.parametrize("name", NAMES)
def test_events_are_in_order_and_final(name: str) -> None:
    events = feed([recording(name)])
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    calls: dict[object, str] = {}
    legs: set[tuple[str, str]] = set()
    for event in events:
        if not isinstance(event, CallEvent):
            continue
        state = calls.get(event.call_id)
        assert (state is None) == isinstance(event, CallArrived), event
        assert state != "over", f"{event} after the end"
        over = isinstance(event, CallEnded | CallMerged)
        calls[event.call_id] = "over" if over else "live"
        if isinstance(event, AgentRinging | AgentRingEnded | CallAnswered):
            mark = (type(event).__name__, event.leg_id)
            assert mark not in legs, f"{event} twice"
            legs.add(mark)
        if isinstance(event, LegEnded):
            assert ("LegEnded", event.log.leg_id) not in legs
            legs.add(("LegEnded", event.log.leg_id))
    assert set(calls.values()) <= {"over"}


def test_nothing_of_the_route_question_is_seen() -> None:
    raw = recording("routed_by_fastagi")
    assert b"Local/ask@crm-route" in raw
    events = feed([raw])
    assert sum(isinstance(event, CallArrived) for event in events) == 1
    assert not any("Local/" in repr(event) for event in events)


T = TypeVar("T", CallLog, Story)


def in_order(calls: Sequence[T]) -> list[T]:
    return sorted(calls, key=lambda call: (str(call.direction), call.caller_name))


def same(log: CallLog, story: Story) -> None:
    assert (log.direction, log.result) == (story.direction, story.result)
    assert (log.caller, log.caller_name) == (story.caller, story.caller_name)
    assert (log.dialled, log.queues) == (story.dialled, story.queues)
    assert log.wait_s == pytest.approx(story.wait, abs=TOLERANCE)
    assert [leg.wait_s for leg in log.legs] == [log.wait_s] + [0.0] * (len(log.legs) - 1)
    stayed = [(visit.queue, str(visit.outcome)) for visit in log.visits]
    assert stayed == [(queue, outcome) for queue, _, outcome in story.visits]
    waits = [wait for _, wait, _ in story.visits]
    assert [visit.wait_s for visit in log.visits] == pytest.approx(waits, abs=TOLERANCE)
    assert log.connected_s == pytest.approx(story.connected, abs=TOLERANCE)
    assert [(str(t.kind), t.by, t.to) for t in log.transfers] == list(story.transfers)
    assert len(log.linked) == story.linked
    stays = sorted(story.legs, key=_of_stay)
    for leg, stay in zip(sorted(log.legs, key=_of_stay), stays, strict=True):
        assert _of_stay(leg) == _of_stay(stay)
        assert str(leg.result) == stay.result, leg
        assert str(leg.cause) == story.cause(stay), leg
        assert (str(leg.ended_by) if leg.ended_by else None) == stay.ended_by, leg
        measured = (leg.ring_s, leg.connected_s, leg.talk_s, leg.hold_s, leg.consult_s)
        told = (stay.ring, stay.connected_s, stay.talk, stay.hold, stay.consult)
        assert measured == pytest.approx(told, abs=TOLERANCE), leg


def _of_stay(leg: LegLog | Stay) -> tuple[str, str]:
    return (leg.interface, str(leg.role))
