"""Events about phones and queue members; said only when something changed."""

from __future__ import annotations

from telephony.calls.board import Board
from telephony.events import DeviceState, DeviceStateChanged, MemberChanged
from telephony.wire import Frame

_STATES = {
    "NOT_INUSE": DeviceState.NOT_INUSE,
    "INUSE": DeviceState.INUSE,
    "BUSY": DeviceState.BUSY,
    "RINGING": DeviceState.RINGING,
    "RINGINUSE": DeviceState.RINGING,
    "ONHOLD": DeviceState.ONHOLD,
    "UNAVAILABLE": DeviceState.UNAVAILABLE,
    "INVALID": DeviceState.UNAVAILABLE,
}


class Devices:
    """The last known state of each device and member. ``Queue:support`` and ``Custom:…`` have
    states too, but are no devices."""

    def __init__(self) -> None:
        self._states: dict[str, DeviceState] = {}
        self._members: dict[tuple[str, str], tuple[bool, str]] = {}

    def state(self, board: Board, frame: Frame, at: float) -> None:
        interface = frame.get("Device")
        if "/" not in interface or interface.startswith("Local/"):
            return
        state = _STATES.get(frame.get("State"), DeviceState.UNKNOWN)
        if self._states.get(interface) is not state:
            self._states[interface] = state
            board.say_switch(DeviceStateChanged, at, interface=interface, state=state)

    def member(self, board: Board, frame: Frame, at: float) -> None:
        queue, interface = frame.get("Queue"), _interface(frame)
        if not queue or not interface:
            return
        paused = frame.get("Paused") == "1"
        reason = (frame.get("PausedReason") or frame.get("Reason")) if paused else ""
        if self._members.get((queue, interface)) != (paused, reason):
            self._members[queue, interface] = (paused, reason)
            self._say(board, at, queue, interface, paused, reason)

    def member_removed(self, board: Board, frame: Frame, at: float) -> None:
        self.remove(board, frame.get("Queue"), _interface(frame), at)

    def remove(self, board: Board, queue: str, interface: str, at: float) -> None:
        if self._members.pop((queue, interface), None) is not None:
            self._say(board, at, queue, interface, removed=True)

    def keep_only(self, board: Board, members: set[tuple[str, str]], at: float) -> None:
        """After a resync: members that the switch no longer has are gone."""
        for queue, interface in set(self._members) - members:
            self.remove(board, queue, interface, at)

    def _say(
        self,
        board: Board,
        at: float,
        queue: str,
        interface: str,
        paused: bool = False,
        reason: str = "",
        removed: bool = False,
    ) -> None:
        board.say_switch(
            MemberChanged,
            at,
            queue=queue,
            interface=interface,
            paused=paused,
            reason=reason,
            removed=removed,
        )


def member_key(frame: Frame) -> tuple[str, str]:
    return frame.get("Queue"), _interface(frame)


def _interface(frame: Frame) -> str:
    """The real device, also of a member whose interface is a Local channel. QueueStatus calls
    the interface Location."""
    interface = frame.get("Interface") or frame.get("Location")
    if interface.startswith("Local/"):
        return frame.get("StateInterface") or interface
    return interface
