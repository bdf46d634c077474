"""What a recording's length, silence and the log say about each other.

Rules
1. What we saw of the recording (it began, paused, went on) counts when we saw all of it; a file
   that is longer than that shows that we did not.
2. Otherwise it ended with the call, and its pauses are where the file is digitally silent for a
   second: a switch that pauses writes zeros, so that they survive our restart.
3. It should be as long as the call from its beginning on; a call that is always recorded, as long
   as that was connected. More than 3 s and 5 % off is worth a word.
4. What was paused must be silent.

Seconds are from the recording's beginning. Pure: no clock, no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from callcenter.domain.recording_problems import RecordingProblem

Span = tuple[float, float]
"""(from, to), in seconds."""

OFF_S: Final = 3.0
OFF_SHARE: Final = 0.05
PAUSE_S: Final = 1.0  # shorter silence is no pause
EDGE_S: Final = 0.7  # between the switch's word and the file's silence
SILENT_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody of ours (or a third party) in the call, from their answer until they left."""

    leg: UUID
    user_id: UUID | None
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What the switch said while it recorded. `pauses`: (from, until; None: until the end).
    `ended_at`: when it was stopped before the call's end. `whole`: nothing was said while we did
    not listen."""

    began_at: datetime
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    ended_at: datetime | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    leg: UUID
    user_id: UUID | None
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Settled:
    """`short`: its length is not the call's. `leaks`: something paused is not silent."""

    began_at: datetime
    parts: tuple[Part, ...]
    pauses: tuple[Span, ...]
    short: bool
    leaks: bool
    problems: tuple[RecordingProblem, ...]


def settle(
    *,
    seconds: float,
    silences: Sequence[Span],
    ended_at: datetime,
    connected_s: float,
    always: bool,
    stays: Iterable[Stay],
    told: Told | None,
) -> Settled:
    """`silences`: where the file holds zeros only. `always`: the queue records every call."""
    if told is not None and told.ended_at is not None:
        ended_at = min(ended_at, told.ended_at)
    known = told if told is not None and _fits(told, seconds, ended_at) else None
    if known is not None:
        began_at = known.began_at
        said = tuple(_spans(known, seconds))
        pauses = tuple(_snapped(pause, silences) for pause in said)
        expected: float | None = (ended_at - began_at).total_seconds()
        loud = [pause for pause in said if not _silent(pause, silences)]
    else:
        began_at = ended_at - timedelta(seconds=seconds)
        pauses = tuple(run for run in silences if run[1] - run[0] >= PAUSE_S)
        expected = connected_s if always else None
        loud = []
    short = expected is not None and _is_off(seconds, expected)
    problems = [RecordingProblem("leak", {"from_s": a, "to_s": b}) for a, b in loud]
    if short and expected is not None:
        length = {"sound_s": round(seconds, 2), "talk_s": round(expected, 2)}
        problems.insert(0, RecordingProblem("length", length))
    return Settled(
        began_at,
        tuple(parts(stays, began_at, seconds)),
        pauses,
        short,
        bool(loud),
        tuple(problems),
    )


def parts(stays: Iterable[Stay], began_at: datetime, seconds: float) -> Iterable[Part]:
    """Who is in the recording, from when to when."""
    for stay in stays:
        start = max(0.0, (stay.began_at - began_at).total_seconds())
        end = min(seconds, (stay.ended_at - began_at).total_seconds())
        if start < end:
            yield Part(stay.leg, stay.user_id, round(start, 2), round(end, 2))


def _fits(told: Told, seconds: float, ended_at: datetime) -> bool:
    return told.whole and seconds <= (ended_at - told.began_at).total_seconds() + OFF_S


def _is_off(seconds: float, expected: float) -> bool:
    off = abs(seconds - expected)
    return off > OFF_S and off > expected * OFF_SHARE


def _spans(told: Told, seconds: float) -> Iterable[Span]:
    for start, end in told.pauses:
        from_s = max(0.0, (start - told.began_at).total_seconds())
        to_s = min(seconds, (end - told.began_at).total_seconds() if end else seconds)
        if from_s < to_s:
            yield round(from_s, 2), round(to_s, 2)


def _snapped(pause: Span, silences: Sequence[Span]) -> Span:
    """To the silence that it made, when there is such."""
    run = max(silences, key=lambda one: _overlap(one, pause), default=(0.0, 0.0))
    if _overlap(run, pause) < (pause[1] - pause[0]) / 2:
        return pause
    return max(run[0], pause[0] - EDGE_S), min(run[1], pause[1] + EDGE_S)


def _silent(pause: Span, silences: Sequence[Span]) -> bool:
    inner = pause[0] + EDGE_S, pause[1] - EDGE_S
    length = inner[1] - inner[0]
    return length <= 0 or sum(_overlap(run, inner) for run in silences) >= length * SILENT_SHARE


def _overlap(one: Span, other: Span) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
