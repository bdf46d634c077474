"""Attended transfer by the switch (AMI Atxfer): ask somebody while the other side waits.

Asterisk dials through a Local channel, puts the agent beside it in a bridge of their own, and
obeys keys that the agent's channel sends (`keys`). The events are those of the recordings.
"""

from __future__ import annotations

from collections.abc import Callable

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import UP, Bridge, Channel, Fields
from telephony.simulator.halves import Halves
from telephony.simulator.talks import Conversation, Together
from telephony.switch import ConsultOrder

OPTIMISED_AFTER_S = 0.45
RECALL_S = 30.0  # atxfernoanswertimeout


class Consultation:
    """The `Work` of the agent, the customer and the Local half beside the agent, until one of them
    has left for good or all are together. To hang up is to hand over."""

    def __init__(
        self,
        board: Switchboard,
        talk: Conversation,
        agent: Channel,
        place: tuple[str, str],
        run: Callable[[Channel], None],
    ) -> None:
        """`run` is the dialplan: it takes half ;2 from `place` (context, exten) to whom it asks."""
        self._board = board
        self._talk = talk
        self.agent = agent
        self._customer = talk.other(agent)
        assert agent.bridge is not None
        self._main = agent.bridge
        agent.work = self._customer.work = self
        board.hold(agent, True, music="")
        self._halves = Halves(board, agent, *place, self._answered)
        self._near = self._halves.near
        self._near.work = self
        self._aside = board.new_bridge()
        self._with_customer = False
        self._left_ringing = False  # the agent handed over before anybody answered
        board.enter(self._aside, self._near)
        board.leave(agent)
        board.enter(self._aside, agent)
        run(self._halves.far)

    def order(self, order: ConsultOrder) -> None:
        if self._left_ringing:
            return
        if order is ConsultOrder.SWAP:
            self._swap()
        elif order is ConsultOrder.CANCEL:
            self._cancel()
        elif order is ConsultOrder.COMPLETE:
            self._hand_over(hung_up=False)
        elif self._near.state == UP:
            self._bring_together()

    # -- Work ------------------------------------------------------------------------------

    def answered(self, channel: Channel) -> None:
        """The agent is rung again after a hand-over that nobody took."""
        board = self._board
        board.set_state(channel, UP)
        board.dial_end(None, channel, "ANSWER")
        board.enter(self._main, channel)
        Together(board, self._customer, channel)
        board.end(self.agent, 16)

    def gone(self, channel: Channel, cause: int) -> None:
        if channel is self._near:
            self._not_reached(cause)
        elif channel is self._customer:
            self._customer_left()
            self._board.end(channel, 16)
        elif channel is not self.agent:
            self._not_taken_back(channel, cause)
        elif self._left_ringing:
            self._board.end(channel, 16)
        else:
            self._hand_over(hung_up=True)

    def taken_out(self, channel: Channel) -> None:
        """The customer is sent elsewhere."""
        self._customer_left()

    # -- what happens ----------------------------------------------------------------------

    def _answered(self) -> None:
        if self._left_ringing and not self._near.gone:
            Together(self._board, self._customer, self._near)
            self._board.end(self.agent, 16)
        if isinstance(self._near.work, Together):
            self._board.clock.callLater(0, self._halves.optimise)

    def _swap(self) -> None:
        self._board.hold(self.agent, True, music="")
        self._move(self._aside if self._with_customer else self._main)

    def _move(self, bridge: Bridge) -> None:
        """The agent goes to those in that bridge, who need not wait any more."""
        board, agent = self._board, self.agent
        board.leave(agent)
        board.enter(bridge, agent)
        agent.holding = True
        board.hold(agent, False)
        self._with_customer = bridge is self._main

    def _cancel(self) -> None:
        if not self._with_customer:
            self._move(self._main)
        self._back_to_the_talk()
        self._board.leave(self._near)
        self._board.end(self._near, 16)

    def _not_reached(self, cause: int) -> None:
        """Declined, not there, or gone again: the agent has the customer."""
        board, near = self._board, self._near
        board.leave(near)
        if self._left_ringing:
            board.end(near, cause)
            self._ring_again()
            return
        if not self._with_customer:
            self._move(self._main)
        self._back_to_the_talk()
        board.end(near, cause or 16)

    def _back_to_the_talk(self) -> None:
        self._customer.work = self.agent.work = self._talk

    def _customer_left(self) -> None:
        board, customer = self._board, self._customer
        board.leave(customer)
        if self._left_ringing:
            board.leave(self._near)
            board.end(self._near, 16)
            board.end(self.agent, 16)
            return
        self._talk.left(customer, "caller")
        if self._with_customer:
            self._move(self._aside)
        Together(board, self.agent, self._near)
        if self._halves.in_talk:
            board.clock.callLater(0, self._halves.optimise)

    def _hand_over(self, *, hung_up: bool) -> None:
        board, agent, near = self._board, self.agent, self._near
        if hung_up:
            board.leave(agent)
        self._merge()
        if not hung_up:
            board.leave(agent)
        board.emit("AttendedTransfer", self._transferred("Bridge"))
        self._talk.left(agent, "transfer")
        self._customer_is_free()
        self._left_ringing = near.state != UP
        if self._left_ringing:
            if hung_up:
                board.end(agent, 16)
            return
        board.end(agent, 16)
        Together(board, self._customer, near)
        if self._halves.in_talk:
            board.clock.callLater(OPTIMISED_AFTER_S, self._halves.optimise)

    def _bring_together(self) -> None:
        board, agent = self._board, self.agent
        self._merge()
        if not self._with_customer:
            board.leave(agent)
            board.enter(self._main, agent)
        board.emit("AttendedTransfer", self._transferred("Threeway"))
        self._customer_is_free()
        together = Together(board, self._customer, self._near, agent)
        together.tell_when_gone(agent, self._talk)
        if self._halves.in_talk:
            board.clock.callLater(OPTIMISED_AFTER_S, self._halves.optimise)

    def _merge(self) -> None:
        board, near = self._board, self._near
        board.emit("BridgeMerge", [*self._main.headers("To"), *self._aside.headers("From")])
        board.leave(near)
        board.enter(self._main, near)

    def _customer_is_free(self) -> None:
        self._customer.held = False
        self._board.device_changed(self._customer.interface)

    # -- handed over while it rang, and nobody answered ------------------------------------

    def _ring_again(self) -> None:
        board, agent = self._board, self.agent
        again = board.new_channel(
            agent.interface, "crm-agents", "s", caller=(agent.number, agent.caller_name)
        )
        again.work = self
        dialled = ("DialString", agent.interface.partition("/")[2])
        board.dial_event("DialBegin", None, again, dialled)
        board.clock.callLater(RECALL_S, self._too_late, again)
        board.ring(again)

    def _too_late(self, again: Channel) -> None:
        if not again.gone and again.work is self:
            self._not_taken_back(again, 19)

    def _not_taken_back(self, again: Channel, cause: int) -> None:
        """Asterisk would try both ways twice more; here the customer hears that nobody is there."""
        board = self._board
        board.dial_end(None, again, "NOANSWER")
        for channel in (again, self.agent, self._customer):
            board.leave(channel)
            board.end(channel, cause if channel is again else 16)

    # -- headers ---------------------------------------------------------------------------

    def _transferred(self, kind: str) -> Fields:
        agent = self.agent
        parts = [
            [("Result", "Success")],
            agent.headers("OrigTransferer"),
            self._main.headers("Orig"),
            agent.headers("SecondTransferer"),
            self._aside.headers("Second"),
            self._customer.headers("Transferee"),
            self._near.headers("TransferTarget"),
            [("IsExternal", "No"), ("DestType", kind)],
            [("DestBridgeUniqueid", self._main.uniqueid)],
        ]
        if kind == "Threeway":
            parts.append([("DestTransfererChannel", agent.name)])
        return [header for part in parts for header in part]
