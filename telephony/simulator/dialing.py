"""Dial and Originate: one channel rings because another, or the manager, asked for it."""

from __future__ import annotations

from collections.abc import Callable

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Channel
from telephony.simulator.talks import Talk

DIAL_STATUS = {17: "BUSY", 21: "BUSY"}  # all else is NOANSWER


class Dial:
    """`caller`'s dialplan rings `interface`; when it answers they talk.

    When it does not, `otherwise` goes on with the caller, or the caller is hung up.
    """

    def __init__(
        self,
        board: Switchboard,
        caller: Channel,
        interface: str,
        dial_string: str,
        callee: tuple[str, str],
        *,
        timeout_s: float = 60.0,
        otherwise: Callable[[Channel], None] | None = None,
    ) -> None:
        self._board = board
        self._caller = caller
        self._otherwise = otherwise
        caller.application, caller.application_data = "Dial", dial_string
        caller.work = self
        # A phone's number is in its configuration; the outside is told who it is.
        identity = ("", "") if "@" in dial_string else callee
        target = board.new_channel(interface, "crm-agents", "s", parent=caller, caller=identity)
        if identity != callee:
            board.identify(target, *callee)
        target.exten = caller.exten
        target.connected_number, target.connected_name = caller.number, caller.caller_name
        target.work = self
        self._target = target
        board.dial_event("DialBegin", caller, target, ("DialString", dial_string))
        board.ring(target)
        if target.state != UP and not target.gone:
            board.hears_ringing(caller)
            board.dial_event("DialState", caller, target, ("DialStatus", "RINGING"))
            board.clock.callLater(timeout_s, self._timed_out)

    def answered(self, channel: Channel) -> None:
        board, caller, target = self._board, self._caller, self._target
        board.set_state(target, UP)
        board.dial_end(caller, target, "ANSWER")
        if caller.state != UP:
            board.set_state(caller, UP)
        Talk.after_dial(board, caller, target)

    def gone(self, channel: Channel, cause: int) -> None:
        if channel is self._caller:
            self._cancel()
            self._hang_up_caller(channel.cause)  # what it was told before
        else:
            self._fail(DIAL_STATUS.get(cause, "NOANSWER"), cause)

    def taken_out(self, channel: Channel) -> None:
        self._cancel()
        self._board.end(self._target, 16)

    def _cancel(self) -> None:
        self._board.dial_end(self._caller, self._target, "CANCEL")

    def _hang_up_caller(self, cause: int) -> None:
        board = self._board
        board.emit("SoftHangupRequest", [*self._caller.headers(), ("Cause", "16")])
        board.end(self._target, 16)
        board.end(self._caller, cause)

    def _fail(self, status: str, cause: int) -> None:
        board, caller, target = self._board, self._caller, self._target
        board.dial_end(caller, target, status)
        board.end(target, cause)
        if self._otherwise is None:
            caller.tech_cause = target.tech_cause
            board.emit("SoftHangupRequest", [*caller.headers(), ("Cause", "16")])
            board.end(caller, cause)
        else:
            caller.work = None
            self._otherwise(caller)

    def _timed_out(self) -> None:
        if not self._target.gone and self._target.work is self:
            self._fail("NOANSWER", 0)


class Originate:
    """The manager rings `channel`; answered, it goes on in the dialplan by `go_on`."""

    def __init__(
        self,
        board: Switchboard,
        channel: Channel,
        respond: Callable[[bool, int], None],
        go_on: Callable[[Channel], None],
        timeout_s: float,
    ) -> None:
        self._board = board
        self._channel = channel
        self._respond = respond  # OriginateResponse: (success, Reason)
        self._go_on = go_on
        channel.work = self
        number = channel.interface.partition("/")[2]
        board.dial_event("DialBegin", None, channel, ("DialString", number))
        board.ring(channel)
        if not channel.gone and channel.state != UP:
            board.dial_event("DialState", None, channel, ("DialStatus", "RINGING"))
            board.clock.callLater(timeout_s, self._timed_out)

    def answered(self, channel: Channel) -> None:
        self._board.set_state(channel, UP)
        self._respond(True, 4)
        self._board.dial_end(None, channel, "ANSWER")
        channel.work = None
        self._go_on(channel)

    def gone(self, channel: Channel, cause: int) -> None:
        self._fail(DIAL_STATUS.get(cause, "NOANSWER"), 0, cause)

    def taken_out(self, channel: Channel) -> None:
        """Asterisk answers a redirect of a channel that is not up with an error; nothing to do."""

    def _timed_out(self) -> None:
        if not self._channel.gone and self._channel.work is self:
            self._fail("NOANSWER", 3, 19)

    def _fail(self, status: str, reason: int, cause: int) -> None:
        self._board.dial_end(None, self._channel, status)
        self._respond(False, reason)
        self._board.end(self._channel, cause)
