"""The switch dies under a desk and comes back: a line says so, nothing is in the way, and the desk
is ready again by itself."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.audio import agent_hears, hears
from tests.e2e.floor import ZHANG_HZ
from tests.e2e.product import STANDARD
from tests.e2e.talk import CALLER_HZ, talking

BACK_WITHIN_S = 20.0  # of a telephone and a state, once the switch is up
NOTE = "Typed while the switch was away"


async def test_the_switch_is_lost_in_a_call_and_comes_back(
    playwright: Playwright, tmp_path: Path
) -> None:
    """Lina talked, Zhang was idle."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
        RtpParty(CARRIER_HOST, CALLER_HZ) as next_caller,
    ):
        zhang = at.zhang
        await zhang.by("go-ready").click()
        await zhang.state_is("ready")
        await at.asterisk.die()
        for agent in (lina, zhang):
            await expect(agent.by("switch-banner")).to_be_visible(timeout=15_000)
        await expect(lina.page.get_by_role("dialog")).to_have_count(0)
        await lina.by("ticket-note").fill(NOTE)
        await at.asterisk.revive()
        for agent, state in ((lina, "wrap_up"), (zhang, "ready")):
            await expect(agent.by("switch-banner")).to_have_count(0, timeout=BACK_WITHIN_S * 1000)
            await agent.line_is("ready", BACK_WITHIN_S)
            await agent.state_is(state, BACK_WITHIN_S)
        await expect(lina.by("ticket-note")).to_have_value(NOTE)
        await lina.by("finish-wrap-up").click()
        await lina.state_is("ready")
        await lina.pause()
        await at.carrier.call(STANDARD, media=next_caller.media)
        await zhang.by("answer").click()
        await hears(next_caller, ZHANG_HZ)
        await agent_hears(zhang, CALLER_HZ)
