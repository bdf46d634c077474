"""What comparing our call log with the switch's own record found, for who looks after both.

It shows calls of everybody, so it is for those who may read the health of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from callcenter.domain.permissions import Actor, Scope
from callcenter.services.errors import Forbidden, NotFound
from callcenter.services.records import DifferenceRow, ReconciliationRow
from callcenter.store.database import Database
from callcenter.store.problems import from_text
from callcenter.store.queries import comparisons as queries


class Comparisons:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, actor: Actor, limit: int) -> Sequence[ReconciliationRow]:
        """The newest first. Raises Forbidden."""
        _permit(actor)
        async with self._database.read() as connection:
            rows = await queries.recent(connection, limit)
        return [
            ReconciliationRow(
                id=row.id,
                pbx=row.pbx,
                since=row.since,
                until=row.until,
                began_at=row.began_at,
                ended_at=row.ended_at,
                calls=row.calls,
                differences=row.differences,
                bad_lines=row.bad_lines,
                problem=from_text(row.problem) if row.problem else None,
            )
            for row in rows
        ]

    async def differences(
        self, actor: Actor, reconciliation_id: UUID, limit: int
    ) -> Sequence[DifferenceRow]:
        """Raises Forbidden, and NotFound for a comparison that there is not."""
        _permit(actor)
        async with self._database.read() as connection:
            if not await queries.exists(connection, reconciliation_id):
                raise NotFound("no_such_reconciliation", "No such comparison.")
            rows = await queries.differences(connection, reconciliation_id, limit)
        return [
            DifferenceRow(
                id=row.id,
                call_id=row.call_id,
                uniqueid=row.uniqueid,
                kind=row.kind,
                ours=_named(row.ours),
                theirs=_named(row.theirs),
            )
            for row in rows
        ]


def _named(value: Any) -> dict[str, Any] | None:
    """A value that is no record of several is one of a single one."""
    return value if value is None or isinstance(value, dict) else {"value": value}


def _permit(actor: Actor) -> None:
    if actor.scope("health", "read") is not Scope.ALL:
        raise Forbidden("health_read", "You may not see how the call log is.")
