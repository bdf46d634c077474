"""Calls of whose rows some lack: what can be made up for, and what cannot be rebuilt.

A line that could not be read costs as little as it may. The birth of a channel that joined a call
(it is not the call's first one) is taken from its next row: a moment late, and nothing else is
lost. A call whose own beginning lacks is named: half a call would be a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from telephony.history.pages import unborn
from telephony.history.rows import CelRow, Incomplete


def mended(rows: Sequence[CelRow]) -> list[CelRow]:
    """`rows`, with the births that lack put before their channels' first rows.

    Only of channels that their first row relates to one that was born before: of others the record
    may simply begin later than they do.
    """
    born: set[str] = set()
    seen: set[str] = set()
    whole: list[CelRow] = []
    for row in rows:
        if row.event == "CHAN_START":
            born.add(row.uniqueid)
        elif row.uniqueid not in seen and row.linkedid in born - {row.uniqueid}:
            born.add(row.uniqueid)
            birth = replace(row, event="CHAN_START", app="", data="", peer="", extra={})
            whole.append(birth)
        seen.add(row.uniqueid)
        whole.append(row)
    return whole


def incomplete(rows: Sequence[CelRow]) -> list[Incomplete]:
    """The calls with a channel whose beginning is not among the rows, by time."""
    first: dict[str, CelRow] = {}
    for row in rows:
        first.setdefault(row.uniqueid, row)
    found = []
    for names in unborn(rows):
        there = sorted((first[name] for name in names if name in first), key=lambda row: row.at)
        began = datetime.fromtimestamp(there[0].at, UTC)
        others = sorted(names - {row.uniqueid for row in there})
        found.append(Incomplete((*(row.uniqueid for row in there), *others), began))
    return sorted(found, key=lambda one: one.at)
