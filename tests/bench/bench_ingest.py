"""Recorded bytes through `wire` + `calls`, beside panoramisk's parse alone on the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from telephony.calls import CallTracker, Topology
from telephony.wire import Framer

RECORDINGS = Path(__file__).parent.parent / "recordings"
CHUNK = 16_384  # bytes; about what a socket hands over when the switch is busy
ROUNDS = 25


def recorded() -> bytes:
    """Every recording after the other, as one stream."""
    return b"".join(path.read_bytes() for path in sorted(RECORDINGS.glob("*.ami")))


def ours(data: bytes) -> int:
    """Frames read; every one goes through the tracker."""
    framer, tracker = Framer(), CallTracker("bench", Topology())
    now = datetime.now(UTC)
    frames = 0
    for start in range(0, len(data), CHUNK):
        for frame in framer.feed(data[start : start + CHUNK]):
            tracker.feed(frame, now)
            frames += 1
    return frames


class Parser(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Its parse alone: messages are counted and go nowhere."""

    def __init__(self) -> None:
        self.connection_made(None)
        self.messages = 0

    def handle_message(self, _message: Message) -> None:
        self.messages += 1


def panoramisk(data: bytes) -> int:
    parser = Parser()
    for start in range(0, len(data), CHUNK):
        parser.data_received(data[start : start + CHUNK])
    return parser.messages


def _per_second(read: Callable[[bytes], int], data: bytes) -> float:
    """In CPU time: other processes on the machine do not count."""
    started = time.process_time()
    frames = read(data)
    return frames / (time.process_time() - started)


def run() -> dict[str, dict[str, float]]:
    """The best of several rounds, taken in turns so that both see the same machine."""
    data = recorded()
    mine = theirs = 0.0
    for _ in range(ROUNDS):
        mine = max(mine, _per_second(ours, data))
        theirs = max(theirs, _per_second(panoramisk, data))
    return {
        "ingest": {
            "ratio": round(mine / theirs, 2),
            "per_s": round(mine),
            "panoramisk_per_s": round(theirs),
            "us_per_event": round(1e6 / mine, 2),
            "panoramisk_us_per_event": round(1e6 / theirs, 2),
        }
    }
