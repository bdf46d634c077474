"""The table of agents' states: what each input does in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.agents import (
    BUSY,
    TABLE,
    Input,
    InvalidTransition,
    NoMoreTime,
    Rest,
    Status,
    limit_at,
    restored,
    signed_out,
    step,
)
from tests.fakes import START

NOW = START + timedelta(seconds=30)
LATER = NOW + timedelta(seconds=15)
READY = Status("ready", START, then="ready", then_reason="")
LUNCH = Status("not_ready", START, "lunch", then="not_ready", then_reason="lunch", paused_at=START)
RINGING = replace(READY, state="ringing")
ON_CALL = replace(READY, state="on_call")
WRAP_UP = replace(READY, state="wrap_up", until=LATER, extra_s=60)
GONE = replace(READY, state="unresponsive", reason="disconnected", away=True)


@pytest.mark.parametrize(
    ("before", "given", "options", "state", "reason"),
    [
        (signed_out(START), Input.SIGN_IN, {}, "not_ready", "signed_in"),
        (READY, Input.SIGN_IN, {}, "ready", ""),
        (LUNCH, Input.GO_READY, {}, "ready", ""),
        (READY, Input.GO_NOT_READY, {"reason": "lunch"}, "not_ready", "lunch"),
        (LUNCH, Input.GO_NOT_READY, {"reason": "training"}, "not_ready", "training"),
        (READY, Input.RING, {}, "ringing", ""),
        (RINGING, Input.RING_ENDED, {}, "ready", ""),
        (RINGING, Input.RING_MISSED, {}, "not_ready", "missed"),
        (RINGING, Input.RING_MISSED, {"reason": "rejected"}, "not_ready", "rejected"),
        (READY, Input.RING_MISSED, {"reason": "no_phone"}, "not_ready", "no_phone"),
        (LUNCH, Input.RING_MISSED, {}, "not_ready", "lunch"),
        (replace(LUNCH, state="ringing"), Input.RING_MISSED, {}, "not_ready", "lunch"),
        (RINGING, Input.ANSWERED, {}, "on_call", ""),
        (LUNCH, Input.ANSWERED, {}, "on_call", ""),
        (ON_CALL, Input.TALK_ENDED, {"wrap_until": LATER}, "wrap_up", ""),
        (ON_CALL, Input.TALK_ENDED, {}, "ready", ""),
        (ON_CALL, Input.TALK_ENDED, {"wrap_until": NOW}, "ready", ""),
        (ON_CALL, Input.RING_MISSED, {}, "on_call", ""),
        (WRAP_UP, Input.WRAP_UP_ENDED, {}, "ready", ""),
        (WRAP_UP, Input.GO_READY, {}, "ready", ""),
        (WRAP_UP, Input.GO_NOT_READY, {"reason": "lunch"}, "not_ready", "lunch"),
        (WRAP_UP, Input.RING, {}, "wrap_up", ""),
        (WRAP_UP, Input.EXTEND, {}, "wrap_up", ""),
        (READY, Input.VANISHED, {}, "unresponsive", "disconnected"),
        (LUNCH, Input.VANISHED, {}, "unresponsive", "disconnected"),
        (GONE, Input.RETURNED, {}, "ready", ""),
        (GONE, Input.SIGN_IN, {}, "ready", ""),
        (GONE, Input.GO_READY, {}, "unresponsive", "disconnected"),
        (GONE, Input.GO_NOT_READY, {"reason": "lunch"}, "unresponsive", "disconnected"),
        (GONE, Input.RING, {}, "ringing", ""),
        (GONE, Input.ANSWERED, {}, "on_call", ""),
        (replace(RINGING, away=True), Input.RING_MISSED, {}, "unresponsive", "disconnected"),
        (replace(ON_CALL, away=True), Input.TALK_ENDED, {}, "unresponsive", "disconnected"),
        (replace(WRAP_UP, away=True), Input.WRAP_UP_ENDED, {}, "unresponsive", "disconnected"),
        (GONE, Input.SIGN_OUT, {}, "signed_out", ""),
        (READY, Input.SIGN_OUT, {}, "signed_out", ""),
    ],
)
def test_the_table(
    before: Status, given: Input, options: dict[str, object], state: str, reason: str
) -> None:
    after = step(before, given, NOW, **options)  # type: ignore[arg-type]  # step's own options
    assert (after.state, after.reason) == (state, reason)
    changed = (after.state, after.reason) != (before.state, before.reason)
    assert after.since == (NOW if changed else START)
    assert (after.until is not None) == (after.state == "wrap_up")


@pytest.mark.parametrize("talking", [RINGING, ON_CALL])
def test_during_a_call_readiness_is_decided_for_afterwards(talking: Status) -> None:
    during = step(talking, Input.GO_NOT_READY, NOW, reason="lunch")
    assert during.state == talking.state
    assert (during.then, during.then_reason) == ("not_ready", "lunch")
    assert step(during, Input.GO_READY, NOW).then == "ready"
    vanished = step(talking, Input.VANISHED, NOW)
    assert (vanished.state, vanished.then, vanished.away) == (talking.state, "ready", True)


@pytest.mark.parametrize(
    ("before", "given"),
    [
        (signed_out(START), Input.GO_READY),
        (signed_out(START), Input.GO_NOT_READY),
        (signed_out(START), Input.WRAP_UP_ENDED),
        (signed_out(START), Input.RETURNED),
        (READY, Input.WRAP_UP_ENDED),
        (READY, Input.EXTEND),
        (ON_CALL, Input.SIGN_OUT),
        (ON_CALL, Input.WRAP_UP_ENDED),
        (GONE, Input.WRAP_UP_ENDED),
    ],
)
def test_what_is_not_in_the_table_is_an_error(before: Status, given: Input) -> None:
    with pytest.raises(InvalidTransition, match="cannot"):
        step(before, given, NOW)


def test_a_wrap_up_is_extended_once_and_only_where_the_queue_gives_time() -> None:
    longer = step(WRAP_UP, Input.EXTEND, NOW)
    assert longer.until == LATER + timedelta(seconds=60)
    assert longer.since == START
    with pytest.raises(NoMoreTime):
        step(longer, Input.EXTEND, NOW)
    plain = step(ON_CALL, Input.TALK_ENDED, NOW, wrap_until=LATER)
    with pytest.raises(NoMoreTime):
        step(plain, Input.EXTEND, NOW)
    again = step(
        step(longer, Input.ANSWERED, NOW), Input.TALK_ENDED, NOW, wrap_until=LATER, extra_s=60
    )
    assert again.extra_s == 60, "each wrap-up has its own"


def test_the_limit_of_a_pause_runs_from_its_beginning() -> None:
    asked = step(ON_CALL, Input.GO_NOT_READY, START, reason="lunch")
    assert limit_at(asked, 30) is None, "it starts after the call"
    pause = step(asked, Input.TALK_ENDED, NOW)
    assert limit_at(pause, 30) == NOW + timedelta(minutes=30)
    assert limit_at(pause, None) is None
    assert limit_at(READY, 30) is None
    interrupted = step(step(pause, Input.ANSWERED, LATER), Input.TALK_ENDED, LATER)
    interrupted = step(step(interrupted, Input.VANISHED, LATER), Input.RETURNED, LATER)
    assert interrupted.since == LATER
    assert limit_at(interrupted, 30) == NOW + timedelta(minutes=30)
    other = step(interrupted, Input.GO_NOT_READY, LATER, reason="training")
    assert limit_at(other, 30) == LATER + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("row", "until", "state", "back"),
    [
        (("ready", "", "ready", ""), None, "unresponsive", ("ready", "")),
        (
            ("not_ready", "lunch", "not_ready", "lunch"),
            None,
            "unresponsive",
            ("not_ready", "lunch"),
        ),
        (("not_ready", "lunch", "not_ready", ""), None, "unresponsive", ("not_ready", "lunch")),
        (("on_call", "", "ready", ""), None, "unresponsive", ("ready", "")),
        (("on_call", "", "not_ready", "lunch"), None, "unresponsive", ("not_ready", "lunch")),
        (("unresponsive", "disconnected", "ready", ""), None, "unresponsive", ("ready", "")),
        (("wrap_up", "", "ready", ""), LATER, "wrap_up", ("wrap_up", "")),
        (("wrap_up", "", "ready", ""), START, "unresponsive", ("ready", "")),
    ],
)
def test_after_a_restart_of_ours(
    row: tuple[str, str, Rest, str], until: datetime | None, state: str, back: tuple[str, str]
) -> None:
    found = restored(*row, until, None, NOW, since=START)
    assert (found.state, found.away) == (state, True)
    assert found.since == (START if found.state == row[0] else NOW)
    after = step(found, Input.RETURNED, NOW)
    assert (after.state, after.reason, after.away) == (*back, False)


@pytest.mark.parametrize(
    ("lasts_s", "more"),
    [(59.9, timedelta(seconds=30)), (60, timedelta(seconds=30)), (90, None)],
)
def test_a_wrap_up_can_still_be_made_longer_after_our_restart_once(
    lasts_s: float, more: timedelta | None
) -> None:
    """Its queue gives 60 s, and once 30 more."""
    until, now = START + timedelta(seconds=lasts_s), START + timedelta(seconds=20)
    row: tuple[str, str, Rest, str] = ("wrap_up", "", "ready", "")
    found = restored(*row, until, None, now, since=START, wrap_up_s=60, extra_s=30)
    found = step(found, Input.RETURNED, now)
    assert (found.since, found.until) == (START, until)
    if more:
        found = step(found, Input.EXTEND, now)
        assert (found.since, found.until) == (START, until + more)
    with pytest.raises(NoMoreTime):
        step(found, Input.EXTEND, now)


# --- what holds whatever happens ---------------------------------------------------------------

Happening = tuple[Input, bool]
HAPPENINGS = st.lists(st.tuples(st.sampled_from(Input), st.booleans()), max_size=40)


def after(status: Status, happening: Happening) -> Status:
    """What is not possible in that state changes nothing."""
    given, after_work = happening
    try:
        return step(
            status,
            given,
            NOW,
            reason="lunch",
            wrap_until=LATER if after_work else None,
            extra_s=60 if after_work else 0,
        )
    except InvalidTransition:
        return status


@given(HAPPENINGS)
def test_nobody_is_offered_calls_who_did_not_go_ready(happenings: list[Happening]) -> None:
    status, wants = signed_out(START), False
    for happening in happenings:
        before, was_out = status, status.state == "signed_out"
        status = after(status, happening)
        if happening[0] is Input.GO_READY and not was_out:
            wants = True
        elif happening[0] is Input.SIGN_OUT and status is before:
            pass  # refused: nobody is signed out during a call
        elif happening[0] in {Input.GO_NOT_READY, Input.SIGN_OUT} or was_out:
            wants = False
        assert wants or status.state != "ready"
        assert wants or status.then != "ready"


@given(HAPPENINGS)
def test_only_its_end_leads_out_of_a_call(happenings: list[Happening]) -> None:
    status = signed_out(START)
    for happening in happenings:
        before, status = status, after(status, happening)
        if before.state == "on_call" and status.state != "on_call":
            assert happening[0] is Input.TALK_ENDED
        if before.state in BUSY and status.state == "signed_out":
            assert before.state != "on_call"


@given(HAPPENINGS)
def test_away_and_unresponsive_go_together(happenings: list[Happening]) -> None:
    status = signed_out(START)
    for happening in happenings:
        status = after(status, happening)
        if status.state == "unresponsive":
            assert status.away
        if status.state in {"ready", "not_ready", "signed_out"}:
            assert not status.away, "who is at rest and away is unresponsive"
        assert (status.until is not None) == (status.state == "wrap_up")


MEANWHILE = st.lists(
    st.tuples(
        st.sampled_from([i for i in Input if i not in {
            Input.SIGN_IN, Input.SIGN_OUT, Input.GO_READY, Input.GO_NOT_READY, Input.RETURNED,
        }]),
        st.booleans(),
    ),
    max_size=20,
)  # fmt: skip
"""All that happens to somebody who is not there, and on whom nobody decides."""


@given(HAPPENINGS, MEANWHILE)
def test_coming_back_restores_the_state_before(
    happenings: list[Happening], meanwhile: list[Happening]
) -> None:
    before = signed_out(START)
    for happening in [(Input.SIGN_IN, False), *happenings, (Input.RETURNED, False)]:
        before = after(before, happening)
    status = after(before, (Input.VANISHED, False))
    for happening in meanwhile:
        status = after(status, happening)
    status = after(status, (Input.RETURNED, False))
    assert (status.then, status.then_reason) == (before.then, before.then_reason)
    if status.state not in BUSY and before.state != "signed_out":
        assert (status.state, status.reason) == (before.then, before.then_reason)
    if not meanwhile:
        assert (status.state, status.reason, status.until) == (
            before.state,
            before.reason,
            before.until,
        )


def test_every_state_knows_what_happens_by_itself() -> None:
    """Events come when they come: none of them may be an error in any state."""
    by_itself = {
        Input.RING,
        Input.RING_ENDED,
        Input.RING_MISSED,
        Input.ANSWERED,
        Input.TALK_ENDED,
        Input.VANISHED,
    }
    for state, inputs in TABLE.items():
        assert by_itself <= inputs.keys(), state
