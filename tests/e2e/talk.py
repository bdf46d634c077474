"""The beginning of many tests: Lina talks to the Platinum customer, each hears the other's tone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Playwright, expect

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
    """On a floor of its own."""
    async with open_floor(directory) as at, agents_signed_in(at, playwright, directory):
        await takes_a_call(at, caller)
        yield at, at.lina


async def takes_a_call(at: Floor, caller: RtpParty) -> str:
    """Lina does; the call's Uniqueid at the switch."""
    await at.lina.line_is("ready")
    await at.lina.by("go-ready").click()
    joined = await at.call(PLATINUM, caller)
    await at.lina.by("answer").click()
    await at.lina.state_is("on_call")
    await both_hear(at.lina, caller)
    return joined.get("Uniqueid")


async def both_hear(lina: AgentAtBrowser, caller: RtpParty) -> None:
    await hears(caller, LINA_HZ)
    await agent_hears(lina, CALLER_HZ)


ASKED_FIRST, AT_ONCE = "Enter", "Control+Shift+Enter"


async def gives(agent: AgentAtBrowser, target: str, how: str) -> None:
    """The call to somebody: `how` is the key, ASKED_FIRST or AT_ONCE."""
    await agent.by("transfer").click()
    await agent.by("transfer-search").fill(target)
    await expect(agent.by("transfer-row").first).to_have_attribute("data-target", target)
    await agent.page.keyboard.press(how)
