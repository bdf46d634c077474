"""A million spoilt AMI frames: what raises ends the bench, and after each thousand a true call must
be tracked truly. The figures are what is left in memory of them all, and how many frames a second
that is.
"""

from __future__ import annotations

import time

from tests.telephony.fuzz import EACH, Flight

FRAMES = 1_000_000
SEED = 20261122


def run() -> dict[str, dict[str, float]]:
    flight = Flight(SEED)
    began = time.process_time()
    flight.fly(FRAMES // EACH)
    seconds = time.process_time() - began
    return {
        "fuzz": {
            "frames": flight.frames,
            "canaries": flight.canaries,
            "remembered": flight.tracker.counters.remembered,
            "frames_per_s": flight.frames / seconds,
        }
    }
