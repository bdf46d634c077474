"""Orders about calls become AMI actions. What they carry is checked in `orders`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from uuid import UUID

from panoramisk.message import Message

from telephony.ami import orders
from telephony.ami.config import AmiConfig
from telephony.ami.link import Headers, Link
from telephony.calls import CallTracker
from telephony.events import call_id_for
from telephony.switch import (
    ConsultOrder,
    Originate,
    PhoneOrder,
    RecordOrder,
    SwitchRefused,
    UnknownLeg,
)

NORMAL, REJECTED = "16", "21"  # Q.850 causes
PACKETS_HEARD = "CHANNEL(rtcp,rxcount)"  # so far, from the device
RECORDING_PAUSED = "CRM_RECORDING_PAUSED"  # of the customer's channel


class CallOrders(ABC):
    """The part of `telephony.switch.Switch` that is about calls."""

    def __init__(self, config: AmiConfig, tracker: CallTracker) -> None:
        self.pbx = config.pbx
        self._config = config
        self._tracker = tracker

    @abstractmethod
    def _link(self, action: str) -> Link:
        """Raises SwitchUnavailable."""

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
        channel = self._found(self._tracker.leg_channel(call_id, interface), call_id, interface)
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

    async def hears(self, call_id: UUID, interface: str, for_s: float) -> bool:
        channel = self._channel(call_id, interface)
        before = await self._packets_heard(channel)
        await asyncio.sleep(for_s)
        return await self._packets_heard(channel) != before

    async def _packets_heard(self, channel: str) -> int:
        said = await self._variable(channel, PACKETS_HEARD)
        if not said.isdecimal():  # a channel of another kind
            raise SwitchRefused(f"Getvar: {channel} counts no packets ({said!r})")
        return int(said)

    async def redirect(self, call_id: UUID, context: str, exten: str) -> None:
        channel = self._customer(call_id)
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
        channel = self._customer(call_id)
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

    async def queue_priority(self, call_id: UUID, queue: str, priority: int) -> None:
        channel = self._customer(call_id)
        headers = [("Queue", queue), ("Caller", channel), ("Priority", str(priority))]
        await self._order("QueueChangePriorityCaller", headers)

    async def _order(self, action: str, headers: Headers, fine_when_refused: str = "") -> None:
        try:
            await self._ask(action, headers)
        except SwitchRefused as refused:
            if not fine_when_refused or fine_when_refused not in str(refused):
                raise

    async def _ask(self, action: str, headers: Headers = ()) -> Message:
        return await self._link(action).ask(action, headers)

    def _customer(self, call_id: UUID) -> str:
        channel = self._tracker.customer_channel(call_id)
        if channel is None:
            raise UnknownLeg(f"call {call_id} has no customer any more")
        return channel

    def _talking(self, call_id: UUID, interface: str) -> str:
        """Keys pressed on a channel that is not answered go nowhere."""
        channel = self._channel(call_id, interface)
        if not self._tracker.answered(call_id, interface):
            raise UnknownLeg(f"{interface} has not answered call {call_id}")
        return channel

    def _channel(self, call_id: UUID, interface: str) -> str:
        return self._found(self._tracker.channel(call_id, interface), call_id, interface)

    @staticmethod
    def _found(channel: str | None, call_id: UUID, interface: str) -> str:
        if channel is None:
            raise UnknownLeg(f"{interface} has no leg in call {call_id} any more")
        return channel


def _quoted(value: str) -> str:
    """Asterisk cuts ``Variable:`` at commas and eats quotes and backslashes unless escaped."""
    for sign in '\\",':
        value = value.replace(sign, f"\\{sign}")
    return value
