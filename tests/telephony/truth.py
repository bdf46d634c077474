"""What may happen to the frames of a switch on their way, and what holds of its log."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from telephony.calls import CallTracker, ResyncSnapshot, Topology
from telephony.events import (
    CallArrived,
    CallEnded,
    CallEvent,
    CallLog,
    CallMerged,
    Direction,
    LegLog,
    LegResult,
    LegRole,
    TelephonyEvent,
)
from telephony.replay import as_json
from telephony.wire import WANTED, Frame, Framer

RECORDINGS = Path(__file__).parent.parent / "recordings"
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.ami"))
TOGETHER_S = 0.002  # frames of several threads of Asterisk may come in any order within it


@cache
def frames_of(name: str) -> tuple[Frame, ...]:
    """What the tracker reads of a recording."""
    raw = (RECORDINGS / f"{name}.ami").read_bytes()
    return tuple(frame for frame in Framer().feed(raw) if frame.event in WANTED)


def stamp(frame: Frame) -> float:
    return float(frame.stamp() or 0)


class Witness:
    """A tracker, and everything it said."""

    def __init__(self, skew_s: float = 0.0) -> None:
        self.tracker = CallTracker("replay", Topology())
        self.events: list[TelephonyEvent] = []
        self.skew_s = skew_s  # by how much our clock is ahead of the switch's

    def hears(self, frames: Iterable[Frame]) -> Witness:
        for frame in frames:
            at = datetime.fromtimestamp(stamp(frame) + self.skew_s, UTC)
            self.events += self.tracker.feed(frame, at)
        return self

    def returns(self, snapshot: ResyncSnapshot, at: float) -> Witness:
        now = datetime.fromtimestamp(at + self.skew_s, UTC)
        self.events += self.tracker.resync(snapshot, now)
        return self

    @property
    def logs(self) -> list[CallLog]:
        return [event.log for event in self.events if isinstance(event, CallEnded)]


@cache
def told(name: str) -> tuple[CallLog, ...]:
    """The logs of the recording as it is."""
    return tuple(Witness().hears(frames_of(name)).logs)


# -- what holds ------------------------------------------------------------------------------------


def check(witness: Witness) -> None:
    """Whatever the switch said, and whatever of it was heard."""
    _check_events(witness.events)
    for log in witness.logs:
        _check_log(log)
    assert witness.tracker.live_calls() == ()


def _check_events(events: Sequence[TelephonyEvent]) -> None:
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    live: dict[object, bool] = {}
    for event in events:
        if isinstance(event, CallArrived):
            assert event.call_id not in live, f"announced twice: {event}"
            live[event.call_id] = True
        elif isinstance(event, CallEvent):
            assert live.get(event.call_id), f"unannounced, or over: {event}"
            if isinstance(event, CallEnded | CallMerged):
                live[event.call_id] = False
            if isinstance(event, CallMerged):
                assert event.into in live, event
    assert not any(live.values()), "a call that never ends"


def _check_log(log: CallLog) -> None:
    assert log.started_at <= (log.answered_at or log.ended_at) <= log.ended_at, log
    assert len({leg.leg_id for leg in log.legs}) == len(log.legs), log.legs
    for leg in log.legs:
        _check_leg(log, leg)
    for visit in log.visits:
        assert log.started_at <= visit.joined_at <= visit.left_at <= log.ended_at, visit
        stayed = (visit.left_at - visit.joined_at).total_seconds()
        assert abs(visit.wait_s - stayed) < 0.001, visit
    # Waiting ends with the first answer; whoever is sent on afterwards waits in further visits.
    before = [v for v in log.visits if not log.answered_at or v.joined_at <= log.answered_at]
    rung = sum((leg.ring_s for leg in log.legs), start=0.0)
    assert sum(visit.wait_s for visit in before) <= log.wait_s + rung + 0.01, log
    assert log.wait_s == 0 or log.wait_s <= (log.ended_at - log.started_at).total_seconds() + 0.001


def _check_leg(log: CallLog, leg: LegLog) -> None:
    assert log.started_at <= leg.started_at <= leg.ended_at <= log.ended_at, leg
    spent = leg.talk_s + leg.hold_s + leg.consult_s
    assert min(leg.ring_s, leg.talk_s, leg.hold_s, leg.consult_s) >= 0, leg
    assert spent <= leg.connected_s + 0.003, leg  # rounding of three figures
    rung_first = leg.leg_id == log.uniqueid and log.direction is not Direction.INBOUND
    if not (rung_first or log.inferred or log.recovered):
        assert leg.connected_s - spent < 0.15, leg  # between an answer and its bridge
    assert (leg.result is LegResult.ANSWERED) == (leg.answered_at is not None), leg
    if leg.role is LegRole.SUPERVISOR:
        assert leg.hold_s == leg.consult_s == 0 < leg.talk_s, leg


def same_logs(some: Iterable[CallLog], others: Iterable[CallLog], within_s: float) -> None:
    """The same, up to stamps and to figures that differ by no more than the frames' order may."""
    one, other = (
        sorted((_figures(log) for log in logs), key=lambda log: str(log["call_id"]))
        for logs in (some, others)
    )
    assert len(one) == len(other)
    for mine, its in zip(one, other, strict=True):
        _same(mine, its, within_s, [])


def _figures(log: CallLog) -> dict[str, Any]:
    told = as_json(log)
    del told["started_at"], told["ended_at"]
    told["legs"] = sorted(
        told["legs"], key=lambda leg: (leg["interface"], leg["role"], leg["result"], leg["talk_s"])
    )
    return told


def _same(one: Any, other: Any, within_s: float, path: list[str]) -> None:
    if isinstance(one, float) and isinstance(other, float):
        assert abs(one - other) <= within_s, (path, one, other)
    elif isinstance(one, dict):
        for key in one:
            _same(one[key], other[key], within_s, [*path, key])
    elif isinstance(one, list) and len(one) == len(other):
        for number, (mine, its) in enumerate(zip(one, other, strict=True)):
            _same(mine, its, within_s, [*path, str(number)])
    else:
        assert one == other, path


# -- what may happen -------------------------------------------------------------------------------


def permuted(frames: Sequence[Frame], chance: random.Random) -> list[Frame]:
    """Frames about different channels and bridges, in another order within `TOGETHER_S`."""
    mixed = [(frame, stamp(frame), subjects(frame)) for frame in frames]
    for _ in range(4):
        for n in range(len(mixed) - 1):
            (_, at, about), (_, then, other) = mixed[n], mixed[n + 1]
            if abs(then - at) < TOGETHER_S and not about & other and chance.random() < 0.5:
                mixed[n], mixed[n + 1] = mixed[n + 1], mixed[n]
    return [frame for frame, _, _ in mixed]


def shifted(frames: Sequence[Frame], by_s: float) -> list[Frame]:
    """The same, at another time."""
    moved = []
    for frame in frames:
        at = b"%.6f" % (stamp(frame) + by_s)
        moved.append(Frame(frame.raw.replace(b"Timestamp: " + frame.stamp(), b"Timestamp: " + at)))
    return moved


def subjects(frame: Frame) -> set[str]:
    """The channels and bridges it is about; a new channel is born by whom it is linked to."""
    about = {value for name, value in frame.items() if name.endswith("Uniqueid") and value}
    if frame.event == "Newchannel":
        about.add(frame.get("Linkedid"))
    if frame.event == "AttendedTransfer":
        about |= {value for name, value in frame.items() if name.endswith("BridgeUniqueid")}
    return about


def late(
    frames: Sequence[Frame], event: str, chance: random.Random, within_s: float
) -> list[Frame]:
    """Each frame of this name up to so much later.

    But what became of a dial is said by the thread that then gives up whom it dialled; only an
    answer is also news of another thread."""
    moved = list(frames)
    for n in reversed(range(len(moved))):
        frame = moved[n]
        if frame.event != event:
            continue
        until = stamp(frame) + within_s
        places = [m for m in range(n, len(moved)) if stamp(moved[m]) <= until]
        end = chance.choice(places)
        if event == "DialEnd" and frame.get("DialStatus") != "ANSWER":
            dialled = frame.get("DestUniqueid")
            given_up = (
                m
                for m in range(n + 1, end + 1)
                if moved[m].event in {"Hangup", "AgentRingNoAnswer"}
                and dialled in subjects(moved[m])
            )
            end = next(given_up, end + 1) - 1
        moved.insert(end, moved.pop(n))
    return moved


# -- what the switch has ---------------------------------------------------------------------------


@dataclass
class SwitchState:
    """The channels and queues of a switch that has said these frames: what its lists would say."""

    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)
    at: float = 0.0

    def after(self, frames: Iterable[Frame]) -> SwitchState:
        for frame in frames:
            self.at = max(self.at, stamp(frame))
            self._apply(frame)
        return self

    def _apply(self, frame: Frame) -> None:
        for prefix in ("", "Dest"):
            self._note(frame, prefix)
        uniqueid = frame.get("Uniqueid")
        channel = self.channels.get(uniqueid, {})
        match frame.event:
            case "Rename":
                channel["Channel"] = frame.get("Newname")
            case "BridgeEnter":
                channel["BridgeId"] = frame.get("BridgeUniqueid")
            case "BridgeLeave":
                channel["BridgeId"] = ""
            case "BridgeMerge":
                for one in self.channels.values():
                    if one.get("BridgeId") == frame.get("FromBridgeUniqueid"):
                        one["BridgeId"] = frame.get("ToBridgeUniqueid")
            case "Hangup":
                self.channels.pop(uniqueid, None)
                self.waiting.pop(uniqueid, None)
            case "QueueCallerJoin":
                self.waiting[uniqueid] = {
                    "Queue": frame.get("Queue"),
                    "Position": frame.get("Position"),
                    "Uniqueid": uniqueid,
                    "since": str(stamp(frame)),
                }
            case "QueueCallerLeave":
                self.waiting.pop(uniqueid, None)

    def _note(self, frame: Frame, prefix: str) -> None:
        """Every frame about a channel says how it is just then."""
        uniqueid, name = frame.get(f"{prefix}Uniqueid"), frame.get(f"{prefix}Channel")
        if frame.event == "Newchannel" and not prefix:
            self.channels[uniqueid] = {"Uniqueid": uniqueid, "born": str(stamp(frame))}
        channel = self.channels.get(uniqueid)
        if channel is None or not name or not frame.get(f"{prefix}ChannelStateDesc"):
            return
        channel["Channel"] = name
        for header in ("ChannelStateDesc", "CallerIDNum", "CallerIDName", "Linkedid"):
            channel[header] = frame.get(f"{prefix}{header}")
        for header in ("Context", "Exten"):
            channel[header] = frame.get(f"{prefix}{header}")

    def snapshot(self) -> ResyncSnapshot:
        channels, entries = [], []
        for one in self.channels.values():
            age = max(0, int(self.at - float(one["born"])))
            clock = f"{age // 3600:02}:{age // 60 % 60:02}:{age % 60:02}"
            channels.append(_listed("CoreShowChannel", one | {"Duration": clock}))
        for one in self.waiting.values():
            wait = max(0, int(self.at - float(one["since"])))
            entries.append(_listed("QueueEntry", one | {"Wait": str(wait)}))
        return ResyncSnapshot(channels, entries)


def _listed(event: str, headers: dict[str, str]) -> Frame:
    lines = [f"Event: {event}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name[0].isupper()]
    return Frame("\r\n".join(lines).encode())
