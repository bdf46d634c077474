"""Keeps Python's garbage collector from standing between a caller and a screen.

A full collection looks at every object there is: with the cards of 50,000 customers in memory it
stops the loop for 100–200 ms (measured), in the middle of whatever it does. So what the start made
is taken out of its sight once, and full collections come by the clock, not by allocation; one that
took long because memory has filled since then is followed by taking that out of sight, too.
"""

from __future__ import annotations

import gc
import time

import structlog

from callcenter.services.clock import Clock, Timer

log = structlog.get_logger(__name__)

YOUNG = (5_000, 20, 1_000_000)  # the first two generations as they come, the last by the clock
EVERY_S = 600.0
LONG_S = 0.03


class Collector:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._before: tuple[int, int, int] | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """What is there now is there to stay: call it when memory is warm."""
        self._before = gc.get_threshold()
        gc.set_threshold(*YOUNG)
        gc.collect()
        gc.freeze()
        self._timer = self._clock.call_later(EVERY_S, self._collect)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._before is not None:
            gc.set_threshold(*self._before)
            gc.unfreeze()

    def _collect(self) -> None:
        began = time.perf_counter()
        found = gc.collect()
        seconds = time.perf_counter() - began
        log.debug("garbage_collected", objects=found, seconds=round(seconds, 4))
        if seconds > LONG_S:
            gc.freeze()
        self._timer = self._clock.call_later(EVERY_S, self._collect)
