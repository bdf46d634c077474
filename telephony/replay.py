"""A capture of AMI bytes → the call log that the tracker makes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telephony.calls import CallTracker, LiveCall, Topology, TrackerCounters
from telephony.calls.topology import interface_of
from telephony.events import CallEnded, CallLog, LegLog, TelephonyEvent
from telephony.wire import END, Frame, Framer

_LONG = re.compile(r"\+?\d{6,}")

NEVER = datetime.fromtimestamp(0, UTC)  # for frames before the first with a Timestamp


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything a capture yields: for the command line, and for finding out what is wrong."""

    events: list[TelephonyEvent]
    logs: list[CallLog]
    unfinished: tuple[LiveCall, ...]  # calls that the capture does not see end
    framer: Framer
    counters: TrackerCounters


def replay_all(data: bytes, pbx: str = "replay", topology: Topology | None = None) -> Replay:
    """Without a `topology` the trunks are guessed from the capture."""
    framer = Framer()
    frames = framer.feed(_as_sent(data))
    tracker = CallTracker(pbx, topology or guess_topology(frames))
    events: list[TelephonyEvent] = []
    at = NEVER
    for frame in frames:
        said = tracker.feed(frame, at)
        if said:
            at = said[-1].at
            events += said
    logs = [event.log for event in events if isinstance(event, CallEnded)]
    return Replay(events, logs, tracker.live_calls(), framer, tracker.counters)


def replay(data: bytes, pbx: str = "replay", topology: Topology | None = None) -> list[CallLog]:
    """The calls that ended within the capture, in the order of their end."""
    return replay_all(data, pbx, topology).logs


def _as_sent(data: bytes) -> bytes:
    """Editors and copy-paste make LF of every CRLF, and drop blank lines at the end."""
    edited = b"\n\n" in data or (b"\n" in data and b"\r" not in data)
    if END in data or not edited:
        return data
    return b"\r\n".join(data.rstrip().splitlines()) + END


def guess_topology(frames: Sequence[Frame]) -> Topology:
    """A capture from somebody else's switch does not say what its trunks are called.

    A trunk is never a queue's member, is not named by an extension, and long numbers come in
    from it (its calls' own caller ID) or are dialled through it (``number@trunk``).
    """
    numbers: set[str] = set()
    members: set[str] = set()
    for frame in frames:
        if frame.event == "Newchannel" and _LONG.fullmatch(frame.get("CallerIDNum")):
            if frame.get("ChannelStateDesc") == "Ring":
                numbers.add(interface_of(frame.get("Channel")))
        elif frame.event == "DialBegin" and _LONG.match(frame.get("DialString")):
            if "@" in frame.get("DialString"):
                numbers.add(interface_of(frame.get("DestChannel")))
        elif frame.event in {"AgentCalled", "QueueMemberStatus", "QueueMemberAdded"}:
            members.add(frame.get("Interface"))
    trunks = {
        interface
        for interface in numbers - members
        if interface and not interface.partition("/")[2].isdigit()
    }
    return Topology(trunks=tuple(sorted(trunks))) if trunks else Topology()


def as_json(log: CallLog) -> dict[str, Any]:
    """The object that ``callcenter calls replay --json`` prints."""
    return {
        "call_id": str(log.call_id),
        "direction": log.direction.value,
        "result": log.result.value,
        "caller": log.caller,
        "caller_name": log.caller_name,
        "dialled": log.dialled,
        "queues": list(log.queues),
        "visits": [
            {"queue": visit.queue, "wait_s": visit.wait_s, "outcome": visit.outcome.value}
            for visit in log.visits
        ],
        "started_at": _iso(log.started_at),
        "ended_at": _iso(log.ended_at),
        "wait_s": log.wait_s,
        "connected_s": log.connected_s,
        "legs": [_leg(leg) for leg in log.legs],
        "transfers": [
            {"kind": transfer.kind.value, "by": transfer.by, "to": transfer.to}
            for transfer in log.transfers
        ],
        "linked": [str(call_id) for call_id in log.linked],
        "inferred": log.inferred,
    }


def as_json_unfinished(call: LiveCall) -> dict[str, Any]:
    """The same object for a call that has not ended: null is what its end would tell."""
    return {
        "call_id": str(call.call_id),
        "direction": call.direction.value,
        "result": None,
        "caller": call.caller,
        "caller_name": call.caller_name,
        "dialled": call.dialled,
        "queues": list(call.queues),
        "visits": [],
        "started_at": _iso(call.started_at),
        "ended_at": None,
        "wait_s": None,
        "connected_s": None,
        "legs": [
            {"interface": leg.interface, "role": leg.role.value} | dict.fromkeys(_AT_THE_END)
            for leg in call.legs
        ],
        "transfers": [],
        "linked": [],
        "inferred": False,
    }


_AT_THE_END = (
    "result",
    "wait_s",
    "ring_s",
    "connected_s",
    "talk_s",
    "hold_s",
    "consult_s",
    "ended_by",
    "cause",
)


def _leg(leg: LegLog) -> dict[str, Any]:
    return {
        "interface": leg.interface,
        "role": leg.role.value,
        "result": leg.result.value,
        "wait_s": leg.wait_s,
        "ring_s": leg.ring_s,
        "connected_s": leg.connected_s,
        "talk_s": leg.talk_s,
        "hold_s": leg.hold_s,
        "consult_s": leg.consult_s,
        "ended_by": leg.ended_by.value if leg.ended_by else None,
        "cause": leg.cause.value,
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
