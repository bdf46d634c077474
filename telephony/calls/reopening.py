"""Calls that outlive us: what the log knew of them, and what the switch still has of them.

Rules
1. A call is the log's open call when one of its channels has that call's Uniqueid, or names it as
   its Linkedid; it keeps that call's id.
2. What was known stays: when it began, who called whom, which queues, and the first answer. A leg
   that was there at that answer has answered then; of others only now is known.
3. An open call of which the switch has nothing ended while nobody looked. Its end is inferred, at
   the last look: nobody's time is counted for longer than it was seen.
"""

from __future__ import annotations

from datetime import datetime

from telephony.calls.board import Board
from telephony.calls.joining import end_if_over
from telephony.calls.legs import answer
from telephony.calls.model import Call, Channel, Leg, Mode, OpenCall, settled
from telephony.events import Direction, call_id_for

SLACK_S = 1.0  # a channel's age is told in whole seconds


def reopen(board: Board, known: OpenCall, there: set[str]) -> None:
    """Rule 2. `there` are the Uniqueids that the switch has."""
    call = Call(
        call_id_for(board.pbx, known.uniqueid),
        known.uniqueid,
        known.started_at.timestamp(),
        known.caller,
        known.caller_name,
        known.dialled,
        queues=list(known.queues),
        wait_from=_waits_from(known).timestamp(),
        connected=known.connected_s,
        recalled=known,
    )
    if known.answered_at is not None:
        call.answered_at = known.answered_at.timestamp()
        if not known.connected_s:
            call.connected_since = call.answered_at
    board.calls[call.call_id] = call
    board.reopened[known.uniqueid] = call
    if known.uniqueid not in there:  # who began has left; the others' Linkedid still says so
        gone = Channel(known.uniqueid, "", "", call, alive=False)
        board.channels[known.uniqueid] = call.channels[known.uniqueid] = gone


def _waits_from(known: OpenCall) -> datetime:
    """Of a path of queues only the last one's time is kept; the first is joined soon."""
    return known.queued_at if known.queued_at and len(known.queues) == 1 else known.started_at


def rejoins(call: Call, queue: str) -> datetime | None:
    """When it joined this queue, if it still waits where the log has it."""
    known = call.recalled
    if known is None or call.queue or call.queues[-1:] != [queue]:
        return None
    call.queues.pop()  # joining puts it there again
    return known.queued_at


def end_the_gone(board: Board) -> None:
    """Rule 3, once all channels of the switch are in their calls."""
    reopened, board.reopened = board.reopened, {}
    for call in reopened.values():
        known = call.recalled
        if known is None or any(channel.alive for channel in settled(call).channels.values()):
            continue
        call.direction = known.direction
        call.inferred = True
        call.abandoned = known.direction is Direction.INBOUND
        last = max(known.seen_at, known.started_at, known.answered_at or known.started_at)
        end_if_over(board, call, last.timestamp())


def announce(board: Board, call: Call) -> None:
    """As soon as it has a leg, with the time and the direction it always had."""
    if call.recalled is not None:
        board.announce(call, call.started_at, call.recalled.direction)


def answered(board: Board, call: Call, leg: Leg, now: float) -> None:
    """This leg is up. The earliest answer wins (rule 2)."""
    first = call.answered_at if call.recalled is not None else None
    if first is not None and leg.started_at - SLACK_S <= first:
        leg.started_at = min(leg.started_at, first)
        if not leg.incoming:
            leg.ring_at = leg.started_at  # as far as its channel's age tells
        if answer(board, leg, first):
            leg.mode = Mode.TALK
    elif not leg.incoming:
        answer(board, leg, now)
