"""Alarms: each is one thing, however often it is found."""

from __future__ import annotations

from structlog.testing import capture_logs

from callcenter.services.alarms import Alarms
from callcenter.services.views import AlarmView
from telephony.problems import Problem
from tests.fakes import START, FakeClock


def test_found_again_and_again_it_is_one_alarm_said_once() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    told: list[tuple[AlarmView, ...]] = []
    alarms.subscribe(told.append)
    with capture_logs() as said:
        for _ in range(3):
            alarms.set("clock_skew", "the switch's clock is\n 5 s ahead", pbx="pbx1")
            clock.advance(60)
    [alarm] = alarms.current()
    assert alarm == AlarmView(
        "clock_skew", "alarm", START, "the switch's clock is 5 s ahead", "pbx1"
    )
    assert len(told) == 1
    assert [one["event"] for one in said] == ["alarm_set"]


def test_what_it_says_in_figures_is_there_for_every_language() -> None:
    alarms = Alarms(FakeClock())
    alarms.set("overflow", "2 times, 9 events", "warning", "pbx1", times=2, events=9)
    [alarm] = alarms.current()
    assert (alarm.detail, alarm.facts) == ("2 times, 9 events", {"times": 2, "events": 9})


def test_a_problem_is_told_with_its_code_and_what_it_names() -> None:
    alarms = Alarms(FakeClock())
    said = Problem("line_date", {"text": "today"}).within("no_line", path="cel.csv")
    alarms.set("history_unavailable", said, pbx="pbx1")
    [alarm] = alarms.current()
    assert alarm.detail.startswith("cel.csv: no line of it can be read: 'today' is no time")
    told = {"problem": "no_line", "path": "cel.csv", "why": "line_date", "text": "today"}
    assert alarm.facts == told


def test_what_it_says_may_change_and_when_it_began_does_not() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    alarms.set("disk_nearly_full", "10 GB left", "warning")
    clock.advance(60)
    with capture_logs() as said:
        alarms.set("disk_nearly_full", "9 GB left", "warning")
        alarms.set("disk_nearly_full", "1 GB left")
    assert alarms.current() == (AlarmView("disk_nearly_full", "alarm", START, "1 GB left"),)
    assert [one["level"] for one in said] == ["alarm"]  # that it got worse; not each gigabyte


def test_of_two_switches_each_has_its_own_and_the_worst_comes_first() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    alarms.set("log_behind", "6 s", "warning")
    clock.advance(1)
    alarms.set("switch_lost", "refused", pbx="b")
    alarms.set("switch_lost", "refused", pbx="a")
    alarms.clear("switch_lost", pbx="b")
    alarms.clear("switch_lost", pbx="b")
    alarms.clear("overflow")
    assert [(one.code, one.pbx) for one in alarms.current()] == [
        ("switch_lost", "a"),
        ("log_behind", ""),
    ]
