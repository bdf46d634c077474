"""Who hears whom: a telephone's ear and mouth made of one UDP socket, and the FFT that judges it.

sipp plays the signalling of a caller; its SDP names the port of a `TonePhone`, which speaks one
steady tone in G.711 µ-law (RFC 3550, payload type 0, 20 ms packets) and keeps what it hears.
"""

from __future__ import annotations

import asyncio
import math
import struct
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 8000  # samples per second
PACKET = 160  # samples in 20 ms
BIAS = 0x84
CLIP = 32635

Samples = npt.NDArray[np.float64]


def ulaw_encode(samples: npt.NDArray[np.int16]) -> bytes:
    """16-bit linear to µ-law (ITU-T G.711, 8-bit, bits inverted)."""
    magnitude = np.minimum(np.abs(samples.astype(np.int32)), CLIP) + BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8))


def ulaw_decode(payload: bytes) -> Samples:
    """µ-law to linear, scaled to -1 … 1."""
    inverted = ~np.frombuffer(payload, np.uint8)
    exponent = ((inverted >> 4) & 0x07).astype(np.int32)
    mantissa = (inverted & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS
    linear = np.where(inverted & 0x80, -magnitude, magnitude)
    return linear / 32768.0


@dataclass(frozen=True)
class Heard:
    """The loudest tone in what was heard: its frequency in Hz, and its level (0 … 1, RMS)."""

    hz: float
    level: float

    def is_tone(self, hz: float) -> bool:
        return self.level > 0.01 and abs(self.hz - hz) < 15


def loudest(samples: Samples, rate: int) -> Heard:
    if len(samples) < rate // 10:
        return Heard(0.0, 0.0)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    spectrum[: int(60 * len(samples) / rate)] = 0  # mains hum and offset are not speech
    peak = int(np.argmax(spectrum))
    return Heard(peak * rate / len(samples), float(np.sqrt(np.mean(samples**2))))


def level_at(samples: Samples, rate: int, hz: float) -> float:
    """Amplitude (0 … 1) of one frequency, ±12 Hz: hears one tone under another."""
    if len(samples) < rate // 10:
        return 0.0
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples * window)) * 2 / window.sum()
    bins = np.fft.rfftfreq(len(samples), 1 / rate)
    return float(spectrum[np.abs(bins - hz) < 12].max(initial=0.0))


class TonePhone(asyncio.DatagramProtocol):
    """Speaks `hz` to whoever speaks to it, and keeps the last seconds of what it heard."""

    def __init__(self, hz: float) -> None:
        self.hz = hz
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._heard: list[tuple[float, bytes]] = []
        self._speaking: asyncio.Task[None] | None = None

    async def open(self, host: str) -> int:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self.port = int(self._transport.get_extra_info("sockname")[1])
        self._speaking = asyncio.create_task(self._speak())
        return self.port

    async def close(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._peer = addr
        if len(data) > 12 and data[1] & 0x7F == 0:
            self._heard.append((time.monotonic(), data[12:]))
            del self._heard[:-1500]  # 30 s

    def heard_since(self, since: float) -> Samples:
        """What came in after `since` (monotonic seconds), as samples at 8 kHz."""
        payload = b"".join(data for at, data in self._heard if at >= since)
        return ulaw_decode(payload)

    async def _speak(self) -> None:
        sequence = 0
        phase = 2 * math.pi * self.hz / RATE
        next_at = time.monotonic()
        while True:
            next_at += PACKET / RATE
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))
            first = sequence * PACKET
            wave = 8000 * np.sin(phase * np.arange(first, first + PACKET))
            header = struct.pack("!BBHII", 0x80, 0, sequence & 0xFFFF, first & 0xFFFFFFFF, 0x5EED)
            sequence += 1
            if self._peer is not None and self._transport is not None:
                self._transport.sendto(header + ulaw_encode(wave.astype(np.int16)), self._peer)
