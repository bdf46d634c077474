"""The beginning of many tests: Lina talks to the Platinum customer, each hears the other's tone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Playwright

from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser
from tests.e2e.audio import agent_hears, hears
from tests.e2e.floor import LINA_HZ, Floor, agents_signed_in, open_floor
from tests.e2e.product import PLATINUM

CALLER_HZ = 440


@asynccontextmanager
async def talking(
    playwright: Playwright, directory: Path, caller: RtpParty
) -> AsyncIterator[tuple[Floor, AgentAtBrowser]]:
    async with open_floor(directory) as at, agents_signed_in(at, playwright, directory):
        lina = at.lina
        await lina.line_is("ready")
        await lina.by("go-ready").click()
        await at.call(PLATINUM, caller)
        await lina.by("answer").click()
        await lina.state_is("on_call")
        await both_hear(lina, caller)
        yield at, lina


async def both_hear(lina: AgentAtBrowser, caller: RtpParty) -> None:
    await hears(caller, LINA_HZ)
    await agent_hears(lina, CALLER_HZ)
