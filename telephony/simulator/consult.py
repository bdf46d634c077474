"""Attended transfer by the switch (AMI Atxfer): ask somebody while the caller waits, then go.

Asterisk dials the third party through a Local channel, whose halves are optimised away afterwards;
the log must come out the same, so the events are those of the recording.
"""

from __future__ import annotations

from telephony.simulator.board import Switchboard
from telephony.simulator.channels import DOWN, RING, RINGING, UP, Bridge, Channel, Fields
from telephony.simulator.dialing import DIAL_STATUS
from telephony.simulator.talks import Talk

OPTIMISED_AFTER_S = 0.5


class Consultation:
    """The `Work` of all who take part. The agent hangs up to hand the caller over; if the third
    party declines or leaves, the agent has the caller again."""

    def __init__(
        self, board: Switchboard, talk: Talk, agent: Channel, context: str, exten: str
    ) -> None:
        self._board = board
        self._talk = talk
        self._agent = agent
        self._customer = talk.other(agent)
        assert agent.bridge is not None
        self._bridge = agent.bridge
        agent.work = self._customer.work = self
        board.hold(agent, True, music="")
        self._near = self._half(context, exten, 1)
        self._far = self._half(context, exten, 2)
        self._aside = board.new_bridge()
        board.identify(self._far, agent.number, agent.caller_name)
        place = [("Context", context), ("Exten", exten)]
        self._tell_local("LocalBridge", *place, ("LocalOptimization", "Yes"))
        board.enter(self._aside, self._near)
        board.leave(agent)
        board.enter(self._aside, agent)

    def dial(self, interface: str, dial_string: str, identity: tuple[str, str]) -> None:
        """Rings the third party, seen from the Local channel's far half."""
        board, near, far = self._board, self._near, self._far
        target = board.new_channel(interface, "crm-agents", "s", parent=far, caller=identity)
        self._target = target
        target.work = self
        target.exten = far.exten
        board.dial_event("DialBegin", far, target, ("DialString", dial_string))
        board.identify(near, *identity)
        board.ring(target)
        if not target.gone and target.state != UP:
            board.set_state(near, RINGING)
            board.dial_event("DialState", None, near, ("DialStatus", "RINGING"))
            board.dial_event("DialState", far, target, ("DialStatus", "RINGING"))

    # -- Work ------------------------------------------------------------------------------

    def answered(self, channel: Channel) -> None:
        board, near, far, target = self._board, self._near, self._far, self._target
        board.set_state(target, UP)
        board.dial_end(far, target, "ANSWER")
        board.set_state(far, UP)
        between = board.new_bridge()
        board.enter(between, target)
        board.set_state(near, UP)
        board.dial_end(None, near, "ANSWER")
        board.enter(between, far)
        if target.party:
            target.party.connected(target)

    def gone(self, channel: Channel, cause: int) -> None:
        if channel is self._target:
            self._back_to_the_caller(cause)
        elif channel is self._agent and self._target.state == UP:
            self._hand_over()
        else:
            self._give_up(cause)

    def taken_out(self, channel: Channel) -> None:
        """The caller is sent elsewhere; the consultation ends."""
        self._board.leave(channel)
        self._end_consultation(16)
        self._end_agent()

    def _back_to_the_caller(self, cause: int) -> None:
        board, agent = self._board, self._agent
        self._end_consultation(cause)
        board.leave(agent)
        board.enter(self._bridge, agent)
        agent.holding = True
        board.hold(agent, False)
        self._customer.work = agent.work = self._talk

    def _give_up(self, cause: int) -> None:
        """The caller left, or the agent before anybody answered."""
        self._board.leave(self._customer)
        self._board.end(self._customer, cause)
        self._end_consultation(16)
        self._end_agent()

    def _end_consultation(self, cause: int) -> None:
        board, target = self._board, self._target
        if target.state != UP:
            board.dial_end(self._far, target, DIAL_STATUS.get(cause, "NOANSWER"))
        for channel in (target, self._near, self._far):
            board.leave(channel)
            board.end(channel, cause)

    def _end_agent(self) -> None:
        self._board.leave(self._agent)
        self._talk.finished("agent")
        self._board.end(self._agent, 16)

    def _hand_over(self) -> None:
        board, agent, near = self._board, self._agent, self._near
        second = self._aside
        board.leave(agent)
        board.emit("BridgeMerge", [*self._bridge.headers("To"), *second.headers("From")])
        board.leave(near)
        board.enter(self._bridge, near)
        board.emit("AttendedTransfer", self._transferred(second))
        self._talk.finished("transfer")
        self._customer.held = False
        board.device_changed(self._customer.interface)
        board.end(agent, 16)
        board.identify(self._far, self._customer.number, self._customer.caller_name)
        Talk(board, self._customer, self._target, bridged=True)
        board.clock.callLater(OPTIMISED_AFTER_S, self._optimise)

    def _optimise(self) -> None:
        """The target takes its Local channel's place beside the caller."""
        board, near, far, target = self._board, self._near, self._far, self._target
        if target.gone:
            board.leave(near)
            board.leave(far)
        else:
            source = [*target.headers("Source"), ("DestUniqueId", far.uniqueid)]
            self._tell_local("LocalOptimizationBegin", *source, ("Id", "0"))
            board.leave(target)
            board.leave(near)
            board.enter(self._bridge, target, swap=near)
            self._tell_local("LocalOptimizationEnd", ("Success", "No"), ("Id", "0"))
            board.leave(far)
        far.cause = 16
        board.emit("HangupRequest", [*far.headers(), ("Cause", "16")])
        board.end(near, 16)
        board.emit("SoftHangupRequest", [*far.headers(), ("Cause", "16")])
        board.end(far, 16)

    # -- headers ---------------------------------------------------------------------------

    def _half(self, context: str, exten: str, half: int) -> Channel:
        place, number = f"Local/{exten}@{context}", self._agent.name.rpartition("-")[2]
        state, name = RING if half == 2 else DOWN, f"{place}-{number};{half}"
        return self._board.new_channel(
            place, context, exten, state=state, parent=self._agent, name=name
        )

    def _tell_local(self, name: str, *more: tuple[str, str]) -> None:
        both = [*self._near.headers("LocalOne"), *self._far.headers("LocalTwo")]
        self._board.emit(name, [*both, *more])

    def _transferred(self, second: Bridge) -> Fields:
        agent = self._agent
        parts = [
            [("Result", "Success")],
            agent.headers("OrigTransferer"),
            self._bridge.headers("Orig"),
            agent.headers("SecondTransferer"),
            second.headers("Second"),
            self._customer.headers("Transferee"),
            self._near.headers("TransferTarget"),
            [("IsExternal", "No"), ("DestType", "Bridge")],
            [("DestBridgeUniqueid", self._bridge.uniqueid)],
        ]
        return [header for part in parts for header in part]
