"""A party's audio: speaks one tone, remembers what it hears. The SIP beside it is sipp's.

async with RtpParty(CARRIER_HOST, tone_hz=700) as party:
    await carrier.call("13800138000", media=party.media)
    ...
    assert party.hears(1000, last_s=0.5)
"""

from __future__ import annotations

import asyncio
import struct
from itertools import count
from types import TracebackType
from typing import Any, Self

import numpy as np

from telephony.pbx.embedded import HOST
from telephony.pbx.sound import RATE, tones, ulaw
from tests.asterisk.scenario import Media
from tests.asterisk.spectrum import TOLERANCE_HZ, Samples, level, loudest

FRAME = RATE // 50  # samples in a packet of 20 ms
PCMU = 0


def _decode_table() -> Samples:
    """G.711 µ-law byte -> sample, -1 … 1."""
    table = []
    for byte in range(256):
        value = ~byte & 0xFF
        magnitude = ((value & 0x0F) << 3 | 0x84) << ((value & 0x70) >> 4)
        table.append((0x84 - magnitude) if value & 0x80 else (magnitude - 0x84))
    return np.array(table, dtype=np.float64) / 32768


_DECODE = _decode_table()


class RtpParty(asyncio.DatagramProtocol):
    """Sends as soon as sipp has told it the other side's port (`scenario._tell_peer`)."""

    def __init__(self, host: str, tone_hz: float = 0.0) -> None:
        self.host = host
        self.loses_every = 0  # this n-th packet of theirs is lost on the way; 0: none is
        self._sound = ulaw(tones([tone_hz], 1.0)) if tone_hz else b"\xff" * RATE
        self._heard = bytearray()
        self._peer: tuple[str, int] | None = None

    @property
    def media(self) -> Media:
        return self.host, self.port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self.host, 0)
        )
        self.port: int = self._transport.get_extra_info("sockname")[1]
        self._speaking = asyncio.create_task(self._speak())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._speaking.cancel()
        await asyncio.gather(self._speaking, return_exceptions=True)
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if data.strip().isdigit():
            self._peer = (HOST, int(data))
        elif len(data) > 12 and data[1] & 0x7F == PCMU:
            self._heard += data[12:]

    def hears(self, hz: float, last_s: float = 0.5) -> bool:
        """Whether that tone is the loudest of the last `last_s` seconds of received audio."""
        return abs(self.loudest(last_s) - hz) <= TOLERANCE_HZ

    def loudest(self, last_s: float = 0.5) -> float:
        """Frequency in Hz of the strongest tone heard lately; 0.0 for silence (or nothing)."""
        return loudest(self._recent(last_s), RATE)

    def level(self, hz: float, last_s: float = 0.5) -> float:
        """Amplitude (0 … 1) of one tone among what was heard lately."""
        return level(self._recent(last_s), RATE, hz)

    def _recent(self, last_s: float) -> Samples:
        return _DECODE[np.frombuffer(self._heard[-int(last_s * RATE) :], dtype=np.uint8)]

    def speak_to(self, peer: tuple[str, int] | None) -> None:
        """From now on; None: this party falls silent, not a packet comes from it."""
        self._peer = peer

    def forget(self) -> None:
        """What was heard before a moment that matters."""
        self._heard.clear()

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        for n in count():
            await asyncio.sleep(max(0.0, start + n * 0.02 - loop.time()))
            if self._peer is None or (self.loses_every and n % self.loses_every == 0):
                continue
            header = struct.pack(
                "!BBHII", 0x80, PCMU, n & 0xFFFF, n * FRAME & 0xFFFFFFFF, self.port
            )
            at = n * FRAME % RATE
            self._transport.sendto(header + self._sound[at : at + FRAME], self._peer)
