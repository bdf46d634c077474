"""What an agent is heard with, and how the line is, in a browser that asks before it opens a
microphone: not allowed, dead in the middle of a call, allowed again; a line that loses packets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import ASKING, FLAGS, AgentAtBrowser, agent_at_browser
from tests.e2e.audio import SILENT, hears
from tests.e2e.floor import LINA_HZ, Floor, open_floor
from tests.e2e.product import PASSWORD, PLATINUM
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ, both_hear

SOON_MS = 20_000  # several steps of browser and switch, on a machine that does much else
BAD_LINE_MS = 40_000  # ten seconds of it are looked at, every two
LOST_SHARE = 0.2
MOST_OF_IT = re.compile(r"(1[5-9]|2\d)\.\d % lost")

# What the page has opened, so that a test can break it as a driver does.
MICROPHONES = """
window.microphones = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.microphones.push(...stream.getAudioTracks());
  return stream;
};
"""
BREAK = """
() => {
  const track = window.microphones.findLast(({ readyState }) => readyState === "live");
  track.stop();
  track.dispatchEvent(new Event("ended"));
}
"""


@asynccontextmanager
async def lina_at(
    playwright: Playwright, directory: Path, *, asks: bool, leave: bool = True
) -> AsyncIterator[tuple[Floor, AgentAtBrowser]]:
    """Signed in; `leave`: she has allowed the microphone, of a browser that `asks`."""
    flags = ASKING if asks else FLAGS
    async with (
        open_floor(directory) as at,
        agent_at_browser(playwright, directory, LINA_HZ, flags) as lina,
    ):
        await lina.page.add_init_script(MICROPHONES)
        if asks and leave:
            await lina.page.context.grant_permissions(["microphone"])
        await lina.sign_in(at.product.url, "lina", PASSWORD)
        if leave:
            await lina.line_is("ready", within_s=SOON_MS / 1000)
        yield at, lina


async def talks(at: Floor, lina: AgentAtBrowser, caller: RtpParty) -> None:
    await lina.by("go-ready").click()
    await at.call(PLATINUM, caller)
    await lina.by("answer").click()
    await lina.state_is("on_call")
    await both_hear(lina, caller)


async def test_a_microphone_that_is_not_allowed(playwright: Playwright, tmp_path: Path) -> None:
    """It is said, in words and a picture; the telephone rings all the same, and allowing it is
    enough."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        lina_at(playwright, tmp_path, asks=True, leave=False) as (at, lina),
    ):
        banner = lina.by("mic-banner")
        await expect(banner).to_contain_text("Microphone blocked", timeout=SOON_MS)
        await lina.by("tour-skip").click()
        await lina.by("mic-help").click()
        help_panel = lina.by("mic-help-panel")
        await expect(help_panel.get_by_role("img")).to_be_visible()
        await expect(help_panel.get_by_role("listitem")).to_have_count(2)
        await lina.page.keyboard.press("Escape")

        await lina.by("go-ready").click()
        await at.call(PLATINUM, caller)
        await expect(lina.by("ringing-card")).to_be_visible(timeout=SOON_MS)
        await lina.by("answer").click()
        await expect(lina.by("notice")).to_contain_text("blocks the microphone")
        await expect(lina.by("ringing-card")).to_be_visible()

        await lina.page.context.grant_permissions(["microphone"])
        await expect(banner).to_have_count(0, timeout=SOON_MS)
        await lina.by("answer").click()
        await lina.state_is("on_call")
        await both_hear(lina, caller)


async def test_a_microphone_that_dies_in_the_middle_of_a_call(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        lina_at(playwright, tmp_path, asks=True) as (at, lina),
    ):
        await talks(at, lina, caller)
        banner = lina.by("mic-banner")

        await lina.page.evaluate(BREAK)  # another can be opened
        await expect(lina.by("notice")).to_contain_text("back and in use", timeout=SOON_MS)
        await expect(banner).to_have_count(0)
        await hears(caller, LINA_HZ)

        await lina.page.context.clear_permissions()  # none can
        await expect(banner).to_contain_text("Microphone lost", timeout=SOON_MS)
        await expect(banner).to_have_attribute("role", "alert")
        await asyncio.sleep(0.5)  # what is on its way
        caller.forget()
        await asyncio.sleep(1)
        assert caller.level(LINA_HZ) < SILENT, "the caller hears a microphone that is lost"
        await lina.state_is("on_call")
        await expect(lina.by("hangup")).to_be_enabled()

        await lina.page.context.grant_permissions(["microphone"])
        await expect(banner).to_have_count(0, timeout=SOON_MS)
        await both_hear(lina, caller)


async def test_a_line_that_loses_every_fifth_packet(playwright: Playwright, tmp_path: Path) -> None:
    """It is said while it is so, and the worst of it stands with her leg in the log."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        lina_at(playwright, tmp_path, asks=False) as (at, lina),
    ):
        await talks(at, lina, caller)
        line = lina.by("line-quality")
        await expect(line).to_have_attribute("data-bad", "false", timeout=SOON_MS)

        caller.loses_every = round(1 / LOST_SHARE)
        await expect(line).to_have_attribute("data-bad", "true", timeout=BAD_LINE_MS)
        await expect(line).to_contain_text("Bad line")
        await expect(line).to_have_attribute("title", MOST_OF_IT, timeout=BAD_LINE_MS)
        caller.loses_every = 0
        await expect(line).to_have_attribute("data-bad", "false", timeout=BAD_LINE_MS)

        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        _, legs = await stored_call(at.database, at.world.platinum)
        (heard,) = (leg["quality"] for leg in legs if leg["user_id"] == at.world.agents["lina"])
        assert heard["loss"] == pytest.approx(LOST_SHARE, abs=0.08)
        assert 1 <= heard["mos"] < 3.6
