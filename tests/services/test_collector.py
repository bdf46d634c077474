"""Full garbage collections come by the clock and leave alone what was there at the start."""

from __future__ import annotations

import gc

from callcenter.services.collector import EVERY_S, YOUNG, Collector
from tests.fakes import FakeClock


class Knot:
    def __init__(self) -> None:
        self.self = self


def test_the_start_is_out_of_sight_and_garbage_goes_by_the_clock() -> None:
    before, clock = gc.get_threshold(), FakeClock()
    collector = Collector(clock)
    collector.start()
    try:
        assert gc.get_threshold() == YOUNG
        assert gc.get_freeze_count() > 0
        gc.disable()  # only the clock shall find it
        Knot()
        knots = sum(isinstance(one, Knot) for one in gc.get_objects())
        clock.advance(EVERY_S)
        assert knots == 1
        assert not any(isinstance(one, Knot) for one in gc.get_objects())
    finally:
        gc.enable()
        collector.stop()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
