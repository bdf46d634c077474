"""One agent at two screens: one holds the telephone, the other follows and gives it orders."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.floor import LINA_HZ
from tests.e2e.product import PASSWORD
from tests.e2e.talk import CALLER_HZ, both_hear, talking


async def test_a_second_tab_follows_and_gives_orders(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        first = lina.page
        await lina.open_tab(at.product.url)
        await lina.state_is("on_call")
        await expect(lina.by("call-tile")).to_have_count(1)
        assert await lina.live_tracks() == 0, "the second tab has a telephone of its own"
        await lina.by("hold").click()
        await expect(first.get_by_test_id("hold")).to_have_attribute("aria-pressed", "true")
        await lina.by("hold").click()
        await expect(first.get_by_test_id("hold")).to_have_attribute("aria-pressed", "false")
        second, lina.page = lina.page, first
        await both_hear(lina, caller)
        lina.page = second
        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        await first.close()  # the telephone goes to the tab that is left
        await lina.line_is("ready")


async def test_another_machine_asks_before_it_takes_the_telephone(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
        lina.another_browser(playwright, tmp_path) as other,
    ):
        await other.sign_in(at.product.url, "lina", PASSWORD)
        await other.state_is("on_call")
        await both_hear(lina, caller)
        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        await lina.by("finish-wrap-up").click()
        await lina.state_is("ready")
        await other.by("claim").first.click()
        await other.by("claim-yes").click()
        await other.line_is("ready")
        await at.call("+8613900139000", caller)
        await other.by("answer").click()
        await other.state_is("on_call")
        assert await lina.live_tracks() == 0
        await both_hear(other, caller)
        assert other.hz == LINA_HZ
