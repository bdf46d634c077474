"""What a WAV file holds, told while its bytes go by: length, waveform, digital silence.

MixMonitor fills in the lengths of the header when it closes a file: until then they are 0. What is
no 16-bit PCM (wav49 is GSM in a WAV file) is kept, but a browser does not play it and we do not
measure it. A chunk of 64 KiB is measured in less than a millisecond of a thread; between two of
them the event loop has its turn.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from callcenter.domain.recording_problems import RecordingProblem
from callcenter.domain.recordings import Span

SLICES: Final = 1_000
"""Of the waveform; a byte each."""

SHORTEST_S: Final = 0.5  # of a silence that is told
_STEP_S: Final = 0.01
_LOOKED_AT: Final = 512  # samples of a slice: more do not change a picture
_PCM, _EXTENSIBLE = 1, 0xFFFE
_MAX_CHUNKS: Final = 50
# The high byte of a sample, as what its size adds to a peak: 0 … 254.
_SIZES: Final = bytes(2 * (high if high < 128 else 255 - high) for high in range(256))


@dataclass(frozen=True, slots=True)
class Wav:
    """`data_at` and `data_bytes`: where the samples are in the file. `declared`: what the header
    says of their length. `problem`: why this is nothing to be played; None when it is."""

    channels: int = 0
    rate: int = 0
    data_at: int = 0
    data_bytes: int = 0
    declared: int = 0
    problem: RecordingProblem | None = None

    @property
    def is_closed(self) -> bool:
        """Whether whoever wrote it has said how long it is. What is no WAV file never says."""
        return 0 < self.declared == self.data_bytes

    @property
    def align(self) -> int:
        return self.channels * 2

    @property
    def seconds(self) -> float:
        return self.data_bytes // self.align / self.rate if self.rate and self.align else 0.0


def read_header(file: BinaryIO, size: int) -> Wav:
    """`file` from its beginning; `size` of it all. Raises OSError."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return Wav(problem=RecordingProblem("not_wav"))
    form = b""
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data":
            return _wav(form, file.tell(), length, size)
        if name == b"fmt ":
            form = file.read(min(length, 64))
            length -= len(form)
        file.seek(length + length % 2, 1)
    return Wav(problem=RecordingProblem("without_sound"))


def _wav(form: bytes, data_at: int, declared: int, size: int) -> Wav:
    there = max(0, size - data_at)
    if declared and declared < there:  # something stands behind the samples
        there = declared
    if len(form) < 16:
        return Wav(0, 0, data_at, there, declared, RecordingProblem("uncoded"))
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if tag == _EXTENSIBLE and len(form) >= 26:
        (tag,) = struct.unpack("<H", form[24:26])
    if tag != _PCM or bits != 16 or not 1 <= channels <= 8 or rate < 1000:
        problem = RecordingProblem("unplayable", {"kind": tag, "bits": bits})
        return Wav(0, 0, data_at, there, declared, problem)
    return Wav(channels, rate, data_at, there, declared)


def mended(head: bytes, wav: Wav) -> bytes:
    """The first `wav.data_at` bytes of a file that was never closed, as they should have been."""
    data = (wav.data_at - 8 + wav.data_bytes).to_bytes(4, "little")
    return head[:4] + data + head[8:-4] + wav.data_bytes.to_bytes(4, "little")


class Meter:
    """Sees all bytes of a file go by (`feed`), header and all."""

    def __init__(self, wav: Wav) -> None:
        self._wav = wav
        self._skip = wav.data_at
        self._left = wav.data_bytes - wav.data_bytes % (wav.align or 1)
        self._samples = self._left // 2
        self._slices = 0 if wav.problem else min(SLICES, self._samples)
        self._peaks = bytearray(self._slices)
        self._stride = max(1, self._samples // (SLICES * _LOOKED_AT))
        self._slice = self._done = 0  # samples
        self._step = int(wav.rate * _STEP_S) * wav.align
        self._zeros = bytes(self._step)
        self._rest, self._odd = b"", b""
        self._at = self._run = 0  # bytes: where silence is looked for, and since when it lasts
        self._silences: list[Span] = []

    def feed(self, data: bytes) -> None:
        if self._wav.problem:
            return
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        data = data[: self._left]
        self._left -= len(data)
        if data:
            self._look_for_silence(data)
            self._measure(data)

    def peaks(self) -> bytes | None:
        """The largest amplitude in each slice, 0 … 254; in a long one of samples here and there."""
        return bytes(self._peaks) if self._peaks else None

    def silences(self) -> list[Span]:
        """Where there are zeros only, for half a second at least."""
        self._end_run(self._at)
        self._run = self._at
        return self._silences

    def _measure(self, data: bytes) -> None:
        data = self._odd + data if self._odd else data
        self._odd = data[len(data) - len(data) % 2 :]
        sizes = data[1::2].translate(_SIZES)
        begin = 0
        while begin < len(sizes):
            end_of_slice = (self._slice + 1) * self._samples // self._slices
            end = min(len(sizes), begin + end_of_slice - self._done)
            peak = max(sizes[begin : end : self._stride])
            self._peaks[self._slice] = max(self._peaks[self._slice], peak)
            self._done += end - begin
            begin = end
            if self._done >= end_of_slice:
                self._slice += 1

    def _look_for_silence(self, data: bytes) -> None:
        data = self._rest + data
        step, zeros = self._step, self._zeros
        whole = len(data) - len(data) % step
        for begin in range(0, whole, step):
            if data[begin : begin + step] != zeros:
                self._end_run(self._at + begin)
                self._run = self._at + begin + step
        self._at += whole
        self._rest = data[whole:]

    def _end_run(self, at: int) -> None:
        a_second = self._wav.rate * self._wav.align
        if at - self._run >= SHORTEST_S * a_second > 0:
            self._silences.append((round(self._run / a_second, 2), round(at / a_second, 2)))
