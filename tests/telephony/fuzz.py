"""AMI bytes as no Asterisk would send them, made of those that it did; and a canary among them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from telephony.calls import CallTracker, ResyncSnapshot, Topology
from telephony.events import CallEnded, CallLog
from telephony.wire import END, Framer

RECORDINGS = Path(__file__).parent.parent / "recordings"
CANARY = RECORDINGS / "inbound_answered.ami"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
EACH = 1_000  # frames between two canaries
BYTES = (b"\x00", b"\xff", b"\r", b"\n", b"\r\n", b":", b"\\", b"\xe4\xbd", b" " * 50, b"9" * 400)
VALUES = (
    *(b"", b"-1", b"1e400", b"nan", b"<unknown>", b"(null)", b"99999999999999999999", b"0.0"),
    *("名字😀".encode(), b"Local/x@y-1;1", b"PJSIP/", b"/", b"Ring", b"Up", b"ANSWER", b"17"),
)


class Fuzz:
    """Frames from all recordings, each spoilt in some way or left as it is: mostly a call in its
    order, sometimes from anywhere."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._frames = [
            part
            for path in sorted(RECORDINGS.glob("*.ami"))
            for part in path.read_bytes().split(END)
            if part
        ]
        self._at = 0

    def frame(self) -> bytes:
        if self._chance.random() < 0.02:
            self._at = self._chance.randrange(len(self._frames))
        self._at = (self._at + 1) % len(self._frames)
        is_next = self._chance.random() < 0.8
        raw = self._frames[self._at] if is_next else self._chance.choice(self._frames)
        lines = raw.split(b"\r\n")
        for _ in range(self._chance.randrange(4)):
            self._spoil(lines)
        return b"\r\n".join(lines) + END

    def _spoil(self, lines: list[bytes]) -> None:
        chance = self._chance
        at = chance.randrange(len(lines))
        name, colon, value = lines[at].partition(b": ")
        match chance.randrange(8):
            case 0:
                lines[at] = name + colon + chance.choice(VALUES)
            case 1:
                lines.insert(at, lines[at])
            case 2:
                if len(lines) > 1:
                    del lines[at]
            case 3:
                cut = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:cut] + chance.choice(BYTES) + lines[at][cut:]
            case 4:
                other = chance.choice(self._frames).split(b"\r\n")
                lines[at] = chance.choice(other)
            case 5:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case 6:
                chance.shuffle(lines)
            case _:
                other = chance.choice(self._frames).split(b"\r\n")
                theirs = [line for line in other if line.startswith(name + colon)]
                lines[at] = theirs[0] if theirs else name + value

    def chunks(self, frames: int) -> Iterator[bytes]:
        """About as a socket hands them over: cut anywhere."""
        left = b""
        for _ in range(frames):
            left += self.frame()
            while len(left) > 4096:
                size = self._chance.randrange(1, 4096)
                yield left[:size]
                left = left[size:]
        yield left + END  # whatever is open ends here


def canary(number: int) -> bytes:
    """A true call that nobody has seen yet: its own channels, bridges and times."""
    text = CANARY.read_bytes()
    stamp = text.partition(b"Uniqueid: ")[2].partition(b"\r\n")[0]
    epoch = stamp.partition(b".")[0]
    bridge = text.partition(b"BridgeUniqueid: ")[2].partition(b"\r\n")[0]
    text = text.replace(bridge, b"canary-%d" % number)
    return text.replace(epoch[:6], b"%06d" % (200_000 + number))


def alike(log: CallLog) -> tuple[object, ...]:
    """What does not change when a call happens at another time; tenths of a second, for in another
    order of bridge events a millisecond may count as hold."""
    return (
        *(log.direction, log.result, log.caller, log.dialled, log.queues),
        *(round(log.wait_s, 1), round(log.connected_s, 1), log.ended_at - log.started_at),
        *((leg.interface, leg.role, leg.result, round(leg.talk_s, 1)) for leg in log.legs),
    )


class Flight:
    """A tracker under fire: `fly` raises AssertionError when a canary is not tracked truly."""

    def __init__(self, seed: int) -> None:
        self.framer = Framer()
        self.tracker = CallTracker("fuzz", Topology())
        self._fuzz = Fuzz(seed)
        self.frames = self.canaries = 0
        ((self._truth, _),) = _ended(CallTracker("fuzz", Topology()), Framer(), canary(0))

    def fly(self, rounds: int) -> None:
        for _ in range(rounds):
            for chunk in self._fuzz.chunks(EACH):
                for frame in self.framer.feed(chunk):
                    self.tracker.feed(frame, NOW)
            self.frames += EACH
            self.canaries += 1
            ended = _ended(self.tracker, self.framer, canary(self.canaries))
            mine = [log for log, unique in ended if unique.startswith(f"{200_000 + self.canaries}")]
            assert [alike(log) for log in mine] == [alike(self._truth)], mine
            # What never ended in all this is not there any more: as after a reconnection.
            self.tracker.resync(ResyncSnapshot(), NOW)
            assert self.tracker.live_calls() == ()


def _ended(tracker: CallTracker, framer: Framer, data: bytes) -> list[tuple[CallLog, str]]:
    return [
        (event.log, event.log.uniqueid)
        for frame in framer.feed(data)
        for event in tracker.feed(frame, NOW)
        if isinstance(event, CallEnded)
    ]
