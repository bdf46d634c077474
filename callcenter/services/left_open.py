"""What a former run left open in the call log, told to the tracker before it looks at the switch.

Asterisk goes on without us. Whether a call that we were watching still lives is known only after
the first resync: what is there goes on as the same call, the others end as inferred
(`telephony.calls.reopening`), through the same events and the same journal as every end.
"""

from __future__ import annotations

from datetime import datetime

from callcenter.store.database import Database
from callcenter.store.queries.open_calls import open_calls
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
