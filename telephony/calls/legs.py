"""What a stimulus does to a leg, and what is said about it."""

from __future__ import annotations

from telephony.calls import visits
from telephony.calls.board import Board
from telephony.calls.causes import NO_LINE, NOBODY
from telephony.calls.log import leg_log
from telephony.calls.model import Call, Leg, settled
from telephony.calls.transitions import LegState, Stimulus
from telephony.events import (
    AgentRingEnded,
    AgentRinging,
    CallAnswered,
    Direction,
    LegEnded,
    LegResult,
    LegRole,
)

_BY_STATUS = {
    "BUSY": LegResult.BUSY,
    "NOANSWER": LegResult.NO_ANSWER,
    "CANCEL": LegResult.CANCELLED,
}
# Q.850, as Asterisk derives them from SIP: 486 → 17, 480 and 408 → 18 or 19, 603 → 21.
_BY_CAUSE = {
    "0": LegResult.CANCELLED,
    "16": LegResult.CANCELLED,
    "26": LegResult.CANCELLED,  # answered elsewhere
    "17": LegResult.BUSY,
    "18": LegResult.NO_ANSWER,
    "19": LegResult.NO_ANSWER,
    "21": LegResult.REJECTED,
    "23": LegResult.CANCELLED,  # the phone names another (302)
}


def ring(board: Board, leg: Leg, at: float) -> None:
    """The switch dials this device (transitions, rule 2)."""
    call = settled(leg.channel.call)
    if leg.incoming or not leg.move(Stimulus.RING):
        return
    leg.ring_at = at
    leg.queue = call.queue
    board.announce(call, at)
    if _is_colleague(call, leg):
        call.direction = Direction.INTERNAL
    if _is_called(call, leg):
        call.wait_from = call.wait_from or at
    if leg.role is LegRole.AGENT:
        board.say(
            AgentRinging, call, at, leg_id=leg.leg_id, interface=leg.interface, queue=leg.queue
        )


def answer(board: Board, leg: Leg, at: float) -> bool:
    """True when it is the first answer of this leg."""
    if not leg.move(Stimulus.ANSWER):
        return False
    call = settled(leg.channel.call)
    leg.answered_at = leg.since = at
    leg.result = LegResult.ANSWERED
    call.ender = None
    call.recalls = ""
    if leg.incoming:
        return True
    board.announce(call, at)
    if leg.queue:
        visits.answered(call, leg.queue, at)
    if call.answered_at is None and _is_called(call, leg):
        call.answered_at = at
    board.say(
        CallAnswered,
        call,
        at,
        leg_id=leg.leg_id,
        interface=leg.interface,
        role=leg.role,
        queue=leg.queue,
    )
    return True


def give_up(board: Board, leg: Leg, status: str, at: float) -> None:
    """The dial ended with this DialStatus, not ANSWER."""
    if leg.move(Stimulus.GIVE_UP):
        leg.status = status
        result = _BY_STATUS.get(status, LegResult.FAILED)
        if result is LegResult.NO_ANSWER and leg.queue and not leg.timed_out:
            # A queue says AgentRingNoAnswer before it stops a phone. It did not: somebody hung
            # up the ringing channel (our panel's Reject is such an order).
            result = LegResult.REJECTED
        _end_unanswered(board, leg, result, at)


def leave(board: Board, leg: Leg, cause: str, at: float) -> None:
    """The channel is gone; `cause` matters for a leg that never answered."""
    answered = leg.state is LegState.ANSWERED
    leg.code = leg.code or cause
    if not leg.move(Stimulus.LEAVE):
        return
    if not answered:
        _end_unanswered(board, leg, _BY_CAUSE.get(cause, LegResult.FAILED), at)
        return
    call = settled(leg.channel.call)
    leg.spend(leg.mode, at)
    leg.ended_at = at
    leg.ended_by = leg.ended_by or call.ender or (leg.role if leg.left_first else None)
    leg.log = leg_log(call, leg, at)
    board.say(LegEnded, call, at, log=leg.log)


def _end_unanswered(board: Board, leg: Leg, result: LegResult, at: float) -> None:
    leg.ended_at = at
    if leg.incoming:
        return  # its result is the call's, known at the end
    leg.result = result = _refused(leg) or result
    if leg.role is LegRole.AGENT and leg.ring_at is not None:
        call = settled(leg.channel.call)
        board.say(
            AgentRingEnded, call, at, leg_id=leg.leg_id, interface=leg.interface, result=result
        )


def _refused(leg: Leg) -> LegResult | None:
    """What the device said itself. An agent's phone that rang and then says busy was declined by
    a hand; one that says so at once is busy. DialStatus calls a 603 NOANSWER: the cause knows."""
    if leg.refusal == "17" and leg.rang and leg.role is LegRole.AGENT:
        return LegResult.REJECTED
    if leg.refusal in NO_LINE or leg.refusal in NOBODY:
        return LegResult.FAILED
    return _BY_CAUSE.get(leg.refusal) if leg.refusal in {"17", "18", "19", "21"} else None


def _is_called(call: Call, leg: Leg) -> bool:
    """Whether the call is for this party; click-to-dial rings the phone of the one who calls."""
    if call.direction is Direction.OUTBOUND:
        return leg is call.principal
    return call.direction is Direction.INBOUND or leg is not call.legs[0]


def _is_colleague(call: Call, leg: Leg) -> bool:
    """Click-to-dial looks like an outbound call until it rings at another phone of ours."""
    return (
        call.direction is Direction.OUTBOUND and call.principal is None and leg is not call.legs[0]
    )
