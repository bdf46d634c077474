"""Pictures of the product as it runs, in both sizes, themes and languages.

`python -m tests.e2e.screenshots [DIRECTORY]` starts the demo on the simulated switch, takes a call
and keeps a picture of each stage (default: build/screens). A person looks at them. With ``--docs``
it takes those that the documentation shows instead.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from telephony.ports import free_tcp_port
from tests.e2e.agent import CHROMIUM, FLAGS
from tests.e2e.dev_desk import dev_desk
from tests.e2e.product import well

PASSWORD = "look-at-it"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
LOCALES = ("en", "zh-CN")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "images"
DOCUMENTED = ("ringing", "consulting", "disposing")


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Its address, with a database of its own."""
    port, gateway_port, agi_port = (free_tcp_port() for _ in range(3))
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            **os.environ,
            "HTTP_PORT": str(port),
            "CALLCENTER_HTTP__GATEWAY_PORT": str(gateway_port),
            "CALLCENTER_FASTAGI__PORT": str(agi_port),
            "CALLCENTER_DEMO_PASSWORD": PASSWORD,
            "CALLCENTER_DATABASE__URL": f"sqlite:///{directory}/demo.db",
            "CALLCENTER_PATHS__VAR": directory,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter", "demo", env=environment
        )
        try:
            await well(url, process)
            yield url
        finally:
            process.terminate()
            await process.wait()


async def photograph(
    browser: Browser, url: str, folder: Path, size: str, theme: str, locale: str
) -> None:
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = await context.new_page()

    async def picture(stage: str) -> None:
        await asyncio.sleep(0.4)  # transitions end
        await page.screenshot(path=folder / f"{stage}-{size}-{theme}-{locale}.png")

    await page.goto(url)
    await expect(page.get_by_test_id("login-name")).to_be_visible()
    await picture("1-sign-in")
    await page.get_by_test_id("login-name").fill("agent")
    await page.get_by_test_id("login-password").fill(PASSWORD)
    await page.get_by_test_id("login-submit").click()
    await expect(page.get_by_test_id("agent-state")).to_be_visible()
    await asyncio.sleep(1)
    if await page.get_by_test_id("tour-skip").is_visible():  # this user's first sign-in
        await picture("2-tour")
        await page.get_by_test_id("tour-skip").click()
    await picture("2-idle")
    await take_a_call(page, picture)
    await context.close()


async def take_a_call(page: Page, picture: Callable[[str], Awaitable[None]]) -> None:
    await page.get_by_test_id("go-ready").click()
    await expect(page.get_by_test_id("ringing-card")).to_be_visible(timeout=40_000)
    await picture("3-ringing")
    await page.get_by_test_id("answer").click()
    await expect(page.get_by_test_id("hangup")).to_be_visible()
    await asyncio.sleep(2)
    await picture("4-talking")
    await page.get_by_test_id("hold").click()
    await asyncio.sleep(1)
    await picture("5-held")
    await page.get_by_test_id("hold").click()
    await asyncio.sleep(0.5)
    await consult(page, picture)
    await page.get_by_test_id("not-ready-reasons").first.click()
    await page.locator(".reasons .reason").first.click()  # after this call: nobody calls next
    await page.get_by_test_id("hangup").click()
    if await page.get_by_test_id("tab-work").is_visible():  # on a phone it is behind its tab
        await page.get_by_test_id("tab-work").click()
    await expect(page.get_by_test_id("finish-wrap-up")).to_be_visible()
    await picture("6-wrap-up")
    await page.get_by_test_id("finish-wrap-up").click()


async def consult(page: Page, picture: Callable[[str], Awaitable[None]]) -> None:
    """A colleague is asked, and the customer taken back."""
    await page.get_by_test_id("transfer").click()
    await expect(page.get_by_test_id("transfer-row").first).to_be_visible()
    await picture("5a-transfer")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("consult-swap")).to_be_enabled(timeout=15_000)
    await picture("5b-consulting")
    await page.get_by_test_id("consult-cancel").click()
    await expect(page.get_by_test_id("consult-strip")).to_have_count(0)


async def main(folder: Path) -> None:
    async with demo() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for size, theme, locale in itertools.product(SIZES, THEMES, LOCALES):
            await photograph(browser, url, folder, size, theme, locale)
        await browser.close()


async def document() -> None:
    """The pictures of docs/images: the desk's own scenarios, in both themes and languages."""
    async with dev_desk() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        width, height = SIZES["desk"]
        for scenario, theme, locale in itertools.product(DOCUMENTED, THEMES, LOCALES):
            page = await browser.new_page(viewport={"width": width, "height": height})
            await page.goto(f"{url}?scenario={scenario}&theme={theme}&locale={locale}")
            await expect(page.get_by_test_id("ticket-note")).to_be_visible()
            await asyncio.sleep(1)  # what is fetched when the page idles
            await page.screenshot(path=DOCS / f"desk-{scenario}-{theme}-{locale}.png")
            await page.close()
        await browser.close()


if __name__ == "__main__":
    if "--docs" in sys.argv:
        asyncio.run(document())
        sys.exit()
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
