"""A call on a bad network: the telephone's WebSocket cut, half-open, and what is known after it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.asterisk.scenario import bye, pause
from tests.e2e.floor import agents_signed_in, open_floor
from tests.e2e.product import PLATINUM
from tests.e2e.talk import CALLER_HZ, both_hear, talking

NOTICED_WITHIN_S = 8.0
BACK_WITHIN_S = 3.0

# When the telephone's line changed, in seconds by the page's own clock.
WATCH_LINE = """
window.lines = [];
new MutationObserver(() => {
  const line = document.querySelector('[data-testid="phone-line"]')?.getAttribute("data-line");
  if (line && window.lines.at(-1)?.line !== line) {
    window.lines.push({ line, at: performance.now() / 1000 });
  }
}).observe(document, { childList: true, subtree: true, attributes: true });
"""


async def test_a_cut_costs_no_word(playwright: Playwright, tmp_path: Path) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        at.faults.sip.cut()
        await both_hear(lina, caller)
        await lina.line_is("ready", within_s=BACK_WITHIN_S)
        await lina.by("hold").click()
        await expect(lina.by("hold")).to_have_attribute("aria-pressed", "true")
        await lina.by("hold").click()
        await both_hear(lina, caller)


async def test_a_half_open_line_is_noticed_and_mended(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await lina.page.evaluate(WATCH_LINE)
        began = await lina.page.evaluate("performance.now() / 1000")
        at.faults.sip.lose()
        await lina.line_is("lost", within_s=NOTICED_WITHIN_S + 2)
        await lina.line_is("ready", within_s=BACK_WITHIN_S + 2)
        times = {each["line"]: each["at"] for each in await lina.page.evaluate("window.lines")}
        assert times["lost"] - began <= NOTICED_WITHIN_S
        assert times["ready"] - times["lost"] <= BACK_WITHIN_S
        await both_hear(lina, caller)
        await lina.by("hangup").click()
        await lina.state_is("wrap_up")


async def test_a_hang_up_during_the_cut_is_known_at_once_after_it(
    playwright: Playwright, tmp_path: Path
) -> None:
    """The screen knows at once, by the gateway; the telephone as soon as its line is back."""
    async with open_floor(tmp_path) as at, agents_signed_in(at, playwright, tmp_path):
        lina = at.lina
        await lina.line_is("ready")
        await lina.by("go-ready").click()
        await at.carrier.call(PLATINUM, steps=[pause(5), bye()])
        await lina.by("answer").click()
        await lina.state_is("on_call")
        at.faults.sip.freeze()
        at.faults.sip.cut()
        await lina.state_is("wrap_up", within_s=10)
        assert await lina.live_tracks() > 0, "the telephone cannot know yet"
        at.faults.sip.thaw()
        await lina.hung_up(within_s=BACK_WITHIN_S + 2)
