"""Two calls prove to be one contact; a call comes to its end."""

from __future__ import annotations

from telephony.calls import supervising
from telephony.calls.board import Board
from telephony.calls.log import call_log
from telephony.calls.model import Call, Leg, Mode, clock_time, settled
from telephony.calls.recording import change
from telephony.calls.transitions import LegState
from telephony.events import (
    CallEnded,
    CallMerged,
    CallTransferred,
    Direction,
    EndCause,
    LegRole,
    RecordingState,
    TransferKind,
    TransferLog,
)


def join(board: Board, one: Call, other: Call, at: float) -> Call:
    """Both are the same contact from now on; returns what they have become."""
    one, other = settled(one), settled(other)
    if one is other:
        return one
    into, gone = sorted((one, other), key=_seniority)
    if gone.direction is not None:
        board.announce(into, at)
    gone.into = into
    del board.calls[gone.call_id]
    for leg in gone.legs:
        leg.spend(leg.mode, at)
        _adopt(into, leg)
    if into.principal is None:
        into.principal = gone.principal
    for channel in gone.channels.values():
        channel.call = into
    into.channels |= gone.channels
    into.queues += gone.queues
    into.visits += gone.visits
    into.queue = into.queue or gone.queue
    into.abandoned = into.abandoned or gone.abandoned
    into.unseen = into.unseen or gone.unseen
    if into.recording is RecordingState.OFF:
        change(board, into, gone.recording, at)
    into.transfers += gone.transfers
    into.asked = gone.asked or gone.dialled
    into.linked = [known for known in (*into.linked, *gone.linked) if known not in _ids(into, gone)]
    board.say(CallMerged, gone, at, into=into.call_id)
    return into


def _ids(*calls: Call) -> set[object]:
    return {call.call_id for call in calls}


def _seniority(call: Call) -> tuple[bool, bool, float, str]:
    """The customer's call stays; then the older one, so that its id is its first channel's."""
    has_customer = call.principal is not None and call.principal.role is LegRole.CUSTOMER
    return (call.consulted_by is not None, not has_customer, call.started_at, call.uniqueid)


def _adopt(into: Call, leg: Leg) -> None:
    """Takes a leg over. An agent who is in both was consulting: one stay, counted there."""
    if leg.role is LegRole.AGENT and leg.incoming and _stays(into, leg):
        leg.channel.leg = None
        return
    into.legs.append(leg)
    if into.principal is None or leg.role is LegRole.SUPERVISOR:
        return
    if leg.role is LegRole.CUSTOMER:
        leg.role = LegRole.OUTSIDE
    # Until now it spoke to the agent while the customer waited.
    leg.consult += leg.talk
    leg.talk = 0.0
    if leg.mode is Mode.TALK:
        leg.mode = Mode.CONSULT


def _stays(into: Call, leg: Leg) -> bool:
    return any(
        known.interface == leg.interface
        and known.answered
        and known.role is not LegRole.SUPERVISOR
        and (known.ended_at is None or known.ended_at >= leg.started_at)
        for known in into.legs
    )


def transferred(
    board: Board, call: Call, kind: TransferKind, by: str, to: str, when: float, at: float
) -> None:
    call.transfers.append(TransferLog(kind, by, to, clock_time(when)))
    board.say(CallTransferred, call, at, kind=kind, by=by, to=to)


def settle_transfer(board: Board, call: Call, at: float, queue: str = "") -> None:
    """The customer of a pending transfer arrived: in `queue`, or at a device ("")."""
    pending, call.pending = call.pending, None
    if pending is not None and not pending.back:
        kind = TransferKind.QUEUE if queue else TransferKind.BLIND
        transferred(board, call, kind, pending.by, queue or pending.to, pending.at, at)


def hand_over(board: Board, leg: Leg, at: float) -> None:
    """This leg is about to end. Whoever brought a third party in and leaves them with the customer
    has transferred the customer; and nobody has hung up on those who talk on."""
    call = settled(leg.channel.call)
    talking = [
        other
        for other in call.legs
        if other is not leg
        and other.state is LegState.ANSWERED
        and other.role is not LegRole.SUPERVISOR
    ]
    if len(talking) < 2 or leg.state is not LegState.ANSWERED:
        return
    leg.ended_by = leg.ended_by or call.ender
    call.ender = None
    if leg.shares_with and call.principal in talking:
        leg.cause = EndCause.TRANSFERRED
        transferred(board, call, TransferKind.ATTENDED, leg.interface, leg.shares_with, at, at)


def end_if_over(board: Board, call: Call, at: float) -> None:
    """Ends the call when its last channel is gone."""
    call = settled(call)
    if any(channel.alive for channel in call.channels.values()):
        return
    # The last frame to come is not always the last to have been made.
    at = max(at, call.started_at, *(leg.ended_at or at for leg in call.legs))
    supervising.stop_all(board, call, at)
    board.remove(call, at)
    if _was_an_attempt(call):
        board.announce(call, at, Direction.OUTBOUND)
    if call.direction is None:
        return  # an echo test, a feature code: nobody was contacted
    settle_transfer(board, call, at)
    call.meter(False, at)
    board.say(CallEnded, call, at, log=call_log(board.pbx, call, at))


def _was_an_attempt(call: Call) -> bool:
    """A phone dialled a number and got nowhere: the trunk was not even tried."""
    return (
        call.direction is None
        and len(call.legs) == 1
        and not call.legs[0].channel.up
        and call.legs[0].incoming
        and call.dialled.lstrip("+").isdigit()
    )
