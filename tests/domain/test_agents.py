"""The table of agents' states: what each input does in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.agents import TABLE, Input, InvalidTransition, Status, signed_out, step
from tests.fakes import START

NOW = START + timedelta(seconds=30)
LATER = NOW + timedelta(seconds=15)
READY = Status("ready", START, then="ready", then_reason="")
LUNCH = Status("not_ready", START, "lunch", then="not_ready", then_reason="lunch")
RINGING = replace(READY, state="ringing")
ON_CALL = replace(READY, state="on_call")
WRAP_UP = replace(READY, state="wrap_up", until=LATER)


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
        (READY, Input.VANISHED, {}, "not_ready", "disconnected"),
        (READY, Input.SIGN_OUT, {}, "signed_out", ""),
    ],
)
def test_the_table(
    before: Status, given: Input, options: dict[str, object], state: str, reason: str
) -> None:
    after = step(before, given, NOW, **options)  # type: ignore[arg-type]  # step's own options
    assert (after.state, after.reason) == (state, reason)
    assert after.since == (START if after.state == before.state == "ready" else after.since)
    if (after.state, after.reason) != (before.state, before.reason):
        assert after.since == NOW
    assert (after.until is not None) == (after.state == "wrap_up")


@pytest.mark.parametrize("talking", [RINGING, ON_CALL])
def test_during_a_call_readiness_is_decided_for_afterwards(talking: Status) -> None:
    during = step(talking, Input.GO_NOT_READY, NOW, reason="lunch")
    assert during.state == talking.state
    assert (during.then, during.then_reason) == ("not_ready", "lunch")
    assert step(during, Input.GO_READY, NOW).then == "ready"
    vanished = step(talking, Input.VANISHED, NOW)
    assert (vanished.state, vanished.then_reason) == (talking.state, "disconnected")


@pytest.mark.parametrize(
    ("before", "given"),
    [
        (signed_out(START), Input.GO_READY),
        (signed_out(START), Input.GO_NOT_READY),
        (signed_out(START), Input.WRAP_UP_ENDED),
        (READY, Input.WRAP_UP_ENDED),
        (ON_CALL, Input.SIGN_OUT),
        (ON_CALL, Input.WRAP_UP_ENDED),
    ],
)
def test_what_is_not_in_the_table_is_an_error(before: Status, given: Input) -> None:
    with pytest.raises(InvalidTransition, match="cannot"):
        step(before, given, NOW)


@given(st.lists(st.tuples(st.sampled_from(Input), st.booleans())))
def test_nobody_is_offered_calls_who_did_not_go_ready(
    inputs: list[tuple[Input, bool]],
) -> None:
    status, wants = signed_out(START), False
    for given_input, after_work in inputs:
        if given_input not in TABLE[status.state]:
            continue
        was_out = status.state == "signed_out"
        status = step(
            status, given_input, NOW, reason="lunch", wrap_until=LATER if after_work else None
        )
        if given_input is Input.GO_READY:
            wants = True
        elif given_input in {Input.GO_NOT_READY, Input.SIGN_OUT} or was_out:
            wants = False
        assert wants or status.state != "ready"
