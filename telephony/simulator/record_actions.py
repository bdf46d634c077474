"""What a manager may ask about recording a call. There is no sound, so no file is made."""

from __future__ import annotations

from telephony.simulator.actions import Action, Handlers, Refused, Reply, table
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Channel

RECORDED = "MIXMONITOR_FILENAME"


class RecordActions:
    """Each raises Refused with app_mixmonitor's own words."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def handlers(self) -> Handlers:
        return table(
            ("MixMonitor", "system", self.start),
            ("MixMonitorMute", "system,call", self.mute),
            ("StopMixMonitor", "system,call", self.stop),
        )

    def start(self, action: Action) -> Reply:
        channel = self._channel(action)
        channel.variables[RECORDED] = action.get("File")
        self._board.emit("MixMonitorStart", channel.headers())
        return Reply()

    def mute(self, action: Action) -> Reply:
        channel = self._channel(action)
        direction, state = action.get("Direction") or "both", action.get("State")
        if direction not in ("read", "write", "both"):
            raise Refused("Invalid direction specified. Must be read, write or both")
        if state not in ("0", "1"):
            raise Refused("State must be '0' or '1'")
        if RECORDED not in channel.variables:
            raise Refused("Cannot set mute flag")
        told = [("Direction", direction), ("State", state)]
        self._board.emit("MixMonitorMute", [*channel.headers(), *told])
        return Reply()

    def stop(self, action: Action) -> Reply:
        channel = self._channel(action)
        if channel.variables.pop(RECORDED, None) is None:
            raise Refused("Could not stop monitoring channel")
        self._board.emit("MixMonitorStop", channel.headers())
        return Reply()

    def _channel(self, action: Action) -> Channel:
        channel = self._board.find(action.get("Channel"))
        if channel is None:
            raise Refused("No such channel")
        return channel
