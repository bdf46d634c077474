"""How lively and how late a switch's events are, and how wrong its clock: figures, no rules.

skew = the switch's clock − ours, by pings; the one of the quickest of the last few answers counts
lag  = our clock − (the event's Timestamp − skew): from the switch's knowing to ours
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import datetime
from statistics import median
from typing import Final

SECONDS: Final = 60
SAMPLES: Final = 2_000  # of lag; of the last minute, at most
PONGS: Final = 5


class Meter:
    def __init__(self) -> None:
        self._by_second: deque[tuple[int, int]] = deque(maxlen=SECONDS)
        self._second = 0
        self._count = 0
        self._lags: deque[tuple[float, float]] = deque(maxlen=SAMPLES)  # (received, lag + skew)
        self._pongs: deque[tuple[float, float]] = deque(maxlen=PONGS)  # (took, skew)

    def event(self, stamp: bytes, received_at: datetime) -> bool:
        """Count one. True when it is the first of its second."""
        now = received_at.timestamp()
        with suppress(ValueError):  # undated: the tracker counts those
            self._lags.append((now, now - float(stamp)))
        second = int(now)
        if second == self._second:
            self._count += 1
            return False
        self._by_second.append((self._second, self._count))
        self._second, self._count = second, 1
        return True

    def pong(self, switch_at: float, asked_at: float, answered_at: float) -> None:
        """Unix seconds: what the switch said, by its clock; when it was asked and answered, by
        ours."""
        skew = switch_at - (asked_at + answered_at) / 2
        self._pongs.append((answered_at - asked_at, skew))

    @property
    def skew_s(self) -> float:
        """0.0 while it is not known."""
        return min(self._pongs, key=lambda one: one[0])[1] if self._pongs else 0.0

    def by_second(self, now: float) -> tuple[int, ...]:
        """Events of each of the last 60 whole seconds, the oldest first."""
        counted = dict(self._by_second)
        counted[self._second] = self._count
        last = int(now)
        return tuple(counted.get(second, 0) for second in range(last - SECONDS, last))

    def lag_ms(self, now: float) -> float:
        """Median of the last minute; 0.0 when nothing happened."""
        lags = [lag for at, lag in self._lags if at > now - SECONDS]
        return max(0.0, (median(lags) + self.skew_s) * 1000) if lags else 0.0
