"""What a manager may ask about recording a call. There is no sound; `recorder` makes one up."""

from __future__ import annotations

from telephony.simulator.actions import Action, Handlers, Refused, Reply, table
from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Channel
from telephony.simulator.recorder import Recorder

RECORDED = "MIXMONITOR_FILENAME"


class RecordActions:
    """Each raises Refused with app_mixmonitor's own words."""

    def __init__(self, board: Switchboard, recorder: Recorder) -> None:
        self._board = board
        self._recorder = recorder
        board.endings.append(lambda channel: recorder.stop(channel.uniqueid, board.bus.now()))

    def handlers(self) -> Handlers:
        return table(
            ("MixMonitor", "system", self.start),
            ("MixMonitorMute", "system,call", self.mute),
            ("StopMixMonitor", "system,call", self.stop),
        )

    def start(self, action: Action) -> Reply:
        channel = self._channel(action)
        channel.variables[RECORDED] = action.get("File")
        self._recorder.start(channel.uniqueid, action.get("File"), self._board.bus.now())
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
        if direction == "both":
            self._recorder.mute(channel.uniqueid, state == "1", self._board.bus.now())
        told = [("Direction", direction), ("State", state)]
        self._board.emit("MixMonitorMute", [*channel.headers(), *told])
        return Reply()

    def stop(self, action: Action) -> Reply:
        channel = self._channel(action)
        if channel.variables.pop(RECORDED, None) is None:
            raise Refused("Could not stop monitoring channel")
        self._recorder.stop(channel.uniqueid, self._board.bus.now())
        self._board.emit("MixMonitorStop", channel.headers())
        return Reply()

    def _channel(self, action: Action) -> Channel:
        channel = self._board.find(action.get("Channel"))
        if channel is None:
            raise Refused("No such channel")
        return channel
