"""Events of MixMonitor: a call is recorded, recorded as silence, or not any more."""

from __future__ import annotations

from telephony.calls.board import Board
from telephony.calls.model import Call, settled
from telephony.events import RecordingChanged, RecordingState
from telephony.wire import Frame


def started(board: Board, frame: Frame, at: float) -> None:
    _set(board, frame, at, RecordingState.ON)


def stopped(board: Board, frame: Frame, at: float) -> None:
    _set(board, frame, at, RecordingState.OFF)


def muted(board: Board, frame: Frame, at: float) -> None:
    """One direction alone is no pause: the other side is still written down."""
    if frame.get("Direction").lower() == "both":
        paused = frame.get("State") == "1"
        _set(board, frame, at, RecordingState.PAUSED if paused else RecordingState.ON)


def _set(board: Board, frame: Frame, at: float, state: RecordingState) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is not None:
        change(board, settled(channel.call), state, at)


def change(board: Board, call: Call, state: RecordingState, at: float) -> None:
    if call.recording is not state:
        call.recording = state
        board.say(RecordingChanged, call, at, state=state)
