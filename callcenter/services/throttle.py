"""Guesses are counted: at most so many per key in a sliding window."""

from __future__ import annotations

from collections import OrderedDict, deque

_KEYS = 20_000  # an attacker who invents keys does not fill our memory


class Throttle:
    """`limit` attempts per key within `window_s`; `now` is any growing clock, in seconds."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0 when it may now."""
        attempts = self._attempts.get(key)
        if attempts is None:
            return 0.0
        while attempts and attempts[0] <= now - self._window_s:
            attempts.popleft()
        if len(attempts) < self._limit:
            return 0.0
        return attempts[0] + self._window_s - now

    def count(self, key: str, now: float) -> None:
        self._attempts.setdefault(key, deque(maxlen=self._limit)).append(now)
        self._attempts.move_to_end(key)
        if len(self._attempts) > _KEYS:
            self._attempts.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Take the newest attempt back: it was no guess."""
        attempts = self._attempts.get(key)
        if attempts:
            attempts.pop()

    def clear(self, key: str) -> None:
        self._attempts.pop(key, None)
