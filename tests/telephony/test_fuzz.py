"""A short flight; `tests/bench/bench_fuzz.py` flies a million frames."""

from __future__ import annotations

from tests.telephony.fuzz import Flight


def test_nothing_that_comes_over_the_wire_stops_the_tracker() -> None:
    flight = Flight(seed=4)
    flight.fly(rounds=6)
    assert flight.canaries == 6
    assert flight.framer.malformed > 0
