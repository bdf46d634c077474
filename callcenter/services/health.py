"""How the whole of it is, for an administrator: made every two seconds while one of them looks.

What can be wrong at any time (a switch lost, its clock off, events dropped) is minded always, in
memory, and told by alarms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from callcenter.domain.permissions import Actor, Scope
from callcenter.feed import Feed
from callcenter.services.alarms import Alarms
from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import Forbidden
from callcenter.services.figures import midnight
from callcenter.services.history_watch import HistoryHealth
from callcenter.services.recovery import Tracker
from callcenter.services.views import HealthView, PbxHealth, RecordingsHealth
from callcenter.store.database import Database
from callcenter.store.queries import history, reconciliation
from telephony.ami import AmiStats
from telephony.events import SwitchConnected, SwitchLost, TelephonyEvent
from telephony.problems import Problem

log = structlog.get_logger(__name__)

EVERY_S: Final = 2.0
MIND_S: Final = 5.0
DATABASE_S: Final = 1.5  # then it counts as away
SKEW_S: Final = 2.0
OVERFLOW_FOR: Final = timedelta(minutes=10)  # so long it is shown after the last
RATE_S: Final = 10  # seconds that the rate is the mean of

_NOT_SET_UP: Final = HistoryHealth(None)


class Connection(Protocol):
    @property
    def connected(self) -> bool: ...

    def stats(self) -> AmiStats: ...


class Journal(Protocol):
    def backlog(self) -> int: ...

    def oldest_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """One switch, and what works for it."""

    pbx: str
    switch: Connection
    tracker: Tracker
    call_log: Journal
    owner: Callable[[], str]
    history: Callable[[], HistoryHealth] = lambda: _NOT_SET_UP


@dataclass(frozen=True, slots=True)
class _State:
    """As the switch's last SwitchConnected or SwitchLost told."""

    problem: Problem | None = None
    since: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database says of a switch; kept while it is away."""

    recovered: int = 0
    inferred: int = 0
    reconciled_at: datetime | None = None
    calls: int = 0
    differences: int = 0


class Health:
    def __init__(
        self,
        watched: Sequence[Watched],
        *,
        recordings: Callable[[], RecordingsHealth],
        database: Database,
        feed: Feed,
        clock: Clock,
        alarms: Alarms,
        zone: str = "",
    ) -> None:
        """`zone`: IANA, in which today began; "" is that of the machine."""
        self._watched = watched
        self._recordings = recordings
        self._database = database
        self._feed = feed
        self._clock = clock
        self._alarms = alarms
        self._zone: tzinfo | None = ZoneInfo(zone) if zone else None
        self._states = {one.pbx: _State() for one in watched}
        self._stored = {one.pbx: _Stored() for one in watched}
        self._overflows: dict[str, tuple[int, datetime]] = {}
        self._watchers: set[tuple[UUID, str]] = set()  # (user, their screen)
        self._looking = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self.views = 0  # made since we started

    def start(self) -> None:
        self._mind()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # --- who looks ---------------------------------------------------------------------------

    async def watch(self, actor: Actor, screen: str, on: bool) -> None:
        """This screen is told from now on, or no more. Raises Forbidden."""
        self._check(actor)
        if actor.user_id is None:
            return
        if on:
            self._watchers.add((actor.user_id, screen))
            self._looking.set()
        else:
            self.left(actor.user_id, screen)

    def left(self, user_id: UUID, screen: str) -> None:
        """The screen is gone. Idempotent."""
        self._watchers.discard((user_id, screen))
        if not self._watchers:
            self._looking.clear()

    async def detail(self, actor: Actor) -> HealthView:
        """Now. Raises Forbidden."""
        self._check(actor)
        return await self._view()

    @staticmethod
    def _check(actor: Actor) -> None:
        if actor.scope("health", "read") is Scope.NONE:
            raise Forbidden("health_read", "Only administrators may see how the call log is.")

    async def _run(self) -> None:
        while True:
            await self._looking.wait()
            try:
                view = await self._view()
                users = frozenset(user_id for user_id, _ in self._watchers)
                if users:
                    self._feed.publish(users, "health", view)
            except Exception:  # a fault of ours here must not hide the rest for good
                log.exception("health_not_told")
            await asyncio.sleep(EVERY_S)

    # --- what is always minded ---------------------------------------------------------------

    def on_event(self, event: TelephonyEvent) -> None:
        if isinstance(event, SwitchConnected) and event.pbx in self._states:
            self._states[event.pbx] = _State(None, self._clock.now(), event.version)
            self._alarms.clear("switch_lost", event.pbx)
        elif isinstance(event, SwitchLost) and event.pbx in self._states:
            before = self._states[event.pbx]
            was_lost = before.problem is not None and before.since is not None
            since = before.since if was_lost else self._clock.now()
            self._states[event.pbx] = _State(event.problem, since, before.version)
            self._alarms.set("switch_lost", event.problem, pbx=event.pbx)

    def _mind(self) -> None:
        self._timer = self._clock.call_later(MIND_S, self._mind)
        now = self._clock.now()
        for one in self._watched:
            stats = one.switch.stats()
            if one.switch.connected and abs(stats.clock_skew_s) > SKEW_S:
                way = "ahead of" if stats.clock_skew_s > 0 else "behind"
                text = f"the switch's clock is {abs(stats.clock_skew_s):.1f} s {way} ours"
                ahead_s = round(stats.clock_skew_s, 1)
                self._alarms.set("clock_skew", text, "warning", one.pbx, ahead_s=ahead_s)
            elif one.switch.connected:
                self._alarms.clear("clock_skew", one.pbx)
            before, at = self._overflows.get(one.pbx, (0, now))
            if stats.overflows > before:
                self._overflows[one.pbx] = (stats.overflows, now)
                text = f"{stats.overflows} times, {stats.dropped} events; the state was read anew"
                told = {"times": stats.overflows, "events": stats.dropped}
                self._alarms.set("overflow", text, "warning", one.pbx, **told)
            elif now - at > OVERFLOW_FOR:
                self._alarms.clear("overflow", one.pbx)

    # --- the view ----------------------------------------------------------------------------

    async def _view(self) -> HealthView:
        now = self._clock.now()
        database_ok = await self._ask(now)
        self.views += 1
        return HealthView(
            at=now,
            database_ok=database_ok,
            pbxs=tuple(self._of(one) for one in self._watched),
            recordings=self._recordings(),
            alarms=self._alarms.current(),
        )

    async def _ask(self, now: datetime) -> bool:
        """Fresh figures from the database, if it is there."""
        try:
            async with asyncio.timeout(DATABASE_S):
                self._stored = dict(await self._read(midnight(now, self._zone)))
        except Exception as error:  # drivers raise all sorts of things while they connect
            log.debug("health_without_database", reason=str(error))
            return False
        return True

    async def _read(self, today: datetime) -> Mapping[str, _Stored]:
        found = {}
        async with self._database.read() as connection:
            for one in self._watched:
                counts = await history.counts_since(connection, one.pbx, today)
                last = await reconciliation.last(connection, one.pbx)
                found[one.pbx] = _Stored(
                    counts.recovered,
                    counts.inferred,
                    last.ended_at if last else None,
                    last.calls if last else 0,
                    last.differences if last else 0,
                )
        return found

    def _of(self, one: Watched) -> PbxHealth:
        stats, state = one.switch.stats(), self._states[one.pbx]
        stored, past = self._stored[one.pbx], one.history()
        lately = stats.events_by_s[-RATE_S:]
        return PbxHealth(
            pbx=one.pbx,
            owner=one.owner(),
            connected=one.switch.connected,
            problem=state.problem,
            since=state.since,
            version=state.version,
            live_calls=len(one.tracker.live_calls()),
            events_per_s=round(sum(lately) / len(lately), 1) if lately else 0.0,
            events_by_s=stats.events_by_s,
            lag_ms=stats.lag_ms,
            clock_skew_s=stats.clock_skew_s,
            resyncs=stats.resyncs,
            last_resync_at=stats.last_resync_at,
            last_resync_ms=stats.last_resync_ms,
            strangers=stats.strangers,
            overflows=stats.overflows,
            journal_waiting=one.call_log.backlog(),
            journal_oldest_s=round(one.call_log.oldest_s(), 1),
            recovered_today=stored.recovered,
            inferred_today=stored.inferred,
            history_ok=past.ok,
            history_problem=past.problem,
            history_until=past.until,
            history_bad_lines=past.bad_lines,
            reconciled_at=stored.reconciled_at,
            reconciled_calls=stored.calls,
            differences=stored.differences,
        )
