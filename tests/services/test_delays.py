"""A log that is behind: everybody is told, again and again, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.feed import Feed, Message
from callcenter.services.alarms import Alarms
from callcenter.services.delays import Delays
from callcenter.services.views import DelayView
from tests.fakes import FakeClock


@dataclass
class FakeLog:
    waiting: int = 0
    age: float = 0.0
    waits_for: str = ""

    def backlog(self) -> int:
        return self.waiting

    def oldest_s(self) -> float:
        return self.age


class House:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.alarms = Alarms(self.clock)
        self.feed = Feed("test")
        self.told: list[Message] = []
        self.feed.subscribe(self.told.append)
        self.logs = [FakeLog(), FakeLog()]
        self.delays = Delays(lambda: self.logs, self.feed, self.clock, self.alarms)
        self.delays.start()

    def seconds(self, count: int, *, growing: bool = False) -> None:
        for _ in range(count):
            if growing:
                self.logs[1].age += 1
            self.clock.advance(1)

    def codes(self) -> list[tuple[str, str]]:
        return [(one.code, one.level) for one in self.alarms.current()]


def test_a_log_that_keeps_up_is_nobodys_business() -> None:
    house = House()
    house.logs[0] = FakeLog(waiting=300, age=5.0)
    house.seconds(60)
    assert (house.told, house.codes()) == ([], [])


def test_everybody_is_told_every_five_seconds_and_when_it_is_over() -> None:
    house = House()
    house.logs[0].waiting, house.logs[1].waiting = 3, 4
    house.seconds(17, growing=True)
    assert [(one.type, one.audience) for one in house.told] == [("delay", None)] * 3
    assert [one.data for one in house.told] == [
        DelayView(6.0, 7),
        DelayView(11.0, 7),
        DelayView(16.0, 7),
    ]
    assert house.codes() == [("log_behind", "warning")]
    assert house.delays.current == DelayView(17.0, 7)
    house.logs = [FakeLog(), FakeLog()]
    house.seconds(30)
    assert [one.data for one in house.told[3:]] == [DelayView(0.0, 0)]
    assert house.codes() == []


def test_minutes_are_an_alarm_and_so_is_a_database_that_is_away() -> None:
    house = House()
    house.logs[0].waits_for = "connection refused"
    house.seconds(1)
    assert house.codes() == [("database_away", "alarm")]
    house.logs[0].waits_for = ""
    house.seconds(70, growing=True)
    assert house.codes() == [("log_behind", "alarm")]
    house.delays.stop()
    told = len(house.told)
    house.seconds(30, growing=True)
    assert len(house.told) == told
