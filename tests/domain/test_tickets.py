"""The table of a ticket's statuses."""

from __future__ import annotations

import pytest

from callcenter.domain.tickets import NEXT, OPEN, Status, may_become


@pytest.mark.parametrize(
    ("status", "wanted", "allowed"),
    [
        ("open", "pending", True),
        ("open", "closed", True),
        ("pending", "open", True),
        ("solved", "open", True),
        ("solved", "pending", False),
        ("closed", "open", False),
        ("closed", "closed", True),
    ],
)
def test_transitions(status: Status, wanted: Status, allowed: bool) -> None:
    assert may_become(status, wanted) is allowed


def test_every_open_ticket_can_be_closed_and_a_closed_one_is_final() -> None:
    assert all("closed" in NEXT[status] for status in OPEN)
    assert NEXT["closed"] == frozenset()
