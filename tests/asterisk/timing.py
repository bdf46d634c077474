"""When things happened to each caller, by the switch's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telephony.wire import Frame
from tests.asterisk.server import AsteriskServer


@dataclass
class Arrival:
    """One caller. Times are the switch's, in seconds; None for what has not happened."""

    caller: str
    began: float
    how: str = ""  # "answer" of the routing server, or its "mirror" (and else the default)
    routed: float | None = None
    joined: float | None = None
    queue: str = ""
    priority: int = 0

    @property
    def routing_s(self) -> float:
        assert self.routed is not None, f"{self.caller} was never routed"
        return self.routed - self.began

    @property
    def joining_s(self) -> float:
        assert self.joined is not None, f"{self.caller} never joined a queue"
        return self.joined - self.began


def arrivals(frames: Sequence[Frame], asterisk: AsteriskServer) -> list[Arrival]:
    """The trunk's callers in the order of their arrival. QUEUE_PRIO is set last of all, right
    before the call is answered and queued: that is the moment at which a caller is routed."""
    found: dict[str, Arrival] = {}
    for frame in frames:
        channel, at = frame.get("Uniqueid"), float(frame.get("Timestamp") or 0)
        if frame.event == "Newchannel" and frame.get("Channel").startswith(asterisk.plan.trunk):
            found[channel] = Arrival(frame.get("CallerIDNum"), at)
        if (arrival := found.get(channel)) is None:
            continue
        if frame.event == "VarSet" and frame.get("Variable") == "CRM_ROUTED":
            arrival.how = "answer" if frame.get("Value") == "x1" else "mirror"
        elif frame.event == "VarSet" and frame.get("Variable") == "QUEUE_PRIO":
            arrival.routed = at
            arrival.priority = int(frame.get("Value"))
        elif frame.event == "QueueCallerJoin":
            arrival.joined = at
            arrival.queue = frame.get("Queue")
    return list(found.values())
