"""The log branch: every event into the journal at once, from there into the database in batches.

    on_event → (end of this loop turn) → inbox.append → group fsync → one commit → cards, screens

What was appended is never lost: after a crash what was not committed is read back, and every
write may happen twice (`store.queries.call_log`). While the database is away the journal grows,
memory does not (`services.log_backlog`), and the calls go on. What the database refuses is set
aside (`services.log_writer`) and does not hold up the others; nor does anything else stop the log
for good.

Every half minute the log keeps that we are alive, so that a run which ends without a word does not
count the time until the next one as anybody's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime
from typing import Final

import structlog

from callcenter.services import journal
from callcenter.services.clock import Clock, Timer
from callcenter.services.journal import Alive, Record, RunBegan
from callcenter.services.log_backlog import MEMORY, Backlog
from callcenter.services.log_writer import LogWriter
from callcenter.store.inbox import Inbox
from callcenter.store.refused import Refused
from telephony.events import TelephonyEvent

log = structlog.get_logger(__name__)

LARGEST_BATCH: Final = 2_000
PAUSE_S: Final = 1.0  # after something unforeseen
STOP_S: Final = 5.0
ALIVE_S: Final = 30.0


class CallLog:
    """`runs`: it keeps when we run, too. Of several switches' logs the first one does."""

    def __init__(
        self,
        inbox: Inbox,
        writer: LogWriter,
        clock: Clock,
        *,
        pause_s: float = PAUSE_S,
        runs: bool = True,
        memory: int = MEMORY,
    ) -> None:
        self._inbox = inbox
        self._writer = writer
        self._clock = clock
        self._pause_s = pause_s
        self._runs = runs
        self._refused = Refused(inbox.folder)
        writer.keep_refused = self._keep_refused
        self._fresh: list[Record] = []  # of this turn of the loop
        self._backlog = Backlog(inbox, memory)
        self._done = 0  # everything before this offset is committed
        self.former_run_until: datetime | None = None  # known to be alive; set by `start`
        self.stumbled = 0  # times that something unforeseen happened
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._heart: Timer | None = None

    async def start(self) -> None:
        """Replay what a former run left, close what it left open, then go on in the background.

        Raises what a database raises that is not there.
        """
        committed = await self._writer.alive_at()
        left = await self._backlog.recall(self._clock.now())
        if left.records:
            log.info("journal_replayed", records=left.records)
        known = [at for at in (committed, left.alive_at) if at is not None]
        now = self._clock.now()
        self.former_run_until = max(known, default=now)
        if self._runs:
            self.record(RunBegan(now, alive_until=self.former_run_until))
            self._beat()
        await self._try_refused()
        self._pump = asyncio.create_task(self._run())

    async def _try_refused(self) -> None:
        """What the database refused, once more: it, or we, may be mended."""
        taken = self._refused.take()
        for data in taken:
            try:
                self._fresh.append(journal.decode(data))
            except journal.BadRecord as error:
                log.error("refused_record_unreadable", problem=str(error))
        if taken:
            log.info("refused_records_tried_again", records=len(taken))
            self._append_fresh()
            await self._inbox.flush()
            self._refused.tried()

    def _keep_refused(self, record: Record) -> None:
        try:
            self._refused.add(journal.encode(record))
        except (OSError, TypeError, ValueError):  # the program's own log has it, as text
            log.exception("refused_record_not_kept")

    async def stop(self) -> None:
        """Commit what is there, unless the database is away: then it waits in the journal."""
        if self._pump is None:
            return
        if self._heart is not None:
            self._heart.cancel()
        if self._runs:
            self.record(Alive(self._clock.now()))
        try:
            await asyncio.wait_for(self.caught_up(), STOP_S)
        except TimeoutError:
            log.warning("call_log_left_in_journal", records=self.backlog())
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

    async def caught_up(self) -> None:
        """Everything that happened before this call is committed."""
        self._append_fresh()
        if len(self._backlog):
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((self._backlog.end, waiter))
            await waiter

    def backlog(self) -> int:
        """Records that are not in the database yet."""
        return len(self._backlog) + len(self._fresh)

    def oldest_s(self) -> float:
        """How long the oldest of them has waited, in seconds; 0.0 when there is none."""
        return self._backlog.oldest_s(self._clock.now())

    @property
    def waits_for(self) -> str:
        """What the database said that cannot be written to; "" while it can."""
        return self._writer.waits_for

    @property
    def refused(self) -> int:
        return self._writer.refused

    def _beat(self) -> None:
        self.record(Alive(self._clock.now()))
        self._heart = self._clock.call_later(ALIVE_S, self._beat)

    def _append_fresh(self) -> None:
        fresh, self._fresh = self._fresh, []
        now = self._clock.now()
        for record in fresh:
            try:
                self._backlog.append(record, now)
            except Exception as error:  # one that cannot be kept takes no other with it
                self._writer.set_aside(record, error)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._work_off()
                await self._wake.wait()
            except Exception:  # whatever it was: calls go on, and so does their log
                self.stumbled += 1
                log.exception("call_log_stumbled")
                await asyncio.sleep(self._pause_s)

    async def _work_off(self) -> None:
        self._wake.clear()
        while batch := await self._backlog.first(LARGEST_BATCH):
            offset = batch[-1][0]
            await self._inbox.durable(offset)
            await self._writer.write([record for _, record in batch])
            self._backlog.done(len(batch))
            self._done = offset
            self._release_waiters()
        self._done = self._backlog.end  # also of what could not be read back
        self._release_waiters()

    def _release_waiters(self) -> None:
        while self._waiters and self._waiters[0][0] <= self._done:
            _, waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
