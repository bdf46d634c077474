"""A ticket's life: the table of statuses, and what its fields may hold.

A solved ticket may be opened again; a closed one is history: what comes after it is a new ticket.
"""

from __future__ import annotations

from typing import Final, Literal

Status = Literal["open", "pending", "solved", "closed"]

OPEN: Final[frozenset[Status]] = frozenset({"open", "pending"})
"""Still somebody's work: a call attaches to one of these, a card lists them."""

NEXT: Final[dict[Status, frozenset[Status]]] = {
    "open": frozenset({"pending", "solved", "closed"}),
    "pending": frozenset({"open", "solved", "closed"}),
    "solved": frozenset({"open", "closed"}),
    "closed": frozenset(),
}

PRIORITIES: Final = range(1, 5)
"""1 urgent … 4 low."""

MAX_SUBJECT: Final = 300
MAX_NOTE: Final = 20_000


def may_become(status: Status, wanted: Status) -> bool:
    """Staying what it is is always allowed."""
    return wanted == status or wanted in NEXT[status]
