"""A page that goes away in mid-call does not lose the customer: they hear music and come back to
the same agent, and to the front of the queue when the agent does not."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.audio import SILENT, agent_hears, hears
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, agents_signed_in, open_floor
from tests.e2e.product import PASSWORD, PLATINUM, STANDARD
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ, talking


async def test_a_reload_brings_the_customer_back_to_the_same_agent(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await lina.by("ticket-note").fill("Half a sentence about the invo")
        await lina.page.reload()
        card = lina.by("ringing-card")
        await expect(card.get_by_test_id("customer-name")).to_have_text("王小明")
        await expect(card.get_by_test_id("returning")).to_be_visible()
        assert caller.level(LINA_HZ) < SILENT
        assert caller.loudest() > 0, "the caller hears nothing while they wait"
        await lina.by("answer").click()
        await hears(caller, LINA_HZ)
        await agent_hears(lina, CALLER_HZ)
        await expect(lina.by("ticket-note")).to_have_value("Half a sentence about the invo")
        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        call, legs = await stored_call(at.database, at.world.platinum)
        assert call["result"] == "answered"
        assert {leg["user_id"] for leg in legs if leg["role"] == "agent"} == {
            at.world.agents["lina"]
        }


async def test_a_crash_brings_the_customer_to_the_front_of_the_queue(
    playwright: Playwright, tmp_path: Path
) -> None:
    """Lina's browser dies; nobody answers for her; Zhang gets that customer before the others."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        open_floor(tmp_path) as at,
        agents_signed_in(at, playwright, tmp_path),
    ):
        await at.lina.line_is("ready")
        await at.lina.by("go-ready").click()
        await at.call(STANDARD, caller)
        await at.lina.by("answer").click()
        await hears(caller, LINA_HZ)
        since = len(at.observer.seen)
        await at.lina.crash()
        await at.call(PLATINUM)  # of a higher tier, and yet behind who was there already
        returned = await at.event("QueueCallerJoin", since, within_s=30, caller=STANDARD)
        assert returned.get("Position") == "1"
        await at.zhang.by("go-ready").click()
        card = at.zhang.by("ringing-card")
        await expect(card.get_by_test_id("customer-name")).to_have_text("Chen Jie")
        await at.zhang.by("answer").click()
        await hears(caller, ZHANG_HZ)
        await at.zhang.by("hangup").click()
        call, legs = await stored_call(at.database, at.world.standard)
        assert (call["first_agent_id"], call["last_agent_id"]) == (
            at.world.agents["lina"],
            at.world.agents["zhang"],
        )
        assert len([leg for leg in legs if leg["result"] == "answered"]) >= 2


async def test_the_screen_that_returns_after_a_crash_finds_its_agent_as_they_were(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with open_floor(tmp_path) as at, agents_signed_in(at, playwright, tmp_path):
        await at.lina.line_is("ready")
        await at.lina.by("go-ready").click()
        await at.lina.state_is("ready")
        await at.lina.crash()
        await at.member_is_paused("PJSIP/1001", within_s=25)
        async with at.lina.another_browser(playwright, tmp_path) as again:
            await again.sign_in(at.product.url, "lina", PASSWORD)
            await again.state_is("ready")
