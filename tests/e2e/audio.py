"""Who hears whom: each party speaks a tone of their own."""

from __future__ import annotations

import asyncio

import pytest

from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser

SILENT = 0.01  # amplitude; our tones speak at 0.1 to 0.4
NEAR_HZ = 15


async def hears(party: RtpParty, hz: float) -> None:
    """Within two seconds: a jitter buffer fills first."""
    for _ in range(20):
        if party.hears(hz, last_s=0.3):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the caller hears {party.loudest():.0f} Hz, not {hz:.0f} Hz")


async def agent_hears(agent: AgentAtBrowser, hz: float) -> None:
    """Within some seconds."""
    for _ in range(4):
        heard = await agent.loudest()
        if abs(heard - hz) < NEAR_HZ:
            return
    pytest.fail(f"the agent hears {heard:.0f} Hz, not {hz:.0f} Hz")
