"""What an agent may dial."""

from __future__ import annotations

import pytest

from callcenter.domain.dialling import NotDialable, Target, dialable

EXTENSIONS = {"1001", "1002"}


@pytest.mark.parametrize(
    ("raw", "prefixes", "target"),
    [
        ("1002", (), Target("1002", internal=True)),
        (" 1002 ", (), Target("1002", internal=True)),
        ("138 0013 8000", ("+86",), Target("+8613800138000", internal=False)),
        ("013800138000", ("+86",), Target("+8613800138000", internal=False)),
        ("+14155552671", ("+",), Target("+14155552671", internal=False)),
        ("95588", ("+86", "95588"), Target("95588", internal=False)),
    ],
)
def test_dialable(raw: str, prefixes: tuple[str, ...], target: Target) -> None:
    assert dialable(raw, "CN", prefixes, EXTENSIONS) == target


@pytest.mark.parametrize(
    ("raw", "prefixes", "code"),
    [
        ("", ("+",), "not_a_number"),
        ("*43", ("+",), "not_a_number"),
        ("q-support", ("+",), "not_a_number"),
        ("1002&SIP/evil", ("+",), "not_a_number"),
        ("+14155552671", ("+86",), "number_not_allowed"),
        ("+14155552671", (), "number_not_allowed"),
        ("1003", ("+",), "number_not_allowed"),
        ("95588", ("+86",), "number_not_allowed"),
        ("110", ("+86",), "emergency_number"),
        ("1-1-9", ("1",), "emergency_number"),
        ("120", ("120",), "emergency_number"),
        ("1101", ("1",), "emergency_number"),  # the network takes the first three for 110
        ("112", ("+",), "emergency_number"),
        ("911", ("+",), "emergency_number"),
    ],
)
def test_not_dialable(raw: str, prefixes: tuple[str, ...], code: str) -> None:
    with pytest.raises(NotDialable) as caught:
        dialable(raw, "CN", prefixes, EXTENSIONS)
    assert caught.value.code == code


def test_which_numbers_are_for_emergencies_depends_on_the_country() -> None:
    with pytest.raises(NotDialable, match="use a telephone that knows where you are"):
        dialable("999", "GB", ("999",), EXTENSIONS)
    assert dialable("999", "CN", ("999",), EXTENSIONS) == Target("999", internal=False)


def test_a_colleague_may_have_such_an_extension() -> None:
    assert dialable("110", "CN", (), {"110"}) == Target("110", internal=True)
