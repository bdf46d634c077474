"""The log branch: every event into the journal at once, from there into the database in batches.

    on_event → (end of this loop turn) → inbox.append → group fsync → one commit → cards, screens

What was appended is never lost: after a crash `start` replays what was not committed, and every
write may happen twice (`store.queries.call_log`). While the database is away the journal grows and
the calls go on. A batch that the database refuses is tried record by record; what is refused alone
is set aside in the log of the program, in full, and does not hold up the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from callcenter.services import journal
from callcenter.services.journal import Record
from callcenter.services.log_batch import LogBatch
from callcenter.services.roster import Roster
from callcenter.services.views import Caller
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from callcenter.store.queries import call_log
from telephony.events import TelephonyEvent

log = structlog.get_logger(__name__)

LARGEST_BATCH = 2_000
RETRY_S = 1.0

Committed = Callable[[Collection[UUID]], Awaitable[object]]
"""Told, after a commit, which customers' calls changed."""


class CallerLookUp(Protocol):
    async def look_up(self, raw: str, name: str = "") -> Caller: ...


class CallLog:
    def __init__(
        self,
        *,
        inbox: Inbox,
        database: Database,
        roster: Roster,
        directory: CallerLookUp,
        committed: Committed,
    ) -> None:
        self._inbox = inbox
        self._database = database
        self._roster = roster
        self._directory = directory
        self._committed = committed
        self._fresh: list[Record] = []  # of this turn of the loop
        self._pending: list[tuple[int, Record]] = []  # appended, not committed
        self._received = self._done = 0
        self.refused = 0  # batches the database would not take as they were: a fault of ours
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Replay what a former run left, then go on in the background."""
        for offset, data in self._inbox.replay():
            try:
                self._pending.append((offset, journal.decode(data)))
            except journal.BadRecord as error:
                log.error("journal_record_unreadable", problem=str(error))
        if self._pending:
            log.info("journal_replayed", records=len(self._pending))
            self._received = len(self._pending)
            self._wake.set()
        self._pump = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Commit what is there, unless the database is away: then it waits in the journal."""
        if self._pump is None:
            return
        self._append_fresh()
        try:
            await asyncio.wait_for(self.caught_up(), 5.0)
        except TimeoutError:
            log.warning("call_log_left_in_journal", records=len(self._pending))
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)

    def on_event(self, event: TelephonyEvent) -> None:
        if isinstance(event, journal.KEPT):
            self.record(event)

    def record(self, record: Record) -> None:
        """Kept at the end of this turn of the loop: screens are served first."""
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self._append_fresh)
        self._fresh.append(record)
        self._received += 1

    async def caught_up(self) -> None:
        """Everything that happened before this call is committed."""
        if self._done < self._received:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((self._received, waiter))
            await waiter

    def backlog(self) -> int:
        return len(self._pending) + len(self._fresh)

    def _append_fresh(self) -> None:
        fresh, self._fresh = self._fresh, []
        for record in fresh:
            self._pending.append((self._inbox.append(journal.encode(record)), record))
        if fresh:
            self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._pending:
                batch = self._pending[:LARGEST_BATCH]
                await self._inbox.durable(batch[-1][0])
                await self._commit_somehow([record for _, record in batch])
                self._inbox.mark_done(batch[-1][0])
                del self._pending[: len(batch)]
                self._done += len(batch)
                self._release_waiters()

    def _release_waiters(self) -> None:
        while self._waiters and self._waiters[0][0] <= self._done:
            _, waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)

    async def _commit_somehow(self, records: list[Record]) -> None:
        """Returns when all are committed or set aside; waits for a database that is away."""
        while True:
            try:
                await self._commit(records)
                return
            except (DBAPIError, OSError) as error:
                if not isinstance(error, IntegrityError | DataError):
                    log.warning("call_log_waits_for_database", problem=str(error))
                    await asyncio.sleep(RETRY_S)
                    continue
                refused: Exception = error
            except (StatementError, ValueError, TypeError) as error:  # a value no column takes
                refused = error
            self.refused += 1
            if len(records) == 1:
                data = journal.encode(records[0]).decode()
                log.error("call_log_record_refused", problem=str(refused), record=data)
                return
            for record in records:
                await self._commit_somehow([record])
            return

    async def _commit(self, records: list[Record]) -> None:
        batch = LogBatch(self._roster)
        for record in records:
            batch.add(record)
        found = await self._identify(batch)
        async with self._database.begin() as connection:
            await call_log.begin_calls(connection, list(batch.begun.values()))
            await call_log.progress(
                connection,
                queues=list(batch.queues.values()),
                answers=list(batch.answers.values()),
                agents=[row for rows in batch.agents.values() for row in rows],
            )
            await call_log.end_calls(connection, list(batch.ended.values()))
            await call_log.identify(connection, [r for r in found if r["call_id"] in batch.ended])
            legs = list(batch.legs.values())
            known = await call_log.known(connection, {leg["call_id"] for leg in legs})
            await call_log.put_legs(connection, [leg for leg in legs if leg["call_id"] in known])
            await call_log.merge_calls(connection, batch.merges)
            await call_log.attach_open_tickets(connection, list(batch.domains.values()))
            await call_log.wrap_up(connection, batch.wraps)
            await call_log.agent_states(connection, batch.states)
            parties = await call_log.parties(connection, batch.ended)
        if parties:
            await self._committed(parties)

    async def _identify(self, batch: LogBatch) -> list[dict[str, Any]]:
        """Who the customers are, into the rows that begin; (call_id, party, how) of all."""
        found = []
        for call_id, (raw, name) in batch.callers.items():
            caller = await self._directory.look_up(raw, name)
            party_id = caller.card.party_id if caller.card else None
            found.append({"call_id": call_id, "party": party_id, "how": caller.match})
            if call_id in batch.begun:
                batch.begun[call_id] |= {"match": caller.match, "party_id": party_id}
        return found
