"""Who hears whom: each party speaks a tone of their own, and music waits for those on hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.asterisk.rtp import RtpParty
from tests.asterisk.spectrum import level
from tests.e2e.agent import AgentAtBrowser

SILENT = 0.01  # amplitude; our tones speak at 0.1 to 0.4
NEAR_HZ = 15
EVENTS, KEYS = 101, "0123456789*#ABCD"
MUSIC_HZ = (170, 400)  # the chords of `telephony.pbx.sound`; all our tones are above
LAST_S = 0.3


class Keyed(RtpParty):
    """Writes down the telephone keys it is told (RFC 4733, as `tests.asterisk.scenario` offers)."""

    def __init__(self, host: str, tone_hz: float) -> None:
        super().__init__(host, tone_hz)
        self.keys = ""
        self._stamp = b""

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if len(data) >= 16 and data[1] & 0x7F == EVENTS:
            ended, stamp = data[13] & 0x80, data[4:8]
            if ended and stamp != self._stamp:  # the end of each is said three times
                self.keys += KEYS[data[12]]
                self._stamp = stamp
        super().datagram_received(data, addr)

    async def is_told(self, keys: str) -> None:
        await _until(lambda: self.keys == keys, lambda: f"told {self.keys!r}, not {keys!r}", 5)


async def hears(party: RtpParty, hz: float) -> None:
    await _becomes(lambda: party.hears(hz, 0.3), party, f"hear {hz:.0f} Hz")


async def hears_music(party: RtpParty, *not_these: float) -> None:
    """And none of these tones."""
    low, high = MUSIC_HZ
    await _becomes(lambda: low < party.loudest() < high, party, "hear music")
    await hears_none_of(party, *not_these)


async def hears_none_of(party: RtpParty, *tones: float) -> None:
    """For half a second: of what came before, the party needs to have heard something."""
    silent = "not hear " + ", ".join(f"{hz:.0f} Hz" for hz in tones)
    await _becomes(lambda: all(party.level(hz) < SILENT for hz in tones), party, silent)


async def hears_all(party: RtpParty, *tones: float) -> None:
    """At once."""
    wanted = "hear " + " and ".join(f"{hz:.0f} Hz" for hz in tones)
    await _becomes(lambda: all(party.level(hz) > SILENT for hz in tones), party, wanted)


async def _becomes(heard: Callable[[], bool], party: RtpParty, wanted: str) -> None:
    """Within three seconds: a jitter buffer fills first."""
    await _until(heard, lambda: f"the caller should {wanted}; loudest: {party.loudest():.0f} Hz", 3)


async def _until(
    reached: Callable[[], bool], complaint: Callable[[], str], within_s: float
) -> None:
    for _ in range(round(within_s * 10)):
        if reached():
            return
        await asyncio.sleep(0.1)
    pytest.fail(complaint())


async def agent_hears(agent: AgentAtBrowser, hz: float) -> None:
    """Within some seconds."""
    for _ in range(4):
        heard = await agent.loudest()
        if abs(heard - hz) < NEAR_HZ:
            return
    pytest.fail(f"the agent hears {heard:.0f} Hz, not {hz:.0f} Hz")


async def only_hears(agent: AgentAtBrowser, hz: float, *not_these: float) -> None:
    await agent_hears(agent, hz)
    for other in not_these:
        assert await agent.level(other) < SILENT, f"the agent hears {other} Hz"


async def agent_hears_all(agent: AgentAtBrowser, *tones: float) -> None:
    """At once."""
    for _ in range(4):
        samples, rate = await agent.listen()
        levels = [level(samples, rate, hz) for hz in tones]
        if min(levels) > SILENT:
            return
    pytest.fail(f"the agent hears {tones} Hz at {levels}")
