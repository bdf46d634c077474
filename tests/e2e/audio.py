"""Who hears whom: each party speaks a tone of their own, and music waits for those on hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser

SILENT = 0.01  # amplitude; our tones speak at 0.1 to 0.4
NEAR_HZ = 15
MUSIC_HZ = (170, 400)  # the chords of `telephony.pbx.sound`; all our tones are above
LAST_S = 0.3


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


async def _becomes(heard: Callable[[], bool], party: RtpParty, wanted: str) -> None:
    """Within two seconds: a jitter buffer fills first."""
    for _ in range(20):
        if heard():
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the caller should {wanted}; loudest is {party.loudest():.0f} Hz")


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
