"""Calls that proved to be part of another contact: one contact is one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import call_log
from callcenter.store.tables import activity, call, call_leg, callback, queue_visit, recording

Row = dict[str, Any]


async def merge_calls(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """(merged, into): what belongs to one call goes over to the other, and its row away."""
    for row in rows:
        await _carry_over(connection, row["merged"], row["into"])
        settled = select(call.c.id).where(call.c.id == row["into"], call_log.is_settled())
        if (await connection.execute(settled)).first():  # it has all its legs
            await connection.execute(delete(call_leg).where(call_leg.c.call_id == row["merged"]))
        for column in (
            call_leg.c.call_id,
            activity.c.call_id,
            callback.c.call_id,
            callback.c.done_call_id,
            recording.c.call_id,
        ):
            moved = update(column.table).where(column == row["merged"])
            await connection.execute(moved.values({column: row["into"]}))
        # The stays in queues are told again, with those of the other call, at its end.
        await connection.execute(delete(queue_visit).where(queue_visit.c.call_id == row["merged"]))
        await connection.execute(delete(call).where(call.c.id == row["merged"]))


async def _carry_over(connection: AsyncConnection, merged: UUID, into: UUID) -> None:
    """What people set of the one, where the other has nothing; of notes both are kept."""
    columns = (call.c.id, call.c.note, call.c.party_id, call.c.match, call.c.ticket_id)
    rows = await connection.execute(
        select(*columns, call.c.ticket_chosen, call.c.disposition_id, call.c.tags)
        .where(call.c.id.in_((merged, into)))
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    if len(found) < 2:
        return
    one, other = found[merged], found[into]
    values: Row = {}
    if one.note:
        values["note"] = f"{other.note}\n{one.note}" if other.note else one.note
    if one.party_id and not other.party_id:
        values |= {"party_id": one.party_id, "match": one.match}
    same_party = one.party_id == values.get("party_id", other.party_id)
    if one.ticket_id and same_party and not (other.ticket_id or other.ticket_chosen):
        values["ticket_id"] = one.ticket_id
    if one.disposition_id and not other.disposition_id:
        values["disposition_id"] = one.disposition_id
    if more := [tag for tag in one.tags if tag not in other.tags]:
        values["tags"] = [*other.tags, *more]
    if values:  # whoever has the other one open shall see it before they save
        taken = update(call).where(call.c.id == into)
        await connection.execute(taken.values(version=call.c.version + 1, **values))
