"""The log branch's way into the database: a batch in one commit, and what to do when it is refused.

Rules
1. The database is away (or full, or starting up): wait and try again, nothing is dropped.
2. The database, or we ourselves, cannot take the data: trying again would not help. The batch is
   tried record by record; what is refused alone is set aside: in the log of the program, in full,
   and beside the journal (`store.refused`), from where the next start tries it again.
3. In doubt the database is asked whether it is there: only then is a record to blame.
4. Cards and screens come after the commit; their trouble does not repeat it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.truth import Standing
from callcenter.services.journal import LineQuality, Record
from callcenter.services.log_batch import LogBatch
from callcenter.services.log_news import LoggedCall
from callcenter.services.roster import Roster
from callcenter.services.views import Caller
from callcenter.store.queries import AnyRow, call_log, callbacks, links, merging, settling

log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0

_FAULTS_OF_DATA: Final = ("22", "23")
"""Classes of SQLSTATE: data exception, integrity constraint violation."""

Committed = Callable[[Collection[LoggedCall]], Awaitable[object]]
"""Told, after a commit, which calls ended in it, or were missed by somebody."""


class Transactions(Protocol):
    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]: ...

    async def ping(self) -> None: ...


class CallerLookUp(Protocol):
    async def look_up(self, raw: str, name: str = "") -> Caller: ...


class LogWriter:
    def __init__(
        self,
        database: Transactions,
        roster: Roster,
        directory: CallerLookUp,
        committed: Committed,
        *,
        retry_s: float = RETRY_S,
    ) -> None:
        self._database = database
        self._roster = roster
        self._directory = directory
        self._committed = committed
        self._retry_s = retry_s
        self.keep_refused: Callable[[Record], None] = lambda _record: None
        self.waits_for = ""  # what the database said that is away; "" while it is not
        self.before_linked: Callable[[], Awaitable[None]] | None = None  # see `_commit`
        self.refused = 0  # batches and records that were not taken as they were: a fault of ours

    async def alive_at(self) -> datetime | None:
        """The last time that we are known to have run, as far as it was committed."""
        async with self._database.begin() as connection:
            return await call_log.alive_at(connection)

    async def write(self, records: Sequence[Record]) -> None:
        """Returns when all are committed or set aside; waits for a database that is away."""
        while True:
            try:
                logged = await self._commit(records)
                self.waits_for = ""
                break
            except Exception as error:  # whatever it was, the log goes on
                if await self._is_refused(error):
                    self.waits_for = ""
                    await self._one_by_one(records, error)
                    return
                self.waits_for = str(error).partition("\n")[0] or repr(error)
                log.warning("call_log_waits_for_database", problem=str(error))
                await asyncio.sleep(self._retry_s)
        if logged:
            await self._tell(logged)

    def set_aside(self, record: Record, problem: Exception) -> None:
        self.refused += 1
        log.error("call_log_record_refused", problem=repr(problem), record=repr(record))
        self.keep_refused(record)

    async def _one_by_one(self, records: Sequence[Record], error: Exception) -> None:
        if len(records) == 1:
            self.set_aside(records[0], error)
            return
        self.refused += 1
        for record in records:
            await self.write([record])

    async def _is_refused(self, error: Exception) -> bool:
        sqlstate = getattr(getattr(error, "orig", error), "sqlstate", None)
        if sqlstate is not None:  # PostgreSQL says what it was
            return str(sqlstate)[:2] in _FAULTS_OF_DATA
        if isinstance(error, IntegrityError | DataError):
            return True
        if isinstance(error, SQLAlchemyError | OSError):
            # A statement that failed before the driver had it: a value that no column takes.
            return isinstance(error, StatementError) and not isinstance(error, DBAPIError)
        try:
            await self._database.ping()
        except Exception:  # drivers raise all sorts of things while they connect
            return False
        return True

    async def _commit(self, records: Sequence[Record]) -> list[LoggedCall]:
        batch = LogBatch(self._roster)
        for record in records:
            batch.add(record)
        found, numbers = await self._identify(batch)
        if self.before_linked is not None and any(row["linked"] for row in batch.ended.values()):
            await self.before_linked()  # the calls that these name, at other switches, come first
        async with self._database.begin() as connection:
            await call_log.begin_calls(connection, list(batch.begun.values()))
            await _go_on(connection, batch)
            await merging.merge_calls(connection, batch.merges)
            await _end(connection, batch)
            await call_log.identify(connection, [r for r in found if r["call_id"] in batch.ended])
            await call_log.attach_open_tickets(connection, list(batch.domains.values()))
            await call_log.wrap_up(connection, batch.wraps)
            for (pbx, leg_id), quality in batch.heard.items():
                await _keep_quality(connection, pbx, leg_id, quality)
            await call_log.agent_states(connection, batch.states)
            if batch.alive_at is not None:
                await call_log.put_alive_at(connection, batch.alive_at)
            kept = await _keep_callbacks(connection, batch, numbers)
            ours = batch.heard_of()
            heard = await call_log.heard(connection, ours)
        return [_logged(one, ours[one.id], kept.get(one.id, ())) for one in heard]

    async def _identify(self, batch: LogBatch) -> tuple[list[dict[str, Any]], dict[UUID, str]]:
        """Who the customers are, into the rows that begin; (call_id, party, how) of all, and their
        numbers as we store them."""
        found, numbers = [], {}
        for call_id, (raw, name) in batch.callers.items():
            caller = await self._directory.look_up(raw, name)
            party_id = caller.card.party_id if caller.card else None
            numbers[call_id] = caller.number
            found.append({"call_id": call_id, "party": party_id, "how": caller.match})
            if call_id in batch.begun:
                batch.begun[call_id] |= {"match": caller.match, "party_id": party_id}
        return found, numbers

    async def _tell(self, logged: Collection[LoggedCall]) -> None:
        try:
            await self._committed(logged)
        except Exception:  # whoever listens: what is committed stays committed
            log.exception("call_log_not_told", calls=len(logged))


async def _go_on(connection: AsyncConnection, batch: LogBatch) -> None:
    calls = batch.going_on()
    await call_log.join_queues(connection, {one: batch.queues.get(one, []) for one in calls})
    await call_log.progress(
        connection,
        answers=[row for row in batch.answers if row["call_id"] in calls],
        agents=[row for one in calls for row in batch.agents.get(one, ())],
    )


async def _end(connection: AsyncConnection, batch: LogBatch) -> None:
    """Calls that end, and legs: into rows that are open, and over those that are less than this."""
    known = await settling.standings(
        connection, {*batch.ended, *(leg["call_id"] for leg in batch.legs.values())}
    )
    first, again = {}, {}
    for call_id, row in batch.ended.items():
        before = known.get(call_id)
        if before is None:  # it is part of another one
            continue
        if before is Standing.OPEN and row["standing"] is not Standing.HISTORY:
            first[call_id] = row
        elif row["standing"] > before:
            again[call_id] = row
    written = [*first.values(), *again.values()]
    await links.keep(connection, written)
    await call_log.end_calls(connection, list(first.values()))
    of_those = [leg for leg in batch.legs.values() if leg["call_id"] in again]
    await settling.settle(connection, again, of_those)
    await links.tie(connection, written)
    others = [
        leg
        for key, leg in batch.legs.items()
        if (before_it := known.get(leg["call_id"])) is not None
        if leg["call_id"] not in again
        # A call that is known as well as can be has all its legs.
        if key in batch.carried or before_it < Standing.HISTORY
    ]
    await call_log.put_legs(connection, others)
    visits = [one for call_id in (*first, *again) for one in batch.visits[call_id]]
    await settling.put_visits(connection, visits)


async def _keep_quality(
    connection: AsyncConnection, pbx: str, leg_id: str, quality: LineQuality
) -> None:
    stored = await call_log.leg_quality(connection, pbx, leg_id)
    worst = quality.worst(LineQuality(**stored)) if stored else quality
    await call_log.set_leg_quality(connection, pbx, leg_id, asdict(worst))


async def _keep_callbacks(
    connection: AsyncConnection, batch: LogBatch, numbers: Mapping[UUID, str]
) -> dict[UUID, tuple[AnyRow, ...]]:
    """The promised calls that these were, done with them; rows by call."""
    kept = {}
    for call_id, told in batch.reached():
        if number := numbers.get(call_id):
            found = await callbacks.kept_by_call(connection, call_id, number=number, **told)
            kept[call_id] = tuple(found)
    return kept


def _logged(row: AnyRow, agents: frozenset[UUID], kept: tuple[AnyRow, ...]) -> LoggedCall:
    return LoggedCall(
        id=row.id,
        party_id=row.party_id,
        agents=agents,
        direction=row.direction,
        number=row.number,
        queue=row.queue or "",
        reached=row.answered_at is not None,
        ended=row.ended_at is not None,
        kept=kept,
    )
