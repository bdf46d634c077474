"""A capture of AMI bytes → the call log that the tracker makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telephony.calls import CallTracker, Topology, TrackerCounters
from telephony.events import CallEnded, CallLog, LegLog, TelephonyEvent
from telephony.wire import Framer

NEVER = datetime.fromtimestamp(0, UTC)  # for frames before the first with a Timestamp


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything a capture yields: for the command line, and for finding out what is wrong."""

    events: list[TelephonyEvent]
    logs: list[CallLog]
    unfinished: int  # calls that the capture does not see end
    framer: Framer
    counters: TrackerCounters


def replay_all(data: bytes, pbx: str = "replay", topology: Topology | None = None) -> Replay:
    framer = Framer()
    tracker = CallTracker(pbx, topology)
    events: list[TelephonyEvent] = []
    at = NEVER
    for frame in framer.feed(data):
        said = tracker.feed(frame, at)
        if said:
            at = said[-1].at
            events += said
    logs = [event.log for event in events if isinstance(event, CallEnded)]
    return Replay(events, logs, len(tracker.live_calls()), framer, tracker.counters)


def replay(data: bytes, pbx: str = "replay", topology: Topology | None = None) -> list[CallLog]:
    """The calls that ended within the capture, in the order of their end."""
    return replay_all(data, pbx, topology).logs


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


def _leg(leg: LegLog) -> dict[str, Any]:
    return {
        "interface": leg.interface,
        "role": leg.role.value,
        "result": leg.result.value,
        "ring_s": leg.ring_s,
        "connected_s": leg.connected_s,
        "talk_s": leg.talk_s,
        "hold_s": leg.hold_s,
        "consult_s": leg.consult_s,
        "ended_by": leg.ended_by.value if leg.ended_by else None,
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
