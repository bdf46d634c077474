"""What our own dialplan says of itself (`config/asterisk/extensions.conf`), by UserEvent."""

from __future__ import annotations

from collections.abc import Callable

from telephony.calls import linking, queueing
from telephony.calls.board import Board
from telephony.wire import Frame


def _amd(board: Board, frame: Frame, _at: float) -> None:
    """What `AMD()` found behind the answer of a number that was called."""
    channel = board.find(frame.get("Uniqueid"))
    if channel is not None and channel.leg is not None:
        channel.leg.machine = frame.get("Status") == "MACHINE"


_HANDLERS: dict[str, Callable[[Board, Frame, float], None]] = {
    "CrmQueuePriority": queueing.queue_priority,
    "CrmQueueLeft": queueing.queue_left,
    "CrmLinked": linking.linked,
    "CrmAmd": _amd,
}


def said(board: Board, frame: Frame, at: float) -> None:
    """Anybody's UserEvents come here; those of others are not for us."""
    handler = _HANDLERS.get(frame.get("UserEvent"))
    if handler is not None:
        handler(board, frame, at)
