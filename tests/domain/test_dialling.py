"""What an agent may dial, and what it costs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.dialling import (
    DialRules,
    NotDialable,
    Target,
    Tariffs,
    dialable,
    queue_exten,
)

EXTENSIONS = {"1001", "1002"}


def cn(*allowed: str, refused: tuple[str, ...] = (), premium: bool = False) -> DialRules:
    return DialRules("CN", allowed, refused, premium)


@pytest.mark.parametrize(
    ("raw", "rules", "target"),
    [
        ("1002", cn(), Target("1002", internal=True)),
        (" 1002 ", cn(), Target("1002", internal=True)),
        ("138 0013 8000", cn("+86"), Target("+8613800138000", internal=False)),
        ("013800138000", cn("+86"), Target("+8613800138000", internal=False)),
        ("+14155552671", cn("+"), Target("+14155552671", internal=False)),
        ("95588", cn("+86", "95588"), Target("95588", internal=False)),
        ("+14155552671", cn("+", refused=("+1900",)), Target("+14155552671", internal=False)),
        ("+19002345678", cn("+1", premium=True), Target("+19002345678", internal=False)),
    ],
)
def test_dialable(raw: str, rules: DialRules, target: Target) -> None:
    assert dialable(raw, rules, EXTENSIONS) == target


@pytest.mark.parametrize(
    ("raw", "rules", "code"),
    [
        ("", cn("+"), "not_a_number"),
        ("*43", cn("+"), "not_a_number"),
        ("q-support", cn("+"), "not_a_number"),
        ("1002&SIP/evil", cn("+"), "not_a_number"),
        ("13800138000;rm", cn("+86"), "not_a_number"),
        ("13800138000&13900139000", cn("+86"), "not_a_number"),
        ("138001x", cn("+86"), "not_a_number"),
        ("+14155552671", cn("+86"), "number_not_allowed"),
        ("+14155552671", cn(), "number_not_allowed"),
        ("1003", cn("+"), "number_not_allowed"),
        ("95588", cn("+86"), "number_not_allowed"),
        ("13800138000", cn("+86", refused=("+86138",)), "number_not_allowed"),
        ("110", cn("+86"), "emergency_number"),
        ("1-1-9", cn("1"), "emergency_number"),
        ("120", cn("120"), "emergency_number"),
        ("1101", cn("1"), "emergency_number"),  # the network takes the first three for 110
        ("112", cn("+"), "emergency_number"),
        ("911", cn("+"), "emergency_number"),
        ("16812345", cn("+"), "premium_number"),
        ("+86 168 12345", cn("+86"), "premium_number"),
        ("+1 900 234 5678", cn("+"), "premium_number"),
        ("0909 879 0000", DialRules("GB", ("+44",)), "premium_number"),
        ("24280", DialRules("US", ("24280",)), "premium_number"),
        ("+19002345678", cn("+86", premium=True), "number_not_allowed"),
    ],
)
def test_not_dialable(raw: str, rules: DialRules, code: str) -> None:
    with pytest.raises(NotDialable) as caught:
        dialable(raw, rules, EXTENSIONS)
    assert caught.value.code == code


def test_which_numbers_are_for_emergencies_depends_on_the_country() -> None:
    with pytest.raises(NotDialable, match="use a telephone that knows where you are"):
        dialable("999", DialRules("GB", ("999",)), EXTENSIONS)
    assert dialable("999", cn("999"), EXTENSIONS) == Target("999", internal=False)


def test_a_colleague_may_have_such_an_extension() -> None:
    assert dialable("110", cn(), {"110"}) == Target("110", internal=True)


_WRITTEN = st.text(alphabet="+0123456789 -()&;,#*/\\'\"$@abc转\0\r\n\u0663\uff11", max_size=40)


@given(raw=_WRITTEN | st.text(max_size=40), region=st.sampled_from(["CN", "GB", "US"]))
def test_whatever_is_typed_a_dial_string_is_digits(raw: str, region: str) -> None:
    """Not even for a careless list of extensions, or one that somebody wrote on purpose."""
    rules = DialRules(region, ("+", *"0123456789"), premium=True)
    try:
        number = dialable(raw, rules, extensions={raw, raw.strip()}).number
    except NotDialable:
        return
    assert re.fullmatch(r"\+?[0-9]+", number, re.ASCII)


@given(st.text(max_size=40))
def test_whatever_a_queue_is_called_its_place_is_a_word(name: str) -> None:
    try:
        exten = queue_exten(name)
    except NotDialable:
        return
    assert re.fullmatch(r"q-[A-Za-z0-9_-]+", exten, re.ASCII)
    assert exten == f"q-{name}"


@pytest.mark.parametrize(
    ("number", "seconds", "cost"),
    [
        ("+8613800138000", 60, 10),
        ("+8613800138000", 60.1, 20),  # the minute that began
        ("+8613800138000", 0, 0),  # nobody answered
        ("+85221234567", 30, 50),
        ("+14155552671", 61, 400),
        ("95588", 600, 0),
    ],
)
def test_a_call_costs_by_the_longest_prefix(number: str, seconds: float, cost: int) -> None:
    assert Tariffs({"+": 200, "+86": 10, "+852": 50}).cost(number, seconds) == cost
