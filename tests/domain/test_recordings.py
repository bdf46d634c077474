"""What is said of a recording's length, pauses and parties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from callcenter.domain.recording_problems import RecordingProblem, in_english
from callcenter.domain.recordings import Part, Settled, Stay, Told, settle

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LEG, USER = uuid4(), uuid4()


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def settled(seconds: float, **values: Any) -> Settled:
    """Of a call that was answered at 10 and ended at 70."""
    given: dict[str, Any] = {
        "silences": [],
        "ended_at": at(70),
        "connected_s": 60.0,
        "always": True,
        "stays": [Stay(LEG, USER, at(10), at(70))],
        "told": Told(at(10.2)),
    }
    return settle(seconds=seconds, **given | values)


def test_as_long_as_it_should_be() -> None:
    found = settled(59.6)
    assert found == Settled(at(10.2), (Part(LEG, USER, 0.0, 59.6),), (), False, False, ())


@pytest.mark.parametrize(
    ("seconds", "short"), [(59.8, False), (57.0, False), (56.7, True), (30.0, True), (0.0, True)]
)
def test_more_than_three_seconds_and_five_per_cent_off(seconds: float, short: bool) -> None:
    found = settled(seconds)
    assert found.short == short
    told = f"{seconds:.1f} s of sound for 59.8 s of talk." if short else ""
    assert in_english(found.problems) == told


def test_a_long_call_may_be_off_by_more() -> None:
    long = {"ended_at": at(1010), "told": Told(at(10)), "connected_s": 1000.0}
    assert not settled(955.0, **long).short
    assert settled(945.0, **long).short


def test_pauses_are_where_the_switch_said_at_the_edges_of_the_silence() -> None:
    told = Told(at(10), ((at(20), at(30)), (at(50), None)))
    found = settled(60.0, told=told, silences=[(10.2, 20.3), (40.3, 60.0)])
    assert found.pauses == ((10.2, 20.3), (40.3, 60.0))
    assert not found.leaks


def test_silence_beside_a_pause_is_none() -> None:
    told = Told(at(10), ((at(20), at(30)),))
    found = settled(60.0, told=told, silences=[(4.0, 25.0), (33.0, 36.0)])
    assert found.pauses == ((9.3, 20.7),)


def test_a_pause_that_is_not_silent_is_said() -> None:
    told = Told(at(10), ((at(20), at(30)),))
    found = settled(60.0, told=told, silences=[(10.1, 14.0)])
    assert found.leaks
    assert found.problems == (RecordingProblem("leak", {"from_s": 10.0, "to_s": 20.0}),)
    assert in_english(found.problems) == "Paused from 10.0 s to 20.0 s, and not silent there."
    assert found.pauses == ((10.0, 20.0),)


def test_of_what_nobody_saw_the_silence_tells() -> None:
    silences = [(3.0, 3.6), (10.0, 20.0)]
    for told in (None, Told(at(40), ((at(42), None),), whole=False), Told(at(30))):
        found = settled(58.0, told=told, silences=silences)
        assert found.began_at == at(12)
        assert found.pauses == ((10.0, 20.0),)
        assert found.parts == (Part(LEG, USER, 0.0, 58.0),)
        assert not found.short


def test_what_began_on_demand_and_unseen_has_no_length_to_have() -> None:
    assert not settled(5.0, told=None, always=False).short
    assert settled(5.0, told=None, always=True).short


def test_it_ends_when_it_was_stopped() -> None:
    assert not settled(20.0, told=Told(at(10), ended_at=at(30))).short


def test_who_is_in_it_from_when_to_when() -> None:
    first, second, before = uuid4(), uuid4(), uuid4()
    stays = [
        Stay(before, None, at(2), at(9)),
        Stay(first, USER, at(10), at(40.5)),
        Stay(second, None, at(41), at(75)),
    ]
    found = settled(59.5, stays=stays, told=Told(at(10.5)))
    assert found.parts == (Part(first, USER, 0.0, 30.0), Part(second, None, 30.5, 59.5))
