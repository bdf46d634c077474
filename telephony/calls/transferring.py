"""Transfers that Asterisk itself names.

It tells of them in no fixed order with what they do: before the bridge is left, after the
transferer's Hangup, after the customer has joined the next queue. So a dead channel counts too.
"""

from __future__ import annotations

from telephony.calls.board import Board
from telephony.calls.clock import recount
from telephony.calls.joining import join, settle_transfer, transferred
from telephony.calls.model import Call, settled
from telephony.calls.topology import interface_of, local_exten
from telephony.events import TransferKind
from telephony.wire import Frame


def blind_transfer(board: Board, frame: Frame, at: float) -> None:
    transferer = board.channels.get(frame.get("TransfererUniqueid"))
    if transferer is None or transferer.leg is None or frame.get("Result") != "Success":
        return
    call = settled(transferer.call)
    call.expect_transfer(transferer.leg, frame.get("Extension"), at)
    if call.queue:
        settle_transfer(board, call, at, call.queue)


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
    dialled = _dialled(frame, call, second is not transferer)
    if transferer.leg is not None:
        transferer.leg.ended_by = transferer.leg.role
    transferred(board, call, TransferKind.ATTENDED, transferer.interface, dialled, at, at)
    recount(board, call, at)


def _dialled(frame: Frame, call: Call, second_call: bool) -> str:
    """What the transferer dialled: in a second call of its own, which has been joined; or by the
    switch, on a Local channel. The frame itself names the target only most of the time."""
    if second_call and call.asked:
        return call.asked
    for channel in reversed(call.channels.values()):
        if channel.alive and channel.name.startswith("Local/"):
            return local_exten(channel.name)
    return interface_of(frame.get("TransferTargetChannel"))
