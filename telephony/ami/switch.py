"""Orders become AMI actions, AMI events become telephony events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import structlog

from telephony.ami.call_orders import CallOrders
from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.link import Link
from telephony.ami.meter import Meter
from telephony.ami.protocol import worth_a_line
from telephony.ami.resyncing import Holding, resync
from telephony.ami.session import Session
from telephony.calls import CallTracker
from telephony.events import TelephonyEvent
from telephony.problems import Problem
from telephony.switch import Listener, SwitchError, SwitchRefused, SwitchUnavailable
from telephony.wire import Frame

log = structlog.get_logger(__name__)


class AmiSwitch(CallOrders):
    """`telephony.switch.Switch` over AMI: the connection, its events, and orders about no call."""

    def __init__(self, config: AmiConfig, tracker: CallTracker) -> None:
        super().__init__(config, tracker)
        self.simulated = False
        self._stats = AmiStats()
        self._listeners: list[Listener] = []
        self._meter = Meter()
        self._holding = Holding(config, self._stats)
        self._strangers_before = 0
        self._wanted = ""  # why another resync is
        self._resyncing: asyncio.Task[None] | None = None
        self._session = Session(
            config,
            self._stats,
            on_event=self._on_event,
            synchronise=self._synchronise,
            on_ready=self._on_ready,
            on_lost=self._on_lost,
        )

    @property
    def connected(self) -> bool:
        return self._session.link is not None

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """Returns at once; SwitchConnected or SwitchLost tell how it went."""
        self._holding.begin()
        self._session.start()

    async def stop(self) -> None:
        if self._resyncing is not None:
            self._resyncing.cancel()
            await asyncio.gather(self._resyncing, return_exceptions=True)
        await self._session.stop()

    def stats(self) -> AmiStats:
        link = self._session.link
        stats, now = self._stats, datetime.now(UTC).timestamp()
        stats.last_event_age_s = link.silent_for() if link else -1.0
        stats.strangers = self._tracker.counters.strangers
        stats.clock_skew_s = round(self._meter.skew_s, 3)
        stats.lag_ms = round(self._meter.lag_ms(now), 1)
        stats.events_by_s = self._meter.by_second(now)
        return stats

    # -- events: bytes to listeners without a hop ------------------------------------------

    def _on_event(self, frame: Frame, received_at: datetime) -> None:
        if self._holding.on:
            self._holding.add(frame, received_at)
            return
        self._publish_all(self._tracker.feed(frame, received_at))
        if self._meter.event(frame.stamp(), received_at):
            self._mind_strangers()

    def _publish_all(self, events: Iterable[TelephonyEvent]) -> None:
        for event in events:
            self._publish(event)

    def _publish(self, event: TelephonyEvent) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # one listener's fault is neither the switch's nor the others'
                self._stats.listener_errors += 1
                if worth_a_line(self._stats.listener_errors):
                    log.exception("listener_failed", event_type=type(event).__name__)

    async def _synchronise(self, link: Link) -> str:
        """Brings the tracker up to date; the switch's version."""
        link.on_pong = self._on_pong
        version = await resync(
            link, self._tracker, self._holding, self._stats, self._publish_all, self._on_event
        )
        self.simulated = "simulator" in version
        self._strangers_before = self._tracker.counters.strangers
        if self._holding.overflowed:
            self.request_resync("more events waited than are kept")
        return version

    def request_resync(self, reason: str) -> None:
        """The state is read anew, in the background, on the connection that there is. One at a
        time; one more follows when it was asked for meanwhile. SwitchConnected tells its end."""
        self._wanted = reason
        if self._resyncing is None or self._resyncing.done():
            self._resyncing = asyncio.create_task(self._resync())

    async def _resync(self) -> None:
        while self._wanted:
            while (link := self._session.link) is None:
                if not self._session.synchronising:
                    self._wanted = ""  # the next connection begins with one
                    return
                await asyncio.sleep(0.05)  # this one is just being made
            reason, self._wanted = self._wanted, ""
            log.warning("switch_resync", pbx=self.pbx, reason=reason)
            try:
                version = await self._synchronise(link)
            except SwitchError as error:
                link.lose(Problem("state_not_read_anew", {"said": str(error)}))
                return
            self._on_ready(version)

    def _on_pong(self, switch_at: float | None, asked_at: float, answered_at: float) -> None:
        if switch_at is not None:
            self._meter.pong(switch_at, asked_at, answered_at)
        self._mind_strangers()

    def _mind_strangers(self) -> None:
        """Events about channels that we never saw being born: something was missed."""
        new = self._tracker.counters.strangers - self._strangers_before
        if new <= self._config.strangers_few or self._holding.on:
            return
        last = self._stats.last_resync_at
        since = (datetime.now(UTC) - last).total_seconds() if last else 0.0
        if since >= self._config.resync_pause_s:
            self.request_resync(f"{new} events about channels never seen")

    def _on_ready(self, version: str) -> None:
        log.info("switch_connected", pbx=self.pbx, version=version)
        self._publish(self._tracker.connected(version, datetime.now(UTC)))

    def _on_lost(self, problem: Problem) -> None:
        self._holding.begin()
        self._publish(self._tracker.lost(problem, datetime.now(UTC)))

    # -- orders ----------------------------------------------------------------------------

    async def queue_add(self, queue: str, interface: str, name: str, paused: bool) -> None:
        flag = "true" if paused else "false"
        headers = [("Queue", queue), ("Interface", interface)]
        try:
            await self._order("QueueAdd", [*headers, ("MemberName", name), ("Paused", flag)])
        except SwitchRefused as refused:
            if "Already there" not in str(refused):
                raise
            await self._order("QueuePause", [*headers, ("Paused", flag)])

    async def queue_remove(self, queue: str, interface: str) -> None:
        headers = [("Queue", queue), ("Interface", interface)]
        await self._order("QueueRemove", headers, fine_when_refused="Not there")

    async def queue_pause(self, interface: str, paused: bool, reason: str) -> None:
        flag = "true" if paused else "false"
        headers = [("Interface", interface), ("Paused", flag), ("Reason", reason)]
        await self._order("QueuePause", headers)

    async def time(self) -> float:
        pong = await self._ask("Ping")
        try:
            return float(pong.timestamp)
        except (TypeError, ValueError):
            raise SwitchRefused(f"Ping: no time in the answer ({pong.timestamp!r})") from None

    async def set_global(self, name: str, value: str) -> None:
        await self._order("Setvar", [("Variable", name), ("Value", value)])

    async def db_put(self, family: str, key: str, value: str) -> None:
        await self._order("DBPut", [("Family", family), ("Key", key), ("Val", value)])

    async def db_tree(self, family: str) -> dict[str, str]:
        items = await self._link("DBGetTree").list_all("DBGetTree", [("Family", family)])
        prefix = f"/{family}/"
        return {item.get("Key").removeprefix(prefix): item.get("Val") for item in items}

    async def db_delete(self, family: str, key: str) -> None:
        headers = [("Family", family), ("Key", key)]
        await self._order("DBDel", headers, fine_when_refused="could not be deleted")

    def _link(self, action: str) -> Link:
        link = self._session.link
        if link is None:
            raise SwitchUnavailable(f"{action}: {self._session.problem}")
        return link
