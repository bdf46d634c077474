"""Takes recordings from the switches' folders into ours, encrypted, and attaches them to calls.

Rules
1. A call that ended is looked after at once, then ever more slowly for two minutes: MixMonitor
   closes its file a moment later. A sweep at the start and every five minutes finds what was
   missed: a crash between file and row, a call that ended while we were away.
2. A call that should have been recorded, and of which there is nothing after two minutes, is
   written down as missing; a file that turns up later takes that place.
3. A full or read-only store stops nobody: what cannot be taken waits with the switch.

All work on files is done in threads, one file after the other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services import recording_intake as intake
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock, Timer
from callcenter.services.log_news import LoggedCall
from callcenter.services.news import News
from callcenter.services.recording_lacks import RecordingLacks
from callcenter.services.recording_taking import RecordingTaker
from callcenter.services.recording_times import RecordingTimes
from callcenter.services.recording_watch import RecordingWatch, look
from callcenter.services.views import RecordingsHealth
from callcenter.store.database import Database
from callcenter.store.master_keys import MasterKeys
from callcenter.store.queries import recordings as rows
from telephony.problems import Problem

log = structlog.get_logger(__name__)

SWEEP_S: Final = 300.0
LEASES_S: Final = 5.0
AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Pauses between looks after a call's end: two minutes together."""

_ORPHANS_EVERY: Final = 288  # sweeps: once a day
Job = tuple[UUID, int] | None
"""A call, and how often it was looked after; None: a sweep."""


@dataclass(frozen=True, slots=True)
class KeeperOptions:
    """`sources`: the switches' folders by their name in the log; none takes nothing in."""

    store: Path
    sources: Mapping[str, Path]
    keep_days: int = 0  # 0: for ever


class RecordingKeeper:
    def __init__(
        self,
        options: KeeperOptions,
        *,
        database: Database,
        keys: Callable[[], MasterKeys],
        times: RecordingTimes,
        alarms: Alarms,
        news: News,
        clock: Clock,
        disk_refused: Callable[[Problem], None],
        owns: Callable[[str], bool] = lambda _pbx: True,
    ) -> None:
        """`owns`: whether this process works for a switch, now. `keys` makes them when they are
        first needed: a house that records nothing has none. `disk_refused` is told of writes that
        failed for want of space."""
        self._options = options
        self._database = database
        self._times = times
        self._news = news
        self._clock = clock
        self._owns = owns
        self._watch = RecordingWatch(alarms, disk_refused)
        self._taker = RecordingTaker(
            options.store,
            options.keep_days,
            database=database,
            keys=keys,
            times=times,
            watch=self._watch,
            clock=clock,
            taken=self._taken,
        )
        self._lacks = RecordingLacks(
            options.store,
            options.sources,
            database=database,
            taker=self._taker,
            clock=clock,
            missing=self._never_came,
        )
        self._jobs: deque[Job] = deque()
        self._awaited: set[UUID] = set()  # calls that should have been recorded and are not yet
        self._wake = asyncio.Event()
        self._timers: set[Timer] = set()
        self._worker: asyncio.Task[None] | None = None
        self._is_busy = False
        self._is_counted = False
        self._sweeps = 0
        self._owned: set[str] = set()

    def start(self) -> None:
        if self._options.sources:
            self._worker = asyncio.create_task(self._run())
            self._owned = self._owned_now()
            self._later(LEASES_S, self._look_at_leases)
            self._sweep_and_again()

    async def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def logged(self, call: LoggedCall) -> None:
        """Of `LogNews`: a call whose log is committed."""
        if call.ended and call.reached and self._worker is not None:
            self._put((call.id, 0))

    def health(self) -> RecordingsHealth:
        return replace(self._watch.health, waiting=len(self._awaited))

    @property
    def is_idle(self) -> bool:
        return not self._jobs and not self._is_busy

    # --- the work, one job after the other ------------------------------------------------------

    def _put(self, job: Job) -> None:
        self._jobs.append(job)
        self._wake.set()

    def _later(self, seconds: float, job: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            job()

        timer = self._clock.call_later(seconds, due)
        self._timers.add(timer)

    def _sweep_and_again(self) -> None:
        self._put(None)
        self._later(SWEEP_S, self._sweep_and_again)

    def _owned_now(self) -> set[str]:
        return {pbx for pbx in self._options.sources if self._owns(pbx)}

    def _look_at_leases(self) -> None:
        """What another process left is ours to take in as soon as its switch is."""
        now = self._owned_now()
        if now - self._owned:
            self._put(None)
        self._owned = now
        self._later(LEASES_S, self._look_at_leases)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._is_busy = True
            while self._jobs:
                await self._do(self._jobs.popleft())
            self._is_busy = False

    async def _do(self, job: Job) -> None:
        try:
            await (self._sweep() if job is None else self._call(*job))
            if not self._jobs and not self._is_counted:
                await self._count()
        except (SQLAlchemyError, OSError) as error:  # the database is away: files wait
            log.warning("recordings_delayed", problem=str(error).partition("\n")[0])
            self._again(job)
        except Exception:  # a bug with one call must not stop the others
            log.exception("recording_not_taken", job=str(job))

    def _taken(self, call_id: UUID) -> None:
        self._is_counted = False
        self._news.changed("recordings", call_id)

    def _never_came(self, call_id: UUID) -> None:
        self._awaited.discard(call_id)
        self._taken(call_id)

    def _again(self, job: Job) -> None:
        """The sweep comes by itself."""
        if job is not None and job[1] < len(AGAIN_S):
            call_id, attempt = job
            self._later(AGAIN_S[attempt], lambda: self._put((call_id, attempt + 1)))
        elif job is not None:
            self._awaited.discard(job[0])

    async def _call(self, call_id: UUID, attempt: int) -> None:
        """Look for the file of a call that ended."""
        facts = await self._taker.facts(call_id)
        folder = self._options.sources.get(facts.pbx) if facts is not None else None
        if facts is None or folder is None or not self._owns(facts.pbx):
            self._awaited.discard(call_id)
            return
        if facts.has_sound:  # it is told of again: its legs may be others by now
            self._awaited.discard(call_id)
            await self._taker.attach_again(call_id)
            return
        expected = facts.policy == "always" or self._times.was_recorded(call_id)
        if facts.direction == "internal" and not self._times.was_recorded(call_id):
            expected = False
        for day in (0, 1, -1):  # a call around midnight, or of a clock that was set
            started = facts.started_at + timedelta(days=day)
            file = f"{started:%Y-%m-%d}/{call_id}.wav"
            found = await self._taker.file(facts.pbx, folder, file)
            if found == "done":
                self._awaited.discard(call_id)
                return
            if found == "growing":
                expected = True
                break
        if expected and attempt < len(AGAIN_S):
            self._awaited.add(call_id)
            self._again((call_id, attempt))
            return
        self._awaited.discard(call_id)
        if expected:  # of the others none is missing, and most calls may be such
            await self._lacks.write_down(self._owned_now())

    async def _sweep(self) -> None:
        """Everything that lies there, what never came, and how the folders are."""
        options = self._options
        owned = {pbx: options.sources[pbx] for pbx in sorted(self._owned_now())}
        self._watch.saw(await asyncio.to_thread(look, options.store, owned))
        for pbx, folder in owned.items():
            try:
                files = await asyncio.to_thread(intake.files_of, folder)
            except OSError:
                continue  # the alarm says so
            for file in files:
                await self._taker.file(pbx, folder, file)
            yesterday = self._clock.now().date() - timedelta(days=1)
            await asyncio.to_thread(intake.remove_empty_days, folder, yesterday)
        await self._lacks.write_down(owned)
        if self._sweeps % _ORPHANS_EVERY == 0:
            await self._lacks.remove_orphans()
        self._sweeps += 1
        self._is_counted = False

    async def _count(self) -> None:
        now = self._clock.now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._database.read() as connection:
            stored, problems = await rows.counts(connection, day, now - timedelta(days=7))
        self._watch.health = replace(self._watch.health, stored_today=stored, problems=problems)
