"""Transfers that Asterisk itself names.

It tells of them in no fixed order with what they do: before the bridge is left, after the
transferer's Hangup, after the customer has joined the next queue. So a dead channel counts too.
"""

from __future__ import annotations

from telephony.calls import consulting
from telephony.calls.board import Board
from telephony.calls.bridging import leave_bridge
from telephony.calls.clock import recount
from telephony.calls.joining import join, settle_transfer, transferred
from telephony.calls.legs import leave
from telephony.calls.model import Call, Leg, settled
from telephony.calls.topology import interface_of, local_exten
from telephony.calls.transitions import LegState
from telephony.events import EndCause, LegRole, TransferKind
from telephony.wire import Frame


def blind_transfer(board: Board, frame: Frame, at: float) -> None:
    transferer = board.channels.get(frame.get("TransfererUniqueid"))
    if transferer is None or transferer.leg is None or frame.get("Result") != "Success":
        return
    call = settled(transferer.call)
    if call.pending is None and transferer.leg.cause is EndCause.TRANSFERRED:
        return  # told late: the customer was seen to leave, and to arrive
    call.expect_transfer(transferer.leg, frame.get("Extension"), at)
    if call.queue:
        settle_transfer(board, call, at, call.queue)
    recount(board, call, at)


def attended_transfer(board: Board, frame: Frame, at: float) -> None:
    """The transferee, the transferer's two channels and the target are one contact now."""
    transferer = board.channels.get(frame.get("OrigTransfererUniqueid"))
    if transferer is None or frame.get("Result") != "Success":
        return
    second = board.channels.get(frame.get("SecondTransfererUniqueid"))
    call = settled(transferer.call)
    for name in ("TransfereeUniqueid", "TransferTargetUniqueid", "SecondTransfererUniqueid"):
        other = board.channels.get(frame.get(name))
        if other is not None:
            call = join(board, call, other.call, at)
    leg, dialled = transferer.leg, _dialled(board, frame, call, second is not transferer)
    if leg is not None and frame.get("DestType") == "Threeway":
        leg.shares_with = dialled
        consulting.resume(board, leg, at)
    else:
        if leg is not None:
            leg.ended_by, leg.cause = leg.role, EndCause.TRANSFERRED
        transferred(board, call, TransferKind.ATTENDED, transferer.interface, dialled, at, at)
        if leg is not None and second is transferer:
            # Handed over while it rings: the switch keeps the channel until somebody answers.
            leave_bridge(board, transferer)
            leave(board, leg, "", at)
            if not any(other.state is LegState.ANSWERED for other in _others(call)):
                call.recalls = leg.interface
    recount(board, call, at)


def _others(call: Call) -> list[Leg]:
    return [
        leg for leg in call.legs if leg is not call.principal and leg.role is not LegRole.SUPERVISOR
    ]


def _dialled(board: Board, frame: Frame, call: Call, second_call: bool) -> str:
    """What the transferer dialled: in a second call of its own, which has been joined; or by the
    switch, on a Local channel. The frame itself names the target only most of the time."""
    if second_call and call.asked:
        return call.asked
    for channel in reversed(call.channels.values()):
        if channel.alive and board.topology.is_consultation(channel.name):
            return call.asked
        if channel.alive and channel.name.startswith("Local/"):
            return local_exten(channel.name)
    return interface_of(frame.get("TransferTargetChannel"))
