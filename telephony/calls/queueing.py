"""Events of queues: joined, offered, left."""

from __future__ import annotations

from telephony.calls import consulting, visits
from telephony.calls.board import Board
from telephony.calls.joining import settle_transfer
from telephony.calls.legs import give_up, ring
from telephony.calls.model import Call, Visit, settled
from telephony.events import CallQueued, CallUnqueued
from telephony.wire import Frame


def caller_join(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    queue = frame.get("Queue")
    if channel is not None and queue:
        visit = Visit(queue, at, visits.place_of(frame), channel.uniqueid)
        join_queue(board, settled(channel.call), visit, _number(frame, "Position"), at)


def join_queue(board: Board, call: Call, visit: Visit, position: int, at: float) -> None:
    queue = visit.queue
    if call.queue == queue:
        return
    # The frame's Priority is the dialplan's, not the caller's: 0 says "not known here".
    visit.priority, call.priority = visit.priority or call.priority, 0
    visits.begin(call, visit)
    call.abandoned = False
    call.queue = queue
    _arrive(board, call, queue, at)
    board.say(CallQueued, call, at, queue=queue, priority=visit.priority, position=position)


def _arrive(board: Board, call: Call, queue: str, at: float) -> None:
    call.queues.append(queue)
    call.wait_from = call.wait_from or at
    consulting.dialled(call, queue)
    board.announce(call, at)
    settle_transfer(board, call, at, queue)


def caller_leave(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None:
        return
    call = settled(channel.call)
    if call.queue and call.queue == frame.get("Queue"):
        visits.left(call, call.queue, at, visits.place_of(frame))
        board.say(CallUnqueued, call, at, queue=call.queue)
        call.queue = ""


def caller_abandon(board: Board, frame: Frame, _at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None:
        return
    call = settled(channel.call)
    if not call.visits:  # it began before we did
        call.abandoned = True
    hung_up = channel.leg is not None and call.ender is channel.leg.role
    visits.abandoned(call, frame.get("Queue", call.queue), visits.place_of(frame), hung_up=hung_up)


def queue_priority(board: Board, frame: Frame, _at: float) -> None:
    """Our dialplan: the caller is about to join a queue with this priority."""
    channel = board.find(frame.get("Uniqueid"))
    if channel is not None:
        settled(channel.call).priority = _number(frame, "QueuePriority")


def queue_left(board: Board, frame: Frame, at: float) -> None:
    """Our dialplan: why Queue() came back."""
    channel = board.find(frame.get("Uniqueid"))
    queue = frame.get("Queue")
    if channel is None or not queue:
        return
    call = settled(channel.call)
    if visits.told(call, queue, frame.get("Status"), at):
        call.priority = 0
        _arrive(board, call, queue, at)


def agent_called(board: Board, frame: Frame, at: float) -> None:
    """The pop's trigger: the INVITE is on its way to the agent's phone."""
    offered = board.find(frame.get("DestUniqueid"))
    if offered is not None and offered.leg is not None:
        caller = board.channels.get(frame.get("Uniqueid"))
        if caller is not None:
            consulting.claim(caller, offered)
        ring(board, offered.leg, at)


def agent_ring_no_answer(board: Board, frame: Frame, at: float) -> None:
    """Fires many times a second when a phone is gone; then there is no channel, and no leg."""
    uniqueid = frame.get("DestUniqueid")
    offered = board.find(uniqueid) if uniqueid else None
    if offered is not None and offered.leg is not None:
        offered.leg.timed_out = True
        give_up(board, offered.leg, "NOANSWER", at)


def _number(frame: Frame, name: str) -> int:
    value = frame.get(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
