"""The switchboard: channels come, ring, answer, meet in bridges and go, and events say so.

Knows nothing of queues or dialplans. Every change of a device tells `watch`ers, as Asterisk's
device states tell app_queue.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from random import Random
from typing import Protocol
from uuid import UUID

from telephony.simulator.bus import Bus
from telephony.simulator.channels import (
    CAUSES,
    DOWN,
    RINGING,
    SIP_ANSWERS,
    UP,
    Bridge,
    Channel,
    Fields,
    Party,
)


class Clock(Protocol):
    """The part of Twisted's reactor (or of its test Clock) that is used here."""

    def callLater(  # noqa: N802 (Twisted's name)
        self, delay: float, call: Callable[..., object], /, *args: object
    ) -> object: ...


class Switchboard:
    def __init__(self, clock: Clock, bus: Bus, rng: Random) -> None:
        self.clock = clock
        self.bus = bus
        self.channels: dict[str, Channel] = {}
        self.parties: dict[str, Party] = {}  # by interface: who picks up there
        self.watchers: list[Callable[[str, str], None]] = []  # (interface, state)
        self.endings: list[Callable[[Channel], None]] = []  # told of each channel that ended
        self._by_device: dict[str, list[Channel]] = {}
        self._states: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._rng = rng

    # -- channels --------------------------------------------------------------------------

    def new_channel(
        self,
        interface: str,
        context: str,
        exten: str,
        *,
        state: int = DOWN,
        uniqueid: str = "",
        parent: Channel | None = None,
        caller: tuple[str, str] = ("", ""),
        name: str = "",
    ) -> Channel:
        """Newchannel. `parent`: the channel that dials it, whose Linkedid it takes. `name`: of a
        Local channel's half; all others are named after their interface."""
        number = next(self._numbers)
        now = self.bus.now()
        uniqueid = uniqueid or f"{int(now)}.{number}"
        channel = Channel(
            name=name or f"{interface}-{number:08x}",
            interface=interface,
            uniqueid=uniqueid,
            linkedid=parent.linkedid if parent else uniqueid,
            context=context,
            exten=exten,
            state=state,
            number=caller[0],
            caller_name=caller[1],
            party=self.parties.get(interface),
            created_at=now,
        )
        self.channels[channel.name] = channel
        self._by_device.setdefault(interface, []).append(channel)
        self.emit("Newchannel", channel.headers())
        return channel

    def identify(self, channel: Channel, number: str, name: str) -> None:
        """NewCallerid: the channel's own number becomes known."""
        channel.number, channel.caller_name = number, name
        presentation = ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")
        self.emit("NewCallerid", [*channel.headers(), presentation])

    def find(self, name: str) -> Channel | None:
        return self.channels.get(name)

    def of(self, interface: str) -> list[Channel]:
        """The device's channels, oldest first."""
        return self._by_device.get(interface, [])

    def ring(self, channel: Channel) -> None:
        """The device behind it rings, and its party hears it; or it is busy."""
        if channel.party and not channel.party.accepts(channel):
            self.party_hangs_up(channel, 17)
            return
        self.set_state(channel, RINGING)
        if channel.party:
            channel.party.rung(channel)

    def hears_ringing(self, caller: Channel) -> None:
        """Whom it dialled rings."""
        if caller.shown_by is not None:
            self.set_state(caller.shown_by, RINGING)
            self.dial_event("DialState", None, caller.shown_by, ("DialStatus", "RINGING"))

    def set_state(self, channel: Channel, state: int) -> None:
        channel.state = state
        self.emit("Newstate", channel.headers())
        self.device_changed(channel.interface)
        if channel.shown_by is not None and state == UP:
            self.set_state(channel.shown_by, UP)
            self.dial_end(None, channel.shown_by, "ANSWER")

    def pick_up(self, channel: Channel) -> bool:
        """The party behind a ringing channel answers."""
        if channel.gone or channel.state != RINGING or channel.work is None:
            return False
        channel.work.answered(channel)
        return True

    def hold(self, channel: Channel, on: bool, music: str = "default") -> bool:
        """This party puts the other on hold, or takes it back."""
        bridge = channel.bridge
        if bridge is None or channel.holding == on:
            return False
        channel.holding = on
        played = [("MusicClass", music)] if on and music else []
        self.emit("Hold" if on else "Unhold", [*channel.headers(), *played])
        for other in bridge.channels:
            if other is not channel:
                other.held = on
                self.device_changed(other.interface)
        return True

    def party_hangs_up(self, channel: Channel, cause: int = 16) -> None:
        """The far end says BYE (or refuses, with another cause)."""
        if channel.gone:
            return
        if channel.state in (DOWN, RINGING) and cause in SIP_ANSWERS:
            channel.cause, channel.tech_cause = cause, SIP_ANSWERS[cause]
        known = [("Cause", str(channel.cause))] if channel.cause else []
        self.emit("HangupRequest", [*channel.headers(), *known, *_tech_cause(channel)])
        self._finish(channel, cause)

    def half_hangs_up(self, half: Channel, cause: int) -> None:
        """A Local channel's half follows the other."""
        half.cause = cause
        self.emit("HangupRequest", [*half.headers(), ("Cause", str(cause))])
        self._finish(half, cause)

    def manager_hangs_up(self, channel: Channel, cause: int) -> None:
        """AMI Hangup: the switch ends it, and tells nobody whose wish it was."""
        if not channel.gone:
            channel.cause = cause
            self._finish(channel, cause)

    def _finish(self, channel: Channel, cause: int) -> None:
        work = channel.work
        if work is not None:
            work.gone(channel, cause)
        else:
            self.end(channel, cause)

    def end(self, channel: Channel, cause: int) -> None:
        """Hangup: the channel is no more."""
        if channel.gone:
            return
        channel.gone = True
        channel.work = None
        channel.cause = cause
        del self.channels[channel.name]
        self._by_device[channel.interface].remove(channel)
        why = [("Cause", str(cause)), ("Cause-txt", CAUSES.get(cause, "Unknown"))]
        self.emit("Hangup", [*channel.headers(), *why, *_tech_cause(channel)])
        self.device_changed(channel.interface)
        if channel.party:
            channel.party.ended(channel)
        for told in self.endings:
            told(channel)

    # -- dialling and bridges --------------------------------------------------------------

    def dial_event(
        self, name: str, caller: Channel | None, target: Channel, *extra: tuple[str, str]
    ) -> None:
        """DialBegin, DialState or DialEnd; `caller` is None for an Originate."""
        near = caller.headers() if caller else []
        self.emit(name, [*near, *target.headers("Dest"), *extra])

    def dial_end(self, caller: Channel | None, target: Channel, status: str) -> None:
        self.dial_event("DialEnd", caller, target, ("DialStatus", status))

    def join(self, callee: Channel, caller: Channel) -> Bridge:
        """A new bridge with both; the callee enters first, as after Dial and Queue."""
        bridge = self.new_bridge()
        for channel in (callee, caller):
            self.enter(bridge, channel)
        for channel in (callee, caller):
            if channel.party:
                channel.party.connected(channel)
        return bridge

    def new_bridge(self) -> Bridge:
        bridge = Bridge(str(UUID(int=self._rng.getrandbits(128), version=4)))
        self.emit("BridgeCreate", bridge.headers())
        return bridge

    def enter(self, bridge: Bridge, channel: Channel, swap: Channel | None = None) -> None:
        """`swap`: the channel whose place it takes."""
        bridge.channels.append(channel)
        channel.bridge = bridge
        if len(bridge.channels) > 2:
            bridge.technology = "softmix"
        instead = [("SwapUniqueid", swap.uniqueid)] if swap else []
        self.emit("BridgeEnter", [*bridge.headers(), *channel.headers(), *instead])

    def leave(self, channel: Channel) -> None:
        bridge = channel.bridge
        if bridge is None:
            return
        bridge.channels.remove(channel)
        channel.bridge = None
        channel.held = channel.holding = False
        self.emit("BridgeLeave", [*bridge.headers(), *channel.headers()])
        if len(bridge.channels) <= 2:
            bridge.technology = "simple_bridge"
        if not bridge.channels:
            self.emit("BridgeDestroy", bridge.headers())

    # -- devices ---------------------------------------------------------------------------

    def device_state(self, interface: str) -> str:
        channels = self.of(interface)
        ringing = any(channel.state == RINGING for channel in channels)
        busy = [channel for channel in channels if channel.state != RINGING]
        if ringing:
            return "RINGINUSE" if busy else "RINGING"
        if not busy:
            return "NOT_INUSE"
        return "ONHOLD" if all(channel.held for channel in busy) else "INUSE"

    def device_changed(self, interface: str) -> None:
        state = self.device_state(interface)
        if self._states.get(interface, "NOT_INUSE") == state:
            return
        self._states[interface] = state
        self.emit("DeviceStateChange", [("Device", interface), ("State", state)])
        for watch in tuple(self.watchers):
            watch(interface, state)

    def emit(self, name: str, headers: Fields, privilege: str = "call,all") -> None:
        self.bus.emit(name, headers, privilege)


def _tech_cause(channel: Channel) -> Fields:
    return [("TechCause", channel.tech_cause)] if channel.tech_cause else []
