"""The echo test: one channel that hears itself."""

from __future__ import annotations

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel


class Echo:
    """The `Work` of a channel until it hangs up, or is sent elsewhere."""

    def __init__(self, board: Switchboard, channel: Channel) -> None:
        self._board = board
        channel.work = self
        channel.application = "Echo"
        if channel.state != UP:
            board.set_state(channel, UP)

    def answered(self, channel: Channel) -> None:
        """It is up already."""

    def gone(self, channel: Channel, cause: int) -> None:
        self._board.end(channel, channel.cause)

    def taken_out(self, channel: Channel) -> None:
        """Nothing is held."""
