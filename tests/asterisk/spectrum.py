"""The FFT that judges who hears whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""One channel, scaled to -1 … 1."""

TOLERANCE_HZ = 15.0
QUIET = 0.01  # amplitude below which nothing is said; our tones speak at about 0.2


def loudest(samples: Samples, rate: int) -> float:
    """Frequency in Hz of the strongest tone; 0.0 for silence, or too little to tell."""
    spectrum, frequencies = _spectrum(samples, rate)
    if not len(spectrum):
        return 0.0
    peak = int(spectrum.argmax())
    return float(frequencies[peak]) if spectrum[peak] > QUIET else 0.0


def level(samples: Samples, rate: int, hz: float) -> float:
    """Amplitude (0 … 1) of one frequency: hears one tone under another."""
    spectrum, frequencies = _spectrum(samples, rate)
    return float(spectrum[np.abs(frequencies - hz) < TOLERANCE_HZ].max(initial=0.0))


def _spectrum(samples: Samples, rate: int) -> tuple[Samples, Samples]:
    """Amplitudes and their frequencies, above the hum; empty for under a tenth of a second."""
    if len(samples) < rate // 10:
        return np.empty(0), np.empty(0)
    window = np.hanning(len(samples))
    amplitudes = np.abs(np.fft.rfft(samples * window)) * 2 / window.sum()
    frequencies = np.asarray(np.fft.rfftfreq(len(samples), 1 / rate), np.float64)
    above = frequencies > 60
    return amplitudes[above], frequencies[above]
