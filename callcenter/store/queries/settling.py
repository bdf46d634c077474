"""Calls that have ended in the log already, or of which only the switch's own record tells: written
over by a record of a higher standing (`domain.truth`).

What people set (customer, ticket, note, disposition, tags) stays, as does the work after a call and
how its lines sounded. A leg that we saw ourselves, and that the switch's record agrees with, keeps
the times that the record has not: holds, and talks with others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    String,
    Update,
    Uuid,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.truth import Standing, standing
from callcenter.store.queries import AnyRow, call_log, insert_into
from callcenter.store.tables import UtcDateTime, call, call_leg, queue_visit

Row = dict[str, Any]

AGREES_S: Final = 0.15  # one clock: the switch's
_OWN_TIMES: Final = ("connected_s", "talk_s", "hold_s", "consult_s")
_KEPT: Final = frozenset({"id", "pbx", "uniqueid"})


async def standings(
    connection: AsyncConnection, call_ids: Collection[UUID]
) -> dict[UUID, Standing]:
    """Of those of these calls that are in the log."""
    columns = (call.c.id, call.c.ended_at, call.c.inferred, call.c.recovered, call.c.from_history)
    found = await connection.execute(select(*columns).where(call.c.id.in_(call_ids)))
    return {
        row.id: standing(
            ended=row.ended_at is not None,
            inferred=row.inferred,
            recovered=row.recovered,
            from_history=row.from_history,
        )
        for row in found
    }


_number: BindParameter[str] = bindparam("number", type_=String())
_SETTLE: Update = (
    update(call)
    .where(call.c.id == bindparam("call_id", type_=Uuid()))
    .values(
        direction=bindparam("kind"),
        result=bindparam("result"),
        queues=bindparam("queues"),
        queue_id=func.coalesce(bindparam("last_queue_id", type_=Uuid()), call.c.queue_id),
        cost_centre=bindparam("cost_centre"),
        queued_at=func.coalesce(bindparam("queued", type_=UtcDateTime()), call.c.queued_at),
        dialled=case((_number == "", call.c.dialled), else_=_number),
        started_at=bindparam("began", type_=UtcDateTime()),
        answered_at=bindparam("answered", type_=UtcDateTime()),
        ended_at=bindparam("ended_at"),
        wait_s=bindparam("wait_s"),
        connected_s=bindparam("connected_s"),
        transfers=bindparam("transfers"),
        linked=bindparam("linked"),
        first_agent_id=bindparam("first_agent", type_=Uuid()),
        last_agent_id=bindparam("last_agent", type_=Uuid()),
        inferred=bindparam("inferred"),
        recovered=bindparam("recovered"),
        from_history=bindparam("from_history"),
    )
)


async def settle(
    connection: AsyncConnection, ended: Mapping[UUID, Row], legs: Sequence[Row]
) -> None:
    """`ended`: parameters of final logs by call; `legs`: all of theirs. Visits are put apart."""
    if not ended:
        return
    await connection.execute(_SETTLE, list(ended.values()))
    await connection.execute(delete(queue_visit).where(queue_visit.c.call_id.in_(ended)))
    seen = (await connection.execute(select(call_leg).where(call_leg.c.call_id.in_(ended)))).all()
    ours = {(leg.pbx, leg.uniqueid): leg for leg in seen}
    rows = {(leg["pbx"], leg["uniqueid"]): leg for leg in legs}
    for key, leg in rows.items():
        if key in ours and ended[leg["call_id"]]["from_history"] and _agrees(ours[key], leg):
            leg |= {name: getattr(ours[key], name) for name in _OWN_TIMES}
    gone = [leg for key, leg in ours.items() if key not in rows]
    if gone:
        ids = [leg.id for leg in gone]
        await connection.execute(delete(call_leg).where(call_leg.c.id.in_(ids)))
    if rows:
        insert = insert_into(connection, call_leg)
        told = next(iter(rows.values())).keys() - _KEPT
        put = insert.on_conflict_do_update(
            index_elements=[call_leg.c.pbx, call_leg.c.uniqueid],
            set_={name: insert.excluded[name] for name in sorted(told)},
        )
        await connection.execute(put, list(rows.values()))
    await call_log.wrap_up(connection, _work_after(gone))


def _agrees(ours: AnyRow, theirs: Row) -> bool:
    """Whether the leg was in the call for just as long by both."""
    return (
        ours.result == theirs["result"]
        and ours.role == theirs["role"]
        and _near(ours.answered_at, theirs["answered_at"])
        and _near(ours.ended_at, theirs["ended_at"])
    )


def _near(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs((one - other).total_seconds()) <= AGREES_S


def _work_after(gone: Collection[AnyRow]) -> list[Row]:
    """Of agents whose leg the record does not have by that name: it goes to another of theirs."""
    seconds: defaultdict[tuple[UUID, UUID], float] = defaultdict(float)
    for leg in gone:
        if leg.user_id is not None and leg.wrap_s:
            seconds[leg.call_id, leg.user_id] += leg.wrap_s
    return [
        {"wrapped_call": call_id, "wrapped_by": user_id, "seconds": total}
        for (call_id, user_id), total in seconds.items()
    ]


async def put_visits(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Of calls that end now. Those that are there stay."""
    if rows:
        await connection.execute(
            insert_into(connection, queue_visit).on_conflict_do_nothing(), rows
        )
