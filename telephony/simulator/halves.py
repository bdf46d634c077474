"""A Local channel: half ;1 stands in a bridge for whoever half ;2's dialplan reaches.

What happens to one half happens to the other: ;2 is answered and so is ;1, one is hung up and so
is the other. Once there is nothing left to do between them they are taken out (`optimise`).
"""

from __future__ import annotations

from collections.abc import Callable

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import DOWN, RING, Channel
from telephony.simulator.talks import Talk, Together


class Halves:
    """The `Party` of both halves. `connected`: half ;2 talks to somebody now."""

    def __init__(
        self,
        board: Switchboard,
        parent: Channel,
        context: str,
        exten: str,
        then: Callable[[], None],
    ) -> None:
        self._board = board
        self._then = then
        self._taken_out = False
        self.near = self._half(parent, context, exten, 1)
        self.far = self._half(parent, context, exten, 2)
        self.far.shown_by = self.near
        self.far.variables = dict(parent.variables)
        board.identify(self.far, parent.number, parent.caller_name)
        place = [("Context", context), ("Exten", exten)]
        self._tell("LocalBridge", *place, ("LocalOptimization", "Yes"))

    @property
    def in_talk(self) -> bool:
        return isinstance(self.far.work, Talk)

    def optimise(self) -> None:
        """Who is beside half ;2 takes half ;1's place."""
        board, near, far = self._board, self.near, self.far
        between, together = far.work, near.work
        if near.gone or far.gone or near.bridge is None:
            return
        assert isinstance(between, Talk)
        assert isinstance(together, Together)
        target, bridge = between.other(far), near.bridge
        self._taken_out = True
        source = [*target.headers("Source"), ("DestUniqueId", far.uniqueid)]
        self._tell("LocalOptimizationBegin", *source, ("Id", "0"))
        board.leave(target)
        board.leave(near)
        board.enter(bridge, target, swap=near)
        together.replace(near, target, between)
        self._tell("LocalOptimizationEnd", ("Success", "No"), ("Id", "0"))
        board.leave(far)
        far.cause = 16
        board.emit("HangupRequest", [*far.headers(), ("Cause", "16")])
        board.end(near, 16)
        board.emit("SoftHangupRequest", [*far.headers(), ("Cause", "16")])
        board.end(far, 16)

    # -- Party -----------------------------------------------------------------------------

    def accepts(self, channel: Channel) -> bool:
        return True

    def rung(self, channel: Channel) -> None:
        """Nobody rings a half."""

    def connected(self, channel: Channel) -> None:
        if channel is self.far:
            self._then()

    def ended(self, channel: Channel) -> None:
        other = self.far if channel is self.near else self.near
        if not self._taken_out and not other.gone:
            self._board.half_hangs_up(other, channel.cause)

    # -- names -----------------------------------------------------------------------------

    def _half(self, parent: Channel, context: str, exten: str, half: int) -> Channel:
        place, number = f"Local/{exten}@{context}", parent.name.rpartition("-")[2]
        state, name = RING if half == 2 else DOWN, f"{place}-{number};{half}"
        channel = self._board.new_channel(
            place, context, exten, state=state, parent=parent, name=name
        )
        channel.party = self
        return channel

    def _tell(self, name: str, *more: tuple[str, str]) -> None:
        both = [*self.near.headers("LocalOne"), *self.far.headers("LocalTwo")]
        self._board.emit(name, [*both, *more])
