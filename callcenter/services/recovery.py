"""Calls that we did not see to their end, from what the switch itself recorded (CEL).

    connected ─▶ read CEL since the last time ─▶ rebuild ─▶ what our log lacks ─▶ journal

Rules
1. It is looked at after every connection, again when CEL has caught up (`LAG_S`), soon after the
   end of a call that went on unseen (`SOON_S`), and every `EVERY_S` while connected, so that little
   is left to read after an outage.
2. A call that lives is left alone; one that we saw from begin to end is, too. What is absent from
   our log, stands open in it, or has gaps, is told again as the switch recorded it
   (`domain.truth`); a call that proved to be part of another goes into that one.
3. Calls of before we first worked for this switch are not ours, unless they, or parts of them, are
   in our log.
4. Progress is kept by the switch's clock, never beyond our own: a clock that jumped ahead hides
   nothing. Long times away are read in slices, so that memory and the loop stay free.
5. A record that cannot be read, or has lines that are none, is an alarm (`history_watch`); the
   rest is used, and it is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.domain.truth import Standing
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock, Timer
from callcenter.services.history_watch import HistoryHealth, HistoryWatch
from callcenter.services.journal import Record
from callcenter.store.database import Database
from callcenter.store.queries import history, settling
from telephony.calls import LiveCall, Topology
from telephony.events import (
    CallEnded,
    CallLog,
    CallMerged,
    SwitchConnected,
    SwitchLost,
    TelephonyEvent,
    call_id_for,
)
from telephony.history.rows import CelRow, HistorySource, HistoryUnavailable, Rebuilt
from telephony.problems import Problem

log = structlog.get_logger(__name__)

MARGIN: Final = timedelta(minutes=5)  # CEL may lag, and calls overlap the last time
SLICE: Final = timedelta(hours=1)
LAG_S: Final = 10.0
SOON_S: Final = 2.0
EVERY_S: Final = 900.0
RETRY_S: Final = 30.0

Rebuild = Callable[[Sequence[CelRow], str, Topology], Rebuilt]


class Tracker(Protocol):
    def live_calls(self) -> Sequence[LiveCall]: ...


class Log(Protocol):
    def record(self, record: Record) -> None: ...

    async def caught_up(self) -> None: ...


class Recovery:
    """Of one switch. `skew_s`: its clock minus ours, as far as we know it."""

    def __init__(
        self,
        *,
        pbx: str,
        source: HistorySource,
        rebuild: Rebuild,
        topology: Topology,
        tracker: Tracker,
        call_log: Log,
        database: Database,
        clock: Clock,
        skew_s: Callable[[], float],
        alarms: Alarms,
        owns: Callable[[], bool] = lambda: True,
    ) -> None:
        """`owns`: whether this process works for the switch just now; another one's is let be."""
        self._pbx = pbx
        self._owns = owns
        self._source = source
        self._rebuild = rebuild
        self._topology = topology
        self._tracker = tracker
        self._call_log = call_log
        self._database = database
        self._clock = clock
        self._skew_s = skew_s
        self._watch = HistoryWatch(pbx, alarms, database, clock)
        self._connected_at: datetime | None = None
        self._has_looked = False
        self._wake = asyncio.Event()
        self._next: Timer | None = None
        self._after_lag: Timer | None = None
        self._soon: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self.recovered = 0  # since we started
        self.passes = 0  # that went through

    @property
    def health(self) -> HistoryHealth:
        return self._watch.health

    def start(self) -> None:
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        for timer in (self._next, self._after_lag, self._soon):
            if timer is not None:
                timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def on_event(self, event: TelephonyEvent) -> None:
        if isinstance(event, SwitchLost) and event.pbx == self._pbx:
            if self._connected_at is not None:
                self._watch.absences.began(self._now())
            self._connected_at = None
        elif isinstance(event, SwitchConnected) and event.pbx == self._pbx:
            self._connected_at = self._now()
            self._watch.absences.ended(self._connected_at)
            self._wake.set()
            if self._after_lag is not None:
                self._after_lag.cancel()
            self._after_lag = self._clock.call_later(LAG_S, self._wake.set)
        elif isinstance(event, CallEnded) and event.pbx == self._pbx and _has_gaps(event.log):
            self._soon = self._soon or self._clock.call_later(SOON_S, self._look_soon)

    def _now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self._skew_s())

    def _look_soon(self) -> None:
        self._soon = None
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            wait_s = EVERY_S
            try:
                if self._owns():
                    await self.look()
            except HistoryUnavailable as error:
                self._watch.unreadable(error.problem)
                wait_s = RETRY_S
            except (SQLAlchemyError, OSError) as error:  # the database is away: later
                log.warning("history_not_looked_at", pbx=self._pbx, reason=str(error))
                wait_s = RETRY_S
            except Exception as error:  # a fault of ours: an administrator must know, and we go on
                log.exception("recovery_stumbled", pbx=self._pbx)
                self._watch.unreadable(Problem("internal", {"said": repr(error)}))
            if self._next is not None:
                self._next.cancel()
            self._next = self._clock.call_later(wait_s, self._wake.set)

    async def look(self) -> int:
        """One pass up to now; how many calls it gave. Raises HistoryUnavailable, and what a
        database raises."""
        until = self._now()
        async with self._database.read() as connection:
            since = await history.read_until(connection, self._pbx)
            ours_from = await history.known_from(connection, self._pbx)
        if since is None or ours_from is None:
            ours_from = ours_from or until
            await self._keep(ours_from, since or until)
        elif not self._has_looked:  # a former run read until then
            self._watch.absences.began(since)
            if self._connected_at is not None:
                self._watch.absences.ended(self._connected_at)
        self._has_looked = True
        since = min(since or until, until) - MARGIN
        found = 0
        while since < until:
            end = min(since + SLICE, until)
            found += await self._slice(since, end, ours_from)
            await self._keep(ours_from, min(end, self._clock.now()))
            since = end
        self.passes += 1
        self.recovered += found
        if found:
            log.info("calls_recovered", pbx=self._pbx, calls=found)
        return found

    async def _slice(self, since: datetime, until: datetime, ours_from: datetime) -> int:
        reading = await self._source.read(since, until)
        self._watch.read(reading)
        rebuilt = await asyncio.to_thread(self._rebuild, reading.rows, self._pbx, self._topology)
        self._watch.not_rebuilt(reading, rebuilt)
        # What the tracker ended by now is on its way into the log: first that, then the question.
        alive = {live.call_id for live in self._tracker.live_calls()}
        alive |= {call_id_for(self._pbx, uniqueid) for uniqueid in rebuilt.unfinished}
        await self._call_log.caught_up()
        ended = [one for one in rebuilt.logs if one.call_id not in alive]
        asked = {one.call_id for one in ended}
        asked |= {part for part, _ in rebuilt.merged}
        await self._watch.compare_begin(reading, max(since, ours_from))
        async with self._database.read() as connection:
            known = await settling.standings(connection, asked)
        theirs = {one.call_id: one for one in ended}
        joined = [
            CallMerged(self._pbx, part, 0, theirs[into].ended_at, into)
            for part, into in rebuilt.merged
            if into in theirs and part not in alive
            if known.get(part, Standing.COMPLETE) < Standing.HISTORY
        ]
        ours = {one.into for one in joined}  # a part of them is in our log
        wanted = [
            one for one in ended if _lacks(one, known, ours_from, is_ours=one.call_id in ours)
        ]
        for one_joined in joined:
            self._call_log.record(one_joined)
        for one in wanted:
            self._call_log.record(CallEnded(self._pbx, one.call_id, 0, one.ended_at, one))
            log.info(
                "call_recovered",
                pbx=self._pbx,
                call_id=str(one.call_id),
                uniqueid=one.uniqueid,
                was=known[one.call_id].name.lower() if one.call_id in known else "absent",
            )
        await self._call_log.caught_up()
        return len(wanted)

    async def _keep(self, ours_from: datetime, until: datetime) -> None:
        async with self._database.begin() as connection:
            await history.put_known_from(connection, self._pbx, ours_from)
            await history.put_read_until(connection, self._pbx, until)
        self._watch.is_read_until(until)


def _lacks(
    log: CallLog, known: dict[UUID, Standing], ours_from: datetime, *, is_ours: bool
) -> bool:
    """Whether our log has less of it (rules 2 and 3)."""
    before = known.get(log.call_id)
    if before is None:
        return is_ours or log.started_at >= ours_from
    return before < Standing.HISTORY


def _has_gaps(log: CallLog) -> bool:
    return log.inferred or log.recovered
