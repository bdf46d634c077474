"""What time it is for the switch: its clock may be minutes off, and every time of a call is its.

Only what we conclude by ourselves, after a resync, is dated by our own clock; that is put right by
what the events said last. One odd Timestamp proves nothing: `AGREED` of them must agree.
"""

from __future__ import annotations

AGREED = 3
SLACK_S = 1.0  # seconds that an event may be under way


class SwitchClock:
    def __init__(self) -> None:
        self.ahead_s = 0.0  # by how much our clock is ahead of the switch's
        self._doubt_s = 0.0
        self._agreed = 0

    def heard(self, stamp: float, received_at: float) -> None:
        ahead = received_at - stamp
        if abs(ahead - self.ahead_s) < SLACK_S:
            self._agreed = 0
        elif self._agreed and abs(ahead - self._doubt_s) < SLACK_S:
            self._agreed += 1
            if self._agreed >= AGREED:
                self.ahead_s, self._agreed = ahead, 0
        else:
            self._doubt_s, self._agreed = ahead, 1

    def at(self, ours: float) -> float:
        """The switch's time when it is `ours` here; both in seconds since the epoch."""
        return ours - self.ahead_s
