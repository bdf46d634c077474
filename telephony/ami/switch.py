"""Orders become AMI actions, AMI events become telephony events."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from telephony.ami.call_orders import CallOrders
from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.link import Link
from telephony.ami.protocol import worth_a_line
from telephony.ami.session import Session
from telephony.calls import CallTracker, ResyncSnapshot
from telephony.events import TelephonyEvent
from telephony.switch import Listener, SwitchRefused, SwitchUnavailable
from telephony.wire import Frame

log = structlog.get_logger(__name__)


class AmiSwitch(CallOrders):
    """`telephony.switch.Switch` over AMI: the connection, its events, and orders about no call."""

    def __init__(self, config: AmiConfig, tracker: CallTracker) -> None:
        super().__init__(config, tracker)
        self.simulated = False
        self._stats = AmiStats()
        self._listeners: list[Listener] = []
        # Live events wait here until the snapshot is applied; None: straight through.
        self._held: list[tuple[Frame, datetime]] | None = None
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
        self._held = []
        self._session.start()

    async def stop(self) -> None:
        await self._session.stop()

    def stats(self) -> AmiStats:
        link = self._session.link
        self._stats.last_event_age_s = link.silent_for() if link else -1.0
        return self._stats

    # -- events: bytes to listeners without a hop ------------------------------------------

    def _on_event(self, frame: Frame, received_at: datetime) -> None:
        if self._held is not None:
            self._held.append((frame, received_at))
            return
        for event in self._tracker.feed(frame, received_at):
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
        """Brings the tracker up to date; the switch's version. Events first: what happens while we
        read the state is applied after it."""
        self._held = []
        await link.ask("Events", [("EventMask", "on")])
        settings = await link.ask("CoreSettings")
        version = str(settings.asteriskversion)
        self.simulated = "simulator" in version
        channels = await link.list_all("CoreShowChannels")
        queues = await link.list_all("QueueStatus")
        devices = await link.list_all("DeviceStateList")
        snapshot = ResyncSnapshot(
            channels=channels,
            queue_entries=[item for item in queues if item.event == "QueueEntry"],
            members=[item for item in queues if item.event == "QueueMember"],
            devices=devices,
        )
        for event in self._tracker.resync(snapshot, datetime.now(UTC)):
            self._publish(event)
        held, self._held = self._held, None
        for frame, received_at in held:
            self._on_event(frame, received_at)
        log.info("switch_connected", pbx=self.pbx, version=version, channels=len(channels))
        return version

    def _on_ready(self, version: str) -> None:
        self._publish(self._tracker.connected(version, datetime.now(UTC)))

    def _on_lost(self, reason: str) -> None:
        self._held = []
        self._publish(self._tracker.lost(reason, datetime.now(UTC)))

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
            raise SwitchUnavailable(f"{action}: {self._session.reason}")
        return link
