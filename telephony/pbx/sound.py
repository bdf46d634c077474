"""Sounds for an Asterisk without any: a tone for a caller, a chord for those who wait."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

RATE = 8000  # samples a second; the telephone's own


def tones(frequencies: Iterable[float], seconds: float, level: float = 0.2) -> array[int]:
    """16-bit samples of sines at once; `level` is their common peak, 1.0 the loudest possible."""
    steps = [2 * math.pi * frequency / RATE for frequency in frequencies]
    peak = 32767 * level / len(steps)
    return array(
        "h",
        (int(peak * sum(math.sin(step * n) for step in steps)) for n in range(int(RATE * seconds))),
    )


def hold_music() -> bytes:
    """Raw signed-linear audio (`.sln`): eight quiet chords of a second each."""
    chords = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)] * 2
    samples = array("h")
    for chord in chords:
        samples.extend(tones(chord, 1.0, 0.08))
    return samples.tobytes()


def ulaw(samples: Iterable[int]) -> bytes:
    """G.711 µ-law of 16-bit samples, what SIP calls PCMU."""
    return bytes(map(_ulaw, samples))


def _ulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
