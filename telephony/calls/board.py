"""All live calls of a switch: who belongs to which, and what has been said about it.

Identity: a call is found by any Uniqueid of its channels. Linkedid only says where a *new*
channel begins; what joins calls later is evidence of its own — a dial, a bridge, a Local pair, a
transfer — and joining is union-find (`Call.into`), so nothing depends on the order of evidence.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from telephony.calls.model import Call, Channel, Leg, OpenCall, clock_time, settled
from telephony.calls.topology import Topology, interface_of, presented
from telephony.calls.transitions import LegState
from telephony.events import (
    CallArrived,
    CallEvent,
    ConsultBegan,
    Direction,
    LegRole,
    SwitchEvent,
    TelephonyEvent,
    call_id_for,
)
from telephony.wire import Frame

TOMBSTONE = 60.0  # seconds: events after Hangup come within milliseconds
MAX_TOMBSTONES = 20_000
MAX_EXPECTED = 1_000


class Board:
    def __init__(self, pbx: str, topology: Topology) -> None:
        self.pbx = pbx
        self.topology = topology
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, dict[str, Channel]] = {}
        self.calls: dict[UUID, Call] = {}
        # Uniqueid → number to be dialled, and what kind of call that makes
        self.expected: OrderedDict[str, tuple[str, Direction]] = OrderedDict()
        self.left_open: list[OpenCall] = []  # by a former process of ours, until the first resync
        self.reopened: dict[str, Call] = {}  # while it goes on: those calls, by Uniqueid
        self.strangers = 0  # events about channels that were never seen
        self.said: list[TelephonyEvent] = []  # since the last `take`
        self._tombstones: OrderedDict[str, tuple[UUID | None, float]] = OrderedDict()
        self._seq = 0

    # -- saying --------------------------------------------------------------------------------

    def say(self, event: type[CallEvent], call: Call, at: float, /, **values: Any) -> None:
        """Appends an event about a call that has been announced; others stay unheard."""
        if call.direction is not None:
            self._seq += 1
            self.said.append(event(self.pbx, call.call_id, self._seq, clock_time(at), **values))

    def say_switch(self, event: type[SwitchEvent], at: float, /, **values: Any) -> None:
        self._seq += 1
        self.said.append(event(self.pbx, self._seq, clock_time(at), **values))

    def take(self) -> list[TelephonyEvent]:
        """What was said since the last time."""
        said, self.said = self.said, []
        return said

    # -- finding -------------------------------------------------------------------------------

    def find(self, uniqueid: str) -> Channel | None:
        """The live channel; None when it is ignored, dead or was never seen."""
        channel = self.channels.get(uniqueid)
        if channel is None:
            if uniqueid and uniqueid not in self._tombstones:
                self.strangers += 1
            return None
        return channel if channel.alive else None

    def is_known(self, uniqueid: str) -> bool:
        return uniqueid in self.channels or uniqueid in self._tombstones

    @property
    def remembered(self) -> int:
        return len(self.channels) + len(self._tombstones)

    def legs_of(self, interface: str) -> Iterator[Leg]:
        """The device's legs in all live calls."""
        for call in self.calls.values():
            for leg in call.legs:
                if leg.interface == interface:
                    yield leg

    # -- beginning -----------------------------------------------------------------------------

    def open_channel(
        self,
        uniqueid: str,
        linkedid: str,
        name: str,
        at: float,
        *,
        incoming: bool,
        about: Frame,
        call: Call | None = None,
    ) -> Channel:
        """A new channel, in `call`, else in the one that its Linkedid names, else in one of its
        own; then `about` says who calls whom."""
        call = call or self._call_of(uniqueid, linkedid, at, incoming=incoming, about=about)
        channel = self.add_channel(call, uniqueid, name, about)
        if channel.interface:
            self._open_leg(call, channel, incoming, at)
        return channel

    def add_channel(self, call: Call, uniqueid: str, name: str, about: Frame) -> Channel:
        identity = presented(about.get("CallerIDNum")), about.get("CallerIDName")
        channel = Channel(uniqueid, name, interface_of(name), call, identity=identity)
        self.channels[uniqueid] = channel
        call.channels[uniqueid] = channel
        return channel

    def _call_of(
        self, uniqueid: str, linkedid: str, at: float, *, incoming: bool, about: Frame
    ) -> Call:
        relative = self.channels.get(linkedid)
        if uniqueid in self.reopened:
            return settled(self.reopened[uniqueid])
        if relative is not None:
            return settled(relative.call)
        if linkedid in self.reopened:
            return settled(self.reopened[linkedid])
        recalling = None if incoming else self._recalling(uniqueid, about)
        if recalling is not None:
            return recalling
        number, name = presented(about.get("CallerIDNum")), about.get("CallerIDName")
        call = self.begin(uniqueid, at, number, name, _dialled(about) if incoming else "")
        dead, _ = self._tombstones.get(linkedid, (None, at))
        if dead is not None:
            call.link(dead)
        return call

    def _recalling(self, uniqueid: str, about: Frame) -> Call | None:
        """The call that comes back to who handed it over: the switch begins such a channel by
        itself, and tells no relation."""
        interface = interface_of(about.get("Channel"))
        if not interface or uniqueid in self.expected:
            return None
        for call in self.calls.values():
            if call.recalls == interface:
                return call
        return None

    def begin(self, uniqueid: str, at: float, caller: str, name: str, dialled: str = "") -> Call:
        call = Call(call_id_for(self.pbx, uniqueid), uniqueid, at, caller, name, dialled)
        self.calls[call.call_id] = call
        return call

    def _open_leg(self, call: Call, channel: Channel, incoming: bool, at: float) -> None:
        leg = Leg(channel.uniqueid, channel.interface, channel, LegRole.AGENT, incoming, at)
        if self.topology.is_outside(leg.interface):
            leg.role = LegRole.OUTSIDE
            former = call.principal
            if former is None or not (former.live or former.answered):
                call.principal = leg
                leg.role = LegRole.OUTSIDE if call.consulted_by else LegRole.CUSTOMER
        elif incoming and not call.legs:
            self._note_consultation(call, leg)
        channel.leg = leg
        call.legs.append(leg)

    def _note_consultation(self, call: Call, caller: Leg) -> None:
        """An agent who dials while connected in another call consults somebody about it."""
        for leg in self.legs_of(caller.interface):
            if leg.state is LegState.ANSWERED:
                main = settled(leg.channel.call)
                call.consulted_by = leg
                leg.consulting = call
                call.link(main.call_id)
                main.link(call.call_id)
                return

    def announce(self, call: Call, at: float, direction: Direction | None = None) -> None:
        """Says CallArrived once, as soon as it is clear what kind of call it is."""
        if call.direction is not None or not call.legs:
            return
        call.dialled, expected = self.expected.pop(call.uniqueid, (call.dialled, None))
        call.direction = direction or expected or self._direction(call)
        self.say(
            CallArrived,
            call,
            at,
            uniqueid=call.uniqueid,
            direction=call.direction,
            caller=call.caller,
            caller_name=call.caller_name,
            dialled=call.dialled,
            interface=call.legs[0].interface,
        )
        if call.near is not None and call.consulted_by is not None:
            of = settled(call.consulted_by.channel.call).call_id
            self.say(ConsultBegan, call, at, of=of, interface=call.near.interface)

    def _direction(self, call: Call) -> Direction:
        first = call.legs[0]
        if first.incoming and self.topology.is_outside(first.interface):
            return Direction.INBOUND
        if not first.incoming or call.principal is not None:
            return Direction.OUTBOUND
        return Direction.INTERNAL

    # -- forgetting ----------------------------------------------------------------------------

    def ignore(self, uniqueid: str, at: float) -> None:
        """A channel that must never make a call: as good as dead from its birth."""
        self._tombstones[uniqueid] = (None, at)

    def remove(self, call: Call, at: float) -> None:
        """Takes an ended call off; its Uniqueids stay known for a while."""
        del self.calls[call.call_id]
        for uniqueid in call.channels:
            del self.channels[uniqueid]
            self._tombstones[uniqueid] = (call.call_id, at)
        self._forget(at)

    def _forget(self, now: float) -> None:
        graves = self._tombstones
        while graves:
            _, died = next(iter(graves.values()))
            if now - died < TOMBSTONE and len(graves) <= MAX_TOMBSTONES:
                break
            graves.popitem(last=False)
        while len(self.expected) > MAX_EXPECTED:
            self.expected.popitem(last=False)


def _dialled(frame: Frame) -> str:
    exten = frame.get("Exten")
    return "" if exten == "s" else exten
