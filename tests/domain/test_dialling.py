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
    ],
)
def test_not_dialable(raw: str, prefixes: tuple[str, ...], code: str) -> None:
    with pytest.raises(NotDialable) as caught:
        dialable(raw, "CN", prefixes, EXTENSIONS)
    assert caught.value.code == code
