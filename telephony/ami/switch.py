"""Orders become AMI actions, AMI events become telephony events."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from panoramisk.message import Message

from telephony.ami import orders
from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.link import Headers, Link
from telephony.ami.protocol import worth_a_line
from telephony.ami.session import Session
from telephony.calls import CallTracker, ResyncSnapshot
from telephony.events import TelephonyEvent, call_id_for
from telephony.switch import (
    ConsultOrder,
    Listener,
    Originate,
    PhoneOrder,
    RecordOrder,
    SwitchRefused,
    SwitchUnavailable,
    UnknownLeg,
)
from telephony.wire import Frame

log = structlog.get_logger(__name__)


NORMAL, REJECTED = "16", "21"  # Q.850 causes
RECORDING_PAUSED = "CRM_RECORDING_PAUSED"  # of the customer's channel


class AmiSwitch:
    """`telephony.switch.Switch` over AMI."""

    def __init__(self, config: AmiConfig, tracker: CallTracker) -> None:
        self.pbx = config.pbx
        self.simulated = False
        self._config = config
        self._tracker = tracker
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

    async def originate(self, order: Originate) -> UUID:
        headers = [
            ("Channel", order.interface),
            ("Context", order.context),
            ("Exten", order.number),
            ("Priority", "1"),
            ("CallerID", order.caller_id),
            ("Timeout", str(round(order.timeout_s * 1000))),
            ("ChannelId", order.uniqueid),
            ("Async", "true"),  # without it the manager's connection waits for the far end
        ]
        headers += [
            ("Variable", f"{name}={_quoted(value)}") for name, value in order.variables.items()
        ]
        self._tracker.expect(order.uniqueid, order.number, order.internal)
        await self._order("Originate", headers)
        return call_id_for(self.pbx, order.uniqueid)

    async def hangup(self, call_id: UUID, interface: str) -> None:
        channel = self._channel(call_id, interface)
        cause = REJECTED if self._tracker.hanging_up(call_id, interface) else NORMAL
        await self._order("Hangup", [("Channel", channel), ("Cause", cause)])

    async def phone(self, call_id: UUID, interface: str, order: PhoneOrder) -> None:
        channel = self._channel(call_id, interface)
        headers = [("Channel", channel), ("Variable", f"Event={order.value}")]
        await self._order("PJSIPNotify", headers)

    async def mute(self, call_id: UUID, interface: str, on: bool) -> None:
        channel = self._channel(call_id, interface)
        state = "on" if on else "off"
        headers = [("Channel", channel), ("Direction", "in"), ("State", state)]
        await self._order("MuteAudio", headers)

    async def redirect(self, call_id: UUID, context: str, exten: str) -> None:
        channel = self._tracker.customer_channel(call_id)
        if channel is None:
            raise UnknownLeg(f"call {call_id} has no customer any more")
        headers = [("Channel", channel), ("Context", context), ("Exten", exten), ("Priority", "1")]
        await self._order("Redirect", headers)

    async def consult(self, call_id: UUID, interface: str, context: str, exten: str) -> None:
        target = orders.place(context, exten)
        channel = self._talking(call_id, interface)
        if self._tracker.consults(call_id, interface):
            raise SwitchRefused(f"{interface} consults somebody about call {call_id} already")
        # Two underscores: the channel that is made for the consultation inherits it.
        whom = [("Channel", channel), ("Variable", "__CRM_CONSULT"), ("Value", target)]
        await self._order("Setvar", whom)
        where = [("Context", self._config.consult_context), ("Exten", orders.CONSULT_DIGITS)]
        await self._order("Atxfer", [("Channel", channel), *where])

    async def consult_order(self, call_id: UUID, interface: str, order: ConsultOrder) -> None:
        channel = self._talking(call_id, interface)
        if not self._tracker.consults(call_id, interface):
            raise UnknownLeg(f"{interface} consults nobody about call {call_id}")
        await self._press(channel, orders.CONSULT_KEYS[order])

    async def send_tones(self, call_id: UUID, interface: str, digits: str) -> None:
        keys = orders.tones(digits)
        await self._press(self._talking(call_id, interface), keys)

    async def _press(self, channel: str, keys: str) -> None:
        """As if the device had sent these key tones."""
        for key in keys:
            headers = [("Channel", channel), ("Digit", key), ("Receive", "true")]
            await self._order("PlayDTMF", headers)

    async def record(self, call_id: UUID, order: RecordOrder, file: str) -> None:
        name = orders.recording_file(file) if order is RecordOrder.START else ""
        channel = self._tracker.customer_channel(call_id)
        if channel is None:
            raise UnknownLeg(f"call {call_id} has no customer any more")
        if not name:
            await self._pause_recording(channel, order is RecordOrder.PAUSE)
        elif await self._variable(channel, "MIXMONITOR_FILENAME"):
            # It is recorded already, since before we came: only say how, and make no second file.
            paused = await self._variable(channel, RECORDING_PAUSED)
            await self._pause_recording(channel, paused == "1")
        else:
            await self._order("MixMonitor", [("Channel", channel), ("File", name)])

    async def _pause_recording(self, channel: str, on: bool) -> None:
        """The variable outlives us on the channel: a pause must not end by our restart."""
        state = "1" if on else "0"
        headers = [("Channel", channel), ("Direction", "both"), ("State", state)]
        await self._order("MixMonitorMute", headers)
        paused = [("Channel", channel), ("Variable", RECORDING_PAUSED), ("Value", state)]
        await self._order("Setvar", paused)

    async def _variable(self, channel: str, name: str) -> str:
        answer = await self._ask("Getvar", [("Channel", channel), ("Variable", name)])
        return str(answer.value or "")

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

    async def queue_priority(self, call_id: UUID, queue: str, priority: int) -> None:
        channel = self._tracker.customer_channel(call_id)
        if channel is None:
            raise UnknownLeg(f"call {call_id} has no customer any more")
        headers = [("Queue", queue), ("Caller", channel), ("Priority", str(priority))]
        await self._order("QueueChangePriorityCaller", headers)

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

    async def _order(self, action: str, headers: Headers, fine_when_refused: str = "") -> None:
        try:
            await self._ask(action, headers)
        except SwitchRefused as refused:
            if not fine_when_refused or fine_when_refused not in str(refused):
                raise

    async def _ask(self, action: str, headers: Headers = ()) -> Message:
        return await self._link(action).ask(action, headers)

    def _link(self, action: str) -> Link:
        link = self._session.link
        if link is None:
            raise SwitchUnavailable(f"{action}: {self._session.reason}")
        return link

    def _talking(self, call_id: UUID, interface: str) -> str:
        """Keys pressed on a channel that is not answered go nowhere."""
        channel = self._channel(call_id, interface)
        if not self._tracker.answered(call_id, interface):
            raise UnknownLeg(f"{interface} has not answered call {call_id}")
        return channel

    def _channel(self, call_id: UUID, interface: str) -> str:
        channel = self._tracker.channel(call_id, interface)
        if channel is None:
            raise UnknownLeg(f"{interface} has no leg in call {call_id} any more")
        return channel


def _quoted(value: str) -> str:
    """Asterisk cuts ``Variable:`` at commas and eats quotes and backslashes unless escaped."""
    for sign in '\\",':
        value = value.replace(sign, f"\\{sign}")
    return value
