"""The columns of a table that CEL is kept in, by the names that Asterisk's backends give them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from telephony.history.layouts import NoRow, extra_of, seconds
from telephony.history.rows import CelRow, HistoryUnavailable
from telephony.problems import Problem

# Ours → what cel_pgsql calls it, what Asterisk's samples call it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "event": ("eventtype",),
    "at": ("eventtime",),
    "uniqueid": ("uniqueid",),
    "linkedid": ("linkedid",),
    "channel": ("channame",),
    "number": ("cid_num", "cidnum"),
    "name": ("cid_name", "cidname"),
    "context": ("context",),
    "exten": ("exten",),
    "app": ("appname",),
    "data": ("appdata",),
    "peer": ("peer",),
    "extra": ("extra", "eventextra"),
}


def columns_of(table: str, there: Iterable[str]) -> list[str]:
    """Its column for each of `NAMES`, in their order. Raises HistoryUnavailable."""
    names = {name.lower(): name for name in there}
    found, missing = [], []
    for candidates in NAMES.values():
        column = next((names[name] for name in candidates if name in names), None)
        if column is None:
            missing.append(candidates[0])
        else:
            found.append(column)
    if missing:
        lacks = {"table": table, "columns": ", ".join(missing)}
        raise HistoryUnavailable(Problem("no_columns", lacks))
    return found


def row_of(values: Sequence[object]) -> CelRow:
    """From values in the order of `NAMES`. Raises NoRow."""
    texts = ["" if value is None else str(value) for value in values]
    event, at, uniqueid, linkedid, channel, number, name, context, exten, app, data, peer, extra = (
        texts
    )
    if not event or not uniqueid or not channel:
        raise NoRow("line_empty")
    return CelRow(
        event=sys.intern(event),
        at=seconds(at),
        uniqueid=uniqueid,
        linkedid=linkedid or uniqueid,
        channel=channel,
        number=number,
        name=name,
        context=sys.intern(context),
        exten=exten,
        app=sys.intern(app),
        data=data,
        peer=peer,
        extra=extra_of(extra),
    )
