"""A WAV file's header, its waveform and its silence; what is none; what was never closed."""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.services.recording_sound import Meter, Wav, mended, read_header
from telephony.pbx.sound import RATE, tones


def wav(samples: array[int], channels: int = 1, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def header(data: bytes) -> Wav:
    return read_header(io.BytesIO(data), len(data))


def measured(data: bytes, chunk: int = 65536) -> Meter:
    meter = Meter(header(data))
    for begin in range(0, len(data), chunk):
        meter.feed(data[begin : begin + chunk])
    return meter


def silent(seconds: float, channels: int = 1) -> array[int]:
    return array("h", bytes(int(RATE * seconds) * 2 * channels))


TONE = tones((440,), 2.0, 0.5)
GSM = wav(TONE).replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 49, 1), 1)
EIGHT_BITS = wav(TONE).replace(struct.pack("<HH", 2, 16), struct.pack("<HH", 1, 8), 1)


def test_what_the_header_says() -> None:
    found = header(wav(TONE))
    assert found == Wav(1, RATE, 44, 32000, 32000)
    assert found.is_closed
    assert found.seconds == 2.0
    assert header(wav(TONE, channels=2)).seconds == 1.0


def test_a_file_that_is_still_written() -> None:
    data = bytearray(wav(TONE))
    data[40:44] = bytes(4)
    found = header(bytes(data))
    assert not found.is_closed
    assert (found.declared, found.data_bytes, found.seconds) == (0, 32000, 2.0)
    assert mended(bytes(data[:44]), found) + data[44:] == wav(TONE)
    assert not header(wav(TONE)[:-100]).is_closed  # on its way from elsewhere
    assert not header(wav(array("h"))).is_closed


def test_what_stands_before_and_behind_the_samples() -> None:
    plain = wav(TONE)
    more = plain[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + plain[12:] + b"LIST\0\0\0\0"
    found = header(more)
    assert (found.data_at, found.data_bytes, found.is_closed) == (56, 32000, True)
    assert measured(more, 1000).peaks() == measured(plain).peaks()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not_wav"),
        (b"#!AMR\n" + bytes(100), "not_wav"),
        (wav(TONE)[:30], "without_sound"),
        (GSM, "unplayable"),
        (EIGHT_BITS, "unplayable"),
        (b"RIFF\0\0\0\0WAVEdata" + bytes(100), "uncoded"),
        (b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 100, "without_sound"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_said_and_not_measured(data: bytes, problem: str) -> None:
    found = header(data)
    assert found.problem is not None
    assert found.problem.code == problem
    meter = measured(data)
    assert (meter.peaks(), meter.silences(), found.seconds) == (None, [], 0.0)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(junk: bytes) -> None:
    for data in (junk, b"RIFF\0\0\0\0WAVE" + junk, wav(TONE)[:36] + junk):
        measured(data, 7).silences()


def test_the_waveform() -> None:
    samples = silent(1) + tones((440,), 1.0, 0.25) + tones((440,), 2.0, 1.0)
    peaks = measured(wav(samples)).peaks()
    assert peaks is not None
    assert len(peaks) == 1000
    assert set(peaks[:249]) == {0}
    assert 55 <= min(peaks[255:495]) <= max(peaks[255:495]) <= 64
    assert min(peaks[505:]) >= 240


@pytest.mark.parametrize("samples", [1, 7, 999, 1000, 1001, 54321])
def test_every_sample_is_in_one_slice(samples: int) -> None:
    peaks = measured(wav(array("h", [-32768] * samples)), 4093).peaks()
    assert peaks == bytes([254]) * min(1000, samples)


@pytest.mark.parametrize("channels", [1, 2])
def test_silence_of_half_a_second_and_more(channels: int) -> None:
    tone = array("h", (each for sample in TONE for each in [sample or 1] * channels))
    samples = tone + silent(1.5, channels) + tone + silent(0.4, channels) + tone
    samples += silent(3, channels)
    for chunk in (65536, 1001):
        found = measured(wav(samples, channels), chunk).silences()
        assert found == [(2.0, 3.5), (7.9, 10.9)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=9), st.integers(1, 9999))
def test_silence_is_found_wherever_it_stands(hundredths: list[int], chunk: int) -> None:
    """Loud and silent by turns."""
    samples, expected, at = array("h"), [], 0
    for place, length in enumerate(hundredths):
        count = length * RATE // 100
        samples += array("h", [0 if place % 2 else 9] * count)
        if place % 2 and length >= 50:
            expected.append((at / 100, (at + length) / 100))
        at += length
    assert measured(wav(samples), chunk).silences() == expected


def test_a_loud_file_and_an_empty_one() -> None:
    loud = array("h", (round(32767 * math.sin(n)) or 1 for n in range(RATE)))
    assert measured(wav(loud)).silences() == []
    empty = measured(wav(array("h")))
    assert (empty.peaks(), empty.silences()) == (None, [])
