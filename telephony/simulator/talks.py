"""Two parties in a bridge, until one of them goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import Channel
from telephony.simulator.members import Member

if TYPE_CHECKING:
    from telephony.simulator.queues import Queue


class Conversation(Protocol):
    """A `Work` of those who talk, as a consultation leaves it and comes back to it."""

    def answered(self, channel: Channel) -> None: ...

    def gone(self, channel: Channel, cause: int) -> None: ...

    def taken_out(self, channel: Channel) -> None: ...

    def other(self, channel: Channel) -> Channel:
        """With whom this one talks."""

    def left(self, channel: Channel, reason: str) -> None:
        """This one talks no more, though the others may; `reason` as in AgentComplete."""


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

    def left(self, channel: Channel, reason: str) -> None:
        self.finished(reason)

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


class Together:
    """The `Work` of two or three in one bridge who were brought together by a consultation. Each
    may leave; the last two end together."""

    def __init__(self, board: Switchboard, *parties: Channel) -> None:
        self._board = board
        self.parties = list(parties)
        self._before: dict[Channel, Conversation] = {}
        for channel in parties:
            channel.work = self

    def tell_when_gone(self, channel: Channel, talk: Conversation) -> None:
        """What it talked in before is over for it when it leaves."""
        self._before[channel] = talk

    def replace(self, half: Channel, channel: Channel, talk: Conversation) -> None:
        """`channel` takes the place of the Local channel's half that stood for it."""
        self.parties[self.parties.index(half)] = channel
        channel.work = self
        self.tell_when_gone(channel, talk)

    def answered(self, channel: Channel) -> None:
        """All are up already."""

    def gone(self, channel: Channel, cause: int) -> None:
        self._leave(channel)
        rest = self._rest()
        self._board.end(channel, 16)
        self._end(rest)

    def taken_out(self, channel: Channel) -> None:
        self._leave(channel)
        channel.cause = 16
        self._end(self._rest())

    def other(self, channel: Channel) -> Channel:
        return next(one for one in self.parties if one is not channel)

    def left(self, channel: Channel, reason: str) -> None:
        self.parties.remove(channel)
        talk = self._before.pop(channel, None)
        if talk is not None:
            talk.left(channel, reason)

    def _leave(self, channel: Channel) -> None:
        self._board.leave(channel)
        self.left(channel, "caller")

    def _rest(self) -> list[Channel]:
        """Who has nobody left to talk to."""
        if len(self.parties) > 1:
            return []
        rest = list(self.parties)
        for channel in rest:
            self._leave(channel)
        return rest

    def _end(self, channels: list[Channel]) -> None:
        for channel in channels:
            self._board.end(channel, 16)
