"""What counts as a difference between our log and the switch's record, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.domain.reconciliation import (
    CallFacts,
    Kind,
    LegFacts,
    Sides,
    StayFacts,
    compare,
)

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LEG = LegFacts(
    "1.2", "agent", "answered", AT, AT + timedelta(seconds=7), AT + timedelta(seconds=67), 60.0
)
CALL = CallFacts(
    call_id=UUID(int=1),
    uniqueid="1.1",
    direction="inbound",
    result="answered",
    started_at=AT,
    answered_at=LEG.answered_at,
    ended_at=LEG.ended_at,
    wait_s=7.0,
    queues=("support",),
    legs=(LEG,),
    stays=(StayFacts("support", 7.0, "answered"),),
)


def kinds(ours: CallFacts | None, theirs: CallFacts | None, **more: Any) -> list[Kind]:
    def side(one: CallFacts | None) -> dict[UUID, CallFacts]:
        return {one.call_id: one} if one else {}

    return [one.kind for one in compare(Sides(side(ours), side(theirs), **more))]


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_two_programs_never_see_the_same_microsecond() -> None:
    leg = replace(LEG, ended_at=LEG.ended_at + later(1), connected_s=61.0)
    theirs = replace(CALL, started_at=AT - later(0.9), wait_s=7.9, legs=(leg,))
    assert kinds(CALL, theirs) == []


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        (replace(CALL, direction="outbound"), Kind.DIRECTION),
        (replace(CALL, result="abandoned"), Kind.RESULT),
        (replace(CALL, ended_at=AT + later(70)), Kind.TIMES),
        (replace(CALL, answered_at=None), Kind.TIMES),
        (replace(CALL, legs=(replace(LEG, connected_s=61.5),)), Kind.TIMES),
        (replace(CALL, legs=()), Kind.LEGS),
        (replace(CALL, legs=(replace(LEG, result="busy"),)), Kind.LEGS),
        (replace(CALL, queues=("sales",)), Kind.QUEUE),
        (replace(CALL, stays=(StayFacts("support", 7.0, "abandoned"),)), Kind.QUEUE),
        (replace(CALL, wait_s=9.0), Kind.WAITS),
        (replace(CALL, stays=(StayFacts("support", 9.0, "answered"),)), Kind.WAITS),
    ],
)
def test_each_kind_of_difference(theirs: CallFacts, kind: Kind) -> None:
    assert kinds(CALL, theirs) == [kind]
    assert kinds(theirs, CALL) == [kind]


def test_what_one_side_has_alone() -> None:
    assert kinds(None, CALL) == [Kind.MISSING]
    assert kinds(CALL, None) == [Kind.EXTRA]
    assert kinds(replace(CALL, ended_at=None, result=None), CALL) == [Kind.OPEN]


def test_what_goes_on_is_no_difference() -> None:
    for ours, theirs in ((None, CALL), (CALL, None), (replace(CALL, ended_at=None), CALL)):
        assert kinds(ours, theirs, going_on={CALL.call_id}) == []


def test_only_what_differs_is_shown() -> None:
    theirs = replace(CALL, legs=(LEG, replace(LEG, leg_id="1.9", result="no_answer")))
    [found] = compare(Sides({CALL.call_id: CALL}, {CALL.call_id: theirs}))
    assert (found.ours, found.theirs) == ({}, {"1.9": ["agent", "no_answer"]})


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ((StayFacts("support", 9.0, "answered"),), []),  # whole seconds
        ((StayFacts("support", 90.0, ""),), []),  # its end was not written
        ((StayFacts("support", 10.0, "answered"),), [Kind.WAITS]),
        ((StayFacts("support", 7.0, "abandoned"),), [Kind.QUEUE]),
        ((), [Kind.QUEUE]),
    ],
)
def test_beside_queue_log(counted: tuple[StayFacts, ...], expected: list[Kind]) -> None:
    assert kinds(CALL, CALL, counted={"1.1": counted}) == expected
    full = replace(CALL, stays=(*CALL.stays, StayFacts("vip", 0.0, "full")))
    assert kinds(full, full, counted={"1.1": counted}) == expected, "it never had the full one"
