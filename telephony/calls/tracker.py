"""Frames of one switch → telephony events, in the switch's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from telephony.calls import (
    bridging,
    channels,
    consulting,
    dialling,
    queueing,
    recording,
    resync,
    supervising,
    transferring,
    user_events,
)
from telephony.calls.board import Board
from telephony.calls.devices import Devices
from telephony.calls.model import Call, Leg, LiveCall, LiveLeg, OpenCall, clock_time, settled
from telephony.calls.switch_clock import SwitchClock
from telephony.calls.topology import Topology
from telephony.events import Direction, SwitchConnected, SwitchLost, TelephonyEvent
from telephony.problems import Problem
from telephony.wire import Frame

REMEMBERED = 512  # frames within which a repeated one is recognised, at least
YEAR_9999 = 253_370_764_800.0  # what a datetime can still hold

Handler = Callable[[Board, Frame, float], None]


@dataclass(slots=True)
class TrackerCounters:
    """`frames` were read, `unwanted` passed over by name, `repeated` seen before, `undated`
    without a Timestamp of the switch; `strangers` were about channels never seen. `remembered` is
    how many Uniqueids are kept just now, of live calls and of those that ended lately."""

    frames: int = 0
    unwanted: int = 0
    repeated: int = 0
    undated: int = 0
    strangers: int = 0
    remembered: int = 0


class CallTracker:
    """Not thread-safe; never raises on what it is fed."""

    def __init__(self, pbx: str, topology: Topology | None = None) -> None:
        self.pbx = pbx
        self._board = Board(pbx, topology or Topology())
        self._devices = Devices()
        self._clock = SwitchClock()
        self._counters = TrackerCounters()
        # Frames by Timestamp, in two generations: the older one is dropped when the newer is full.
        self._recent: dict[bytes, tuple[bytes, ...]] = {}
        self._older: dict[bytes, tuple[bytes, ...]] = {}
        self._handlers = _HANDLERS | {
            "DeviceStateChange": self._devices.state,
            "QueueMemberAdded": self._devices.member,
            "QueueMemberPause": self._devices.member,
            "QueueMemberRemoved": self._devices.member_removed,
        }

    def feed(self, frame: Frame, received_at: datetime) -> list[TelephonyEvent]:
        """What this frame makes happen. Dated by its Timestamp, else by `received_at` (UTC)."""
        handler = self._handlers.get(frame.event)
        if handler is None:
            self._counters.unwanted += 1
            return []
        self._counters.frames += 1
        stamp = frame.stamp()
        try:
            at = float(stamp)
        except ValueError:
            at = 0.0
        if not 0.0 < at < YEAR_9999:
            self._counters.undated += 1
            at = received_at.timestamp()
        elif self._is_repeated(stamp, frame.raw):
            self._counters.repeated += 1
            return []
        else:
            self._clock.heard(at, received_at.timestamp())
        handler(self._board, frame, at)
        return self._board.take() if self._board.said else []

    def resync(self, snapshot: resync.ResyncSnapshot, now: datetime) -> list[TelephonyEvent]:
        """`now` is by our clock; what follows is dated by the switch's."""
        resync.apply(self._board, self._devices, snapshot, self._clock.at(now.timestamp()))
        return self._board.take()

    def connected(self, version: str, now: datetime) -> SwitchConnected:
        self._board.say_switch(SwitchConnected, now.timestamp(), version=version)
        (event,) = self._board.take()
        assert isinstance(event, SwitchConnected)
        return event

    def lost(self, problem: Problem, now: datetime) -> SwitchLost:
        self._board.say_switch(SwitchLost, now.timestamp(), problem=problem)
        (event,) = self._board.take()
        assert isinstance(event, SwitchLost)
        return event

    def recall(self, calls: Iterable[OpenCall]) -> None:
        """Before the first resync: what it then finds of these calls goes on, the others end."""
        self._board.left_open += calls

    def expect(self, uniqueid: str, number: str, internal: bool = False) -> None:
        """Before an Originate: the call that begins with this Uniqueid will dial `number`, which is
        a colleague's extension when `internal`."""
        direction = Direction.INTERNAL if internal else Direction.OUTBOUND
        self._board.expected[uniqueid] = (number, direction)

    def hanging_up(self, call_id: UUID, interface: str) -> bool:
        """Before an AMI Hangup, for no event says whose wish it was: a phone that rings declines,
        one that talks ends the call. True when it rings."""
        leg = self._leg(call_id, interface)
        if leg is None:
            return False
        if leg.answered:
            settled(leg.channel.call).ender = leg.role
        else:
            leg.refusal = "21"
        return not leg.answered

    def channel(self, call_id: UUID, interface: str) -> str | None:
        """The name of the device's channel in the call: the newest that lives. In a consultation
        that the switch holds it is the one in the customer's call."""
        leg = self._leg(call_id, interface)
        if leg is None:
            return None
        call = settled(leg.channel.call)
        agent = call.consulted_by if leg is call.near else None
        return agent.channel.name if agent is not None else leg.channel.name

    def leg_channel(self, call_id: UUID, interface: str) -> str | None:
        """The channel whose end ends the device's stay in the call, and in no other."""
        leg = self._leg(call_id, interface)
        return leg.channel.name if leg else None

    def answered(self, call_id: UUID, interface: str) -> bool:
        """Whether the device is in the call, and does not only ring."""
        leg = self._leg(call_id, interface)
        return leg is not None and (leg.answered or leg.incoming)

    def consults(self, call_id: UUID, interface: str) -> bool:
        """Whether this agent consults somebody about the call, through the switch; also when the
        call is that consultation."""
        leg = self._leg(call_id, interface)
        if leg is None:
            return False
        is_near = settled(leg.channel.call).near is leg
        return is_near or consulting.aside(self._board, leg) is not None

    def customer_channel(self, call_id: UUID) -> str | None:
        call = self._board.calls.get(call_id)
        if call is None or call.principal is None or not call.principal.live:
            return None
        return call.principal.channel.name

    def live_calls(self) -> tuple[LiveCall, ...]:
        """All announced calls that have not ended."""
        return tuple(_live(call) for call in self._board.calls.values() if call.direction)

    @property
    def counters(self) -> TrackerCounters:
        self._counters.strangers = self._board.strangers
        self._counters.remembered = self._board.remembered
        return self._counters

    def _leg(self, call_id: UUID, interface: str) -> Leg | None:
        call = self._board.calls.get(call_id)
        for leg in reversed(call.legs if call else ()):
            if leg.interface == interface and leg.live and leg.channel.alive:
                return leg
        return None

    def _is_repeated(self, stamp: bytes, raw: bytes) -> bool:
        """The same bytes with the same microsecond: AMI said it twice, or somebody replayed."""
        alike = self._recent.get(stamp) or self._older.get(stamp) or ()
        if raw in alike:
            return True
        if len(self._recent) >= REMEMBERED:
            self._older, self._recent = self._recent, {}
        self._recent[stamp] = (*alike, raw)
        return False


_HANDLERS: dict[str, Handler] = {
    "Newchannel": channels.newchannel,
    "Newstate": channels.newstate,
    "Rename": channels.rename,
    "Hold": channels.hold,
    "Unhold": channels.unhold,
    "HangupRequest": channels.hangup_request,
    "Hangup": channels.hangup,
    "DialBegin": dialling.dial_begin,
    "DialEnd": dialling.dial_end,
    "OriginateResponse": dialling.originate_response,
    "LocalBridge": dialling.local_bridge,
    "Pickup": dialling.pickup,
    "ChanSpyStart": supervising.started,
    "ChanSpyStop": supervising.stopped,
    "BridgeEnter": bridging.bridge_enter,
    "BridgeLeave": bridging.bridge_leave,
    "BridgeMerge": bridging.bridge_merge,
    "BlindTransfer": transferring.blind_transfer,
    "AttendedTransfer": transferring.attended_transfer,
    "QueueCallerJoin": queueing.caller_join,
    "QueueCallerLeave": queueing.caller_leave,
    "QueueCallerAbandon": queueing.caller_abandon,
    "AgentCalled": queueing.agent_called,
    "AgentRingNoAnswer": queueing.agent_ring_no_answer,
    "UserEvent": user_events.said,
    "MixMonitorStart": recording.started,
    "MixMonitorStop": recording.stopped,
    "MixMonitorMute": recording.muted,
}


def _live(call: Call) -> LiveCall:
    call = settled(call)
    assert call.direction is not None
    return LiveCall(
        call_id=call.call_id,
        direction=call.direction,
        caller=call.caller,
        caller_name=call.caller_name,
        dialled=call.dialled,
        queue=call.queue,
        queues=tuple(call.queues),
        started_at=clock_time(call.started_at),
        answered_at=clock_time(call.answered_at) if call.answered_at else None,
        legs=tuple(
            LiveLeg(leg.leg_id, leg.interface, leg.role, leg.state.name.lower(), leg.holding)
            for leg in call.legs
            if leg.live
        ),
        recording=call.recording,
        consult_of=_consult_of(call),
    )


def _consult_of(call: Call) -> UUID | None:
    if call.near is None or call.consulted_by is None:
        return None
    return settled(call.consulted_by.channel.call).call_id
