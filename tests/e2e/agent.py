"""An agent at a real Chromium: signs in, answers, speaks a tone of their own, and hears."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Locator, Page, Playwright, expect

from tests.asterisk.spectrum import Samples, level, loudest

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)
# The browser does not allow the microphone by itself: it asks, and the test is who answers.
ASKING = tuple(flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream")

PATIENCE_MS = 10_000  # for what should be there soon, on a machine that does much else
expect.set_options(timeout=PATIENCE_MS)

# Keeps what the page hears where a test can listen to it, and notes when a pop was painted.
WITNESS = """
window.heard = [];
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("track", ({ track }) => window.heard.push(track));
  }
};
window.pops = [];
const seen = new Set();
new MutationObserver(() => {
  const card = document.querySelector('[data-testid="ringing-card"]');
  const id = card?.getAttribute("data-call-id");
  if (!id || seen.has(id)) return;
  seen.add(id);
  requestAnimationFrame(() => setTimeout(() => window.pops.push({ id, at: Date.now() })));
}).observe(document, { childList: true, subtree: true, attributes: true });
"""

LISTEN = """
async (seconds) => {
  const track = window.heard.findLast((each) => each.readyState === "live");
  if (!track) return { rate: 48000, samples: [] };
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 32768;
  source.connect(analyser);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  await context.close();
  return { rate: context.sampleRate, samples: Array.from(samples) };
}
"""
LIVE_TRACKS = "window.heard.filter((each) => each.readyState === 'live').length"
LISTEN_S = 0.8  # longer than the analyser's window of 0.68 s


def write_tone(path: Path, hz: float) -> Path:
    """Ten seconds of a sine, which Chromium repeats as its microphone."""
    rate = 48000
    samples = (12000 * np.sin(2 * np.pi * hz * np.arange(rate * 10) / rate)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


class AgentAtBrowser:
    """`hz` is the tone they speak."""

    def __init__(self, page: Page, browser: Browser, hz: float) -> None:
        self.page = page
        self.browser = browser
        self.hz = hz

    def by(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    async def sign_in(self, url: str, login: str, password: str) -> None:
        await self.page.goto(url)
        await self.by("login-name").fill(login)
        await self.by("login-password").fill(password)
        await self.by("login-submit").click()
        await expect(self.by("agent-state")).to_be_visible(timeout=2 * PATIENCE_MS)

    async def state_is(self, state: str, within_s: float = PATIENCE_MS / 1000) -> None:
        await expect(self.by("agent-state")).to_have_attribute(
            "data-state", state, timeout=within_s * 1000
        )

    async def rest(self) -> None:
        """From whatever a call that is over has left them in, to not ready."""
        state = self.by("agent-state")
        await self.hung_up()
        await expect(state).to_have_attribute("data-state", re.compile("wrap_up|ready"))
        if await state.get_attribute("data-state") == "wrap_up":
            await self.by("finish-wrap-up").click()
            await expect(state).to_have_attribute("data-state", re.compile("ready"))
        if await state.get_attribute("data-state") == "ready":
            await self.pause()

    async def pause(self) -> None:
        """For the first reason there is."""
        await self.by("not-ready-reasons").click()
        await self.page.locator(".reasons .reason").first.click()
        await self.state_is("not_ready")

    async def open_customer(self, name: str) -> None:
        """Without a call: found by what the name begins with."""
        await self.page.keyboard.press("Control+k")
        await self.by("palette").get_by_test_id("customer-search").fill(name)
        await self.by("search-row").first.click()

    async def line_is(self, line: str, within_s: float = 10) -> None:
        """The telephone's own line to the switch: "ready", "lost" …"""
        await expect(self.by("phone-line")).to_have_attribute(
            "data-line", line, timeout=within_s * 1000
        )

    async def open_tab(self, url: str) -> None:
        """Another tab of the same browser becomes `page`; the session is the browser's."""
        self.page = await self.browser.contexts[0].new_page()
        await self.page.add_init_script(WITNESS)
        await self.page.goto(url)

    async def crash(self) -> None:
        """The browser dies, without a word to anybody."""
        cdp = await self.browser.new_browser_cdp_session()
        processes = await cdp.send("SystemInfo.getProcessInfo")
        (main,) = [each["id"] for each in processes["processInfo"] if each["type"] == "browser"]
        os.kill(int(main), signal.SIGKILL)

    @asynccontextmanager
    async def another_browser(
        self, playwright: Playwright, directory: Path
    ) -> AsyncIterator[AgentAtBrowser]:
        async with agent_at_browser(playwright, directory, self.hz) as again:
            yield again

    async def live_tracks(self) -> int:
        """How many sounds of far ends are still open."""
        return int(await self.page.evaluate(LIVE_TRACKS))

    async def hung_up(self, within_s: float = 5) -> None:
        """No call is open in this page any more."""
        for _ in range(round(within_s * 10)):
            if await self.live_tracks() == 0:
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"a call is still open after {within_s} s")

    async def listen(self) -> tuple[Samples, int]:
        """What the page hears now, and its sample rate."""
        heard = await self.page.evaluate(LISTEN, LISTEN_S)
        return np.array(heard["samples"], np.float64), int(heard["rate"])

    async def loudest(self) -> float:
        """Frequency in Hz of the strongest tone; 0.0 for silence."""
        samples, rate = await self.listen()
        return loudest(samples, rate)

    async def level(self, hz: float) -> float:
        samples, rate = await self.listen()
        return level(samples, rate, hz)

    async def pops(self) -> list[dict[str, float | str]]:
        """`id` and `at` (Unix ms) of each ringing card that was painted on this page."""
        return list(await self.page.evaluate("window.pops"))


@asynccontextmanager
async def agent_at_browser(
    playwright: Playwright, directory: Path, hz: float, flags: Sequence[str] = FLAGS
) -> AsyncIterator[AgentAtBrowser]:
    """A browser of their own: the microphone's file is chosen per browser, not per page."""
    tone = write_tone(directory / f"{hz:.0f}.wav", hz)
    browser = await playwright.chromium.launch(
        executable_path=CHROMIUM,
        headless=True,
        args=[*flags, f"--use-file-for-fake-audio-capture={tone}"],
    )
    try:
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.add_init_script(WITNESS)
        yield AgentAtBrowser(page, browser, hz)
    finally:
        await browser.close()
