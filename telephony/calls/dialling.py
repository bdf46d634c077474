"""Events of a dial: begun, ended; what became of an Originate; the halves of a Local channel."""

from __future__ import annotations

from telephony.calls import consulting
from telephony.calls.board import Board
from telephony.calls.clock import recount
from telephony.calls.joining import join, settle_transfer
from telephony.calls.legs import answer, give_up, ring
from telephony.calls.model import settled
from telephony.wire import Frame


def dial_begin(board: Board, frame: Frame, at: float) -> None:
    """Also without a source: then it is an Originate that dials."""
    dialled = board.find(frame.get("DestUniqueid"))
    if dialled is None:
        return
    uniqueid = frame.get("Uniqueid")
    source = board.find(uniqueid) if uniqueid else None
    call = settled(dialled.call)
    if source is not None:
        consulting.claim(source, dialled)
        call = join(board, source.call, dialled.call, at)
        consulting.dialled(call, frame.get("Exten"))
        if source.leg is not None and not source.leg.incoming and not call.dialled:
            call.dialled = frame.get("Exten")  # click-to-dial: now the number is known
    elif dialled.leg is call.principal and not call.dialled:  # a campaign calls the customer first
        call.dialled = _number(frame.get("DialString"))
    if dialled.leg is not None:
        settle_transfer(board, call, at)
        ring(board, dialled.leg, at)


def _number(dial_string: str) -> str:
    """``13900139000@carrier`` and ``carrier/13900139000`` → the number."""
    number = dial_string.partition("@")[0].rpartition("/")[2]
    return number if number.lstrip("+").isdigit() else ""


def dial_end(board: Board, frame: Frame, at: float) -> None:
    dialled = board.find(frame.get("DestUniqueid"))
    if dialled is None or dialled.leg is None or not dialled.interface:
        return
    status = frame.get("DialStatus")
    if status != "ANSWER":
        give_up(board, dialled.leg, status, at)
    elif answer(board, dialled.leg, at):
        recount(board, dialled.call, at)


def originate_response(board: Board, frame: Frame, _at: float) -> None:
    """Tells the number that an agent dials; of a customer who was called first, only where they
    were then sent. Success and failure are told by the channel itself."""
    channel = board.find(frame.get("Uniqueid"))
    if channel is None:
        return
    call = settled(channel.call)
    if channel.leg is None or channel.leg is not call.principal:
        call.dialled = call.dialled or frame.get("Exten")


def local_bridge(board: Board, frame: Frame, at: float) -> None:
    one, two = board.find(frame.get("LocalOneUniqueid")), board.find(frame.get("LocalTwoUniqueid"))
    if one is not None and two is not None:
        one.mate, two.mate = two, one
        consulting.pair(one, two)
        join(board, one.call, two.call, at)


def pickup(board: Board, frame: Frame, at: float) -> None:
    """A phone takes the call that rings at another one."""
    picker = board.find(frame.get("Uniqueid"))
    target = board.find(frame.get("TargetUniqueid"))
    if picker is None or target is None:
        return
    call = join(board, target.call, picker.call, at)
    if picker.leg is not None:  # it dialled a feature code, and is the one who answers
        picker.leg.incoming = False
        picker.leg.queue = call.queue
    if target.leg is not None and not target.leg.answered:
        give_up(board, target.leg, "CANCEL", at)
