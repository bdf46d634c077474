"""Two parties in a bridge, until one of them goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Channel
from telephony.simulator.members import Member

if TYPE_CHECKING:
    from telephony.simulator.queues import Queue


class Talk:
    """The `Work` of both channels. `caller` is the one whose dialplan made the call."""

    def __init__(
        self, board: Switchboard, caller: Channel, callee: Channel, bridged: bool = False
    ) -> None:
        """`bridged`: they are together already."""
        self.board = board
        self.caller = caller
        self.callee = callee
        caller.work = callee.work = self
        if not bridged:
            board.join(callee, caller)

    @classmethod
    def after_dial(cls, board: Switchboard, caller: Channel, callee: Channel) -> None:
        """Dial leaves its normal cause on both channels; Queue does not."""
        caller.cause = callee.cause = 16
        cls(board, caller, callee)

    def answered(self, channel: Channel) -> None:
        """Both are up already."""

    def gone(self, channel: Channel, cause: int) -> None:
        board, other = self.board, self.other(channel)
        self.finished("caller" if channel is self.caller else "agent")
        board.leave(channel)
        board.leave(other)
        if channel is self.callee:
            board.end(channel, 16)
        board.emit("SoftHangupRequest", [*self.caller.headers(), ("Cause", "16")])
        board.end(self.caller, 16)
        board.end(self.callee, 16)

    def taken_out(self, channel: Channel) -> None:
        other = self.other(channel)
        self.board.leave(channel)
        self.board.leave(other)
        self.finished("transfer")
        channel.cause = 16
        self.board.end(other, 16)

    def finished(self, reason: str) -> None:
        """`reason` as in AgentComplete: who ended it."""

    def other(self, channel: Channel) -> Channel:
        return self.callee if channel is self.caller else self.caller


class QueueTalk(Talk):
    """A talk that a queue arranged: its member is told when it is over."""

    def __init__(
        self,
        board: Switchboard,
        queue: Queue,
        member: Member,
        caller: Channel,
        callee: Channel,
        *,
        waited_s: float,
    ) -> None:
        self._queue = queue
        self._member = member
        self._waited = waited_s
        self._since = board.bus.now()
        super().__init__(board, caller, callee)

    def finished(self, reason: str) -> None:
        talked = self.board.bus.now() - self._since
        fields = [
            *self.caller.headers(),
            *self.callee.headers("Dest"),
            ("Queue", self._queue.name),
            ("Interface", self._member.interface),
            ("MemberName", self._member.name),
            ("HoldTime", str(int(self._waited))),
            ("TalkTime", str(int(talked))),
            ("Reason", reason),
        ]
        self.board.emit("AgentComplete", fields, "agent,all")
        self._queue.talked(self._member)
