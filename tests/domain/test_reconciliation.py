"""What counts as a difference between our log and the switch's record, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from callcenter.domain.call_facts import CallFacts, LegFacts, StayFacts, TransferFacts
from callcenter.domain.reconciliation import Kind, Sides, compare

I18N = Path(__file__).parents[2] / "agent_ui" / "src" / "i18n"
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LEG = LegFacts(
    leg_id="1.2",
    interface="PJSIP/1001",
    role="agent",
    result="answered",
    started_at=AT,
    answered_at=AT + timedelta(seconds=7),
    ended_at=AT + timedelta(seconds=67),
    ring_s=7.0,
    wait_s=0.0,
    connected_s=60.0,
    spoken_s=60.0,
    ended_by="customer",
    cause="hung_up",
)
MISSED = replace(LEG, leg_id="1.3", result="rejected", answered_at=None, cause="declined")
STAY = StayFacts("support", 7.0, "answered", 10, AT, AT + timedelta(seconds=7))
SENT_ON = TransferFacts("blind", "PJSIP/1001", "8001", AT + timedelta(seconds=67))
LINK = UUID(int=9)
CALL = CallFacts(
    call_id=UUID(int=1),
    uniqueid="1.1",
    direction="inbound",
    result="answered",
    caller="13800138000",
    caller_name="Wang",
    dialled="4008001234",
    started_at=AT,
    answered_at=LEG.answered_at,
    ended_at=LEG.ended_at,
    wait_s=7.0,
    connected_s=60.0,
    queues=("support",),
    legs=(LEG, MISSED),
    stays=(STAY,),
    transfers=(SENT_ON,),
    linked=frozenset({LINK}),
)


def kinds(ours: CallFacts | None, theirs: CallFacts | None, **more: Any) -> list[Kind]:
    def side(one: CallFacts | None) -> dict[UUID, CallFacts]:
        return {one.call_id: one} if one else {}

    return [one.kind for one in compare(Sides(side(ours), side(theirs), **more))]


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_two_programs_never_see_the_same_microsecond() -> None:
    leg = replace(LEG, ended_at=LEG.ended_at + later(1), connected_s=61.0)
    theirs = replace(CALL, started_at=AT - later(0.9), wait_s=7.9, legs=(leg, MISSED))
    assert kinds(CALL, theirs) == []


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        (replace(CALL, direction="outbound"), Kind.DIRECTION),
        (replace(CALL, result="abandoned"), Kind.RESULT),
        (replace(CALL, ended_at=AT + later(70)), Kind.TIMES),
        (replace(CALL, answered_at=None), Kind.TIMES),
        (replace(CALL, connected_s=61.5), Kind.TIMES),
        (replace(CALL, legs=(replace(LEG, connected_s=61.5), MISSED)), Kind.TIMES),
        (replace(CALL, legs=(replace(LEG, spoken_s=58.0), MISSED)), Kind.TIMES),
        (replace(CALL, legs=(MISSED,)), Kind.LEGS),
        (replace(CALL, legs=(replace(LEG, result="no_answer"), MISSED)), Kind.LEGS),
        (replace(CALL, legs=(replace(LEG, ended_by="agent"), MISSED)), Kind.ENDED_BY),
        (replace(CALL, legs=(replace(LEG, ended_by=None), MISSED)), Kind.ENDED_BY),
        (replace(CALL, legs=(replace(LEG, cause="transferred"), MISSED)), Kind.ENDED_BY),
        (replace(CALL, legs=(replace(LEG, interface="PJSIP/1002"), MISSED)), Kind.PARTIES),
        (replace(CALL, caller=""), Kind.PARTIES),
        (replace(CALL, dialled="4008004321"), Kind.PARTIES),
        (replace(CALL, transfers=()), Kind.TRANSFERS),
        (replace(CALL, transfers=(replace(SENT_ON, to="8002"),)), Kind.TRANSFERS),
        (replace(CALL, transfers=(replace(SENT_ON, at=AT),)), Kind.TRANSFERS),
        (replace(CALL, queues=("sales",)), Kind.QUEUE),
        (replace(CALL, stays=(replace(STAY, outcome="abandoned"),)), Kind.QUEUE),
        (replace(CALL, stays=(STAY, STAY)), Kind.QUEUE),
        (replace(CALL, wait_s=9.0), Kind.WAITS),
        (replace(CALL, stays=(replace(STAY, wait_s=9.0),)), Kind.WAITS),
        (replace(CALL, stays=(replace(STAY, left_at=AT),)), Kind.WAITS),
    ],
)
def test_each_kind_of_difference(theirs: CallFacts, kind: Kind) -> None:
    assert kinds(CALL, theirs) == [kind]
    assert kinds(theirs, CALL) == [kind]


def test_what_the_record_cannot_know_is_no_difference() -> None:
    busy = replace(MISSED, result="busy", cause="busy")
    assert kinds(CALL, replace(CALL, legs=(LEG, busy))) == [], "by a hand or not: it never says"
    assert kinds(replace(CALL, result="busy"), replace(CALL, result="rejected")) == []
    assert kinds(CALL, replace(CALL, dialled="")) == [], "a click-to-dial nobody picked up"
    assert kinds(replace(CALL, dialled=""), CALL) == [Kind.PARTIES]
    assert kinds(CALL, replace(CALL, linked=frozenset())) == [], "a call of another switch"
    assert kinds(replace(CALL, linked=frozenset()), CALL) == [Kind.LINKS]


def test_what_one_side_has_alone() -> None:
    assert kinds(None, CALL) == [Kind.MISSING]
    assert kinds(CALL, None) == [Kind.EXTRA]
    assert kinds(replace(CALL, ended_at=None, result=None), CALL) == [Kind.OPEN]


def test_what_goes_on_is_no_difference() -> None:
    for ours, theirs in ((None, CALL), (CALL, None), (replace(CALL, ended_at=None), CALL)):
        assert kinds(ours, theirs, going_on={CALL.call_id}) == []


def test_only_what_differs_is_shown() -> None:
    theirs = replace(CALL, legs=(*CALL.legs, replace(LEG, leg_id="1.9", result="no_answer")))
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


def test_every_kind_is_said_in_both_languages() -> None:
    for language in ("en", "zh-CN"):
        texts = (I18N / f"{language}.admin.ts").read_text(encoding="utf-8")
        assert [kind for kind in Kind if f'"difference.{kind}": "' not in texts] == []
