"""What a former run left open in the log: calls, told to the tracker before it looks at the switch,
and agents who were signed in.

Asterisk goes on without us. Whether a call that we were watching still lives is known only after
the first resync: what is there goes on as the same call, the others end as inferred
(`telephony.calls.reopening`), through the same events and the same journal as every end. An agent
comes back away, to be restored by their screen's return.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.agents import Rest, Status, restored
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow
from callcenter.store.queries.open_calls import last_states, open_calls
from telephony.calls import OpenCall
from telephony.events import Direction


async def left_open(database: Database, pbx: str, seen_at: datetime) -> list[OpenCall]:
    """The oldest first. `seen_at`: when the former run was last known to be alive."""
    async with database.read() as connection:
        found = await open_calls(connection, pbx)
    return [
        OpenCall(
            uniqueid=row.uniqueid,
            direction=Direction(row.direction),
            caller=row.caller,
            caller_name=row.caller_name,
            dialled=row.dialled,
            queues=tuple(row.queues),
            queued_at=row.queued_at,
            started_at=row.started_at,
            answered_at=row.answered_at,
            connected_s=row.connected_s,
            seen_at=seen_at,
        )
        for row in found
    ]


async def signed_in_still(
    database: Database, roster: Roster, seen_at: datetime, now: datetime, absent_s: float
) -> dict[UUID, Status]:
    """Who had not signed out at `seen_at`, by user; nobody when that is `absent_s` ago."""
    if now - seen_at > timedelta(seconds=absent_s):
        return {}
    async with database.read() as connection:
        found = await last_states(connection)
    last = {row.user_id: row for row in found}
    return {
        user_id: _restored(row, roster, now)
        for user_id, row in last.items()
        if row.state != "signed_out"
    }


def _restored(row: AnyRow, roster: Roster, now: datetime) -> Status:
    queue = roster.queue(row.last_queue or "")
    return restored(
        row.state,
        row.reason,
        _rest(row.then),
        row.then_reason,
        row.until,
        row.paused_at,
        now,
        since=row.since,
        wrap_up_s=queue.wrap_up_s if queue else 0,
        extra_s=queue.wrap_up_extra_s if queue else 0,
    )


def _rest(then: str) -> Rest:
    return "ready" if then == "ready" else "not_ready"
