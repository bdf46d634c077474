"""Calls that belong together name each other in `call.linked`: a consultation and the customer's
call, the two halves of a contact that went from one switch to another.

Of two switches only the receiving one hears of the link (`telephony.calls.linking`), so whoever is
told tells the other's row; and a call that ends later keeps what it was told. May run twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.tables import call

Row = dict[str, Any]


async def keep(connection: AsyncConnection, ended: Collection[Row]) -> None:
    """Before these parameters of final logs (`call_id`, `linked`) are written: what their calls
    were told by others goes into them."""
    there = await _linked(connection, {row["call_id"] for row in ended})
    for row in ended:
        row["linked"] = list(dict.fromkeys([*row["linked"], *there.get(row["call_id"], ())]))


async def tie(connection: AsyncConnection, ended: Collection[Row]) -> None:
    """After it: the calls that they name, name them."""
    named: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in ended:
        for other in row["linked"]:
            named[UUID(other)].append(str(row["call_id"]))
    there = await _linked(connection, named)
    for other, by in named.items():
        if other in there and (fresh := [one for one in by if one not in there[other]]):
            linked = [*there[other], *fresh]
            await connection.execute(update(call).where(call.c.id == other).values(linked=linked))


async def _linked(connection: AsyncConnection, calls: Collection[UUID]) -> dict[UUID, list[str]]:
    """By call, as it is; locked, so that two processes do not forget each other's."""
    if not calls:
        return {}
    rows = await connection.execute(
        select(call.c.id, call.c.linked)
        .where(call.c.id.in_(calls))
        .order_by(call.c.id)
        .with_for_update()
    )
    return {row.id: row.linked for row in rows}
