"""What the simulated switch records: two voices that are tones, by turns, in a real WAV file.

Paused parts are digital silence, as MixMonitor writes them; nothing else is.
"""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from telephony.pbx.sound import RATE, tones

_VOICES = ((180, 360, 540), (260, 520))
_LEVELS = (0.28, 0.16, 0.34, 0.22, 0.1)
_SYLLABLE_S, _BREATH_S = 0.18, 0.5
_FLOOR = 3  # a line is never quite silent


@dataclass(slots=True)
class _Recording:
    path: Path
    began: float
    pauses: list[tuple[float, float | None]] = field(default_factory=list)


class Recorder:
    """`folder` None: nothing is written. Times in seconds, by the switch's clock."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._running: dict[str, _Recording] = {}

    def start(self, channel: str, file: str, now: float) -> None:
        if self._folder is not None:
            self._running[channel] = _Recording(self._folder / file, now)

    def mute(self, channel: str, on: bool, now: float) -> None:
        running = self._running.get(channel)
        if running is None:
            return
        is_paused = bool(running.pauses) and running.pauses[-1][1] is None
        if on and not is_paused:
            running.pauses.append((now - running.began, None))
        elif is_paused and not on:
            running.pauses[-1] = running.pauses[-1][0], now - running.began

    def stop(self, channel: str, now: float) -> None:
        """Also of what is not recorded."""
        running = self._running.pop(channel, None)
        if running is not None:
            seconds = now - running.began
            write_talk(running.path, seconds, [(a, b or seconds) for a, b in running.pauses])


def write_talk(path: Path, seconds: float, pauses: Iterable[tuple[float, float]] = ()) -> None:
    """A recording of so long a talk, silent in the pauses; there whole or not at all."""
    talk, count = _talk(), int(seconds * RATE)
    samples = (talk * (count // len(talk) + 1))[:count]
    for begin, end in pauses:
        first, last = int(begin * RATE), min(count, int(end * RATE))
        if first < last:
            samples[first:last] = array("h", bytes(2 * (last - first)))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    with wave.open(str(fresh), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    fresh.replace(path)


@cache
def _talk() -> array[int]:
    """Some seconds of a conversation, to be repeated."""
    breath = array("h", [_FLOOR]) * int(RATE * _BREATH_S)
    whole = array("h")
    for turn in range(4):
        voice = _VOICES[turn % 2]
        for level in _LEVELS[turn % 3 :]:
            syllable = tones(voice, _SYLLABLE_S, level)
            whole.extend(sample or _FLOOR for sample in syllable)
            whole.extend(breath[: int(RATE * 0.06)])
        whole.extend(breath)
    return whole
