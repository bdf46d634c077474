"""WCAG 2.2 AA by axe: no violation on any page, in any state, size or theme, whatever is open."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Playwright

from tests.e2e.agent import CHROMIUM, FLAGS
from tests.e2e.dev_desk import UI, dev_desk
from tests.e2e.opened import OPENED
from tests.e2e.screenshots import SIZES, THEMES

AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({ id, at: target.join(" "), why: failureSummary })));
}
"""


async def violations(page: Page) -> list[dict[str, Any]]:
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=AXE)
    return list(await page.evaluate(RUN))


async def open_scenario(page: Page, url: str, name: str, theme: str) -> None:
    await page.goto(f"{url}?scenario={name}&theme={theme}&locale=en")
    await page.wait_for_selector(".desk, .signin")


async def scenario_names(browser: Browser, url: str) -> list[str]:
    page = await browser.new_page()
    await page.goto(url)
    await page.wait_for_function("window.scenarios")
    names = await page.evaluate("window.scenarios")
    await page.close()
    return [*names, "sign-in"]


@asynccontextmanager
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    try:
        yield browser
    finally:
        await browser.close()


async def test_axe_finds_nothing(playwright: Playwright) -> None:
    found: list[str] = []
    async with dev_desk() as url, chromium(playwright) as browser:
        names = await scenario_names(browser, url)
        assert len(names) > 10
        for (size, (width, height)), theme in itertools.product(SIZES.items(), THEMES):
            page = await browser.new_page(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            for name in names:
                await open_scenario(page, url, name, theme)
                found += [
                    f"{name} {size} {theme}: {each['id']} {each['at']} {each['why']}"
                    for each in await violations(page)
                ]
            await page.close()
    if found:
        pytest.fail("\n".join(found))


async def test_axe_finds_nothing_in_what_opens(playwright: Playwright) -> None:
    found: list[str] = []
    width, height = SIZES["desk"]
    async with dev_desk() as url, chromium(playwright) as browser:
        for theme in THEMES:
            page = await browser.new_page(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            for scenario, opened in itertools.groupby(OPENED, lambda each: each.scenario):
                await open_scenario(page, url, scenario, theme)
                for each in opened:
                    await each.open(page)
                    found += [
                        f"{each.name} {theme}: {one['id']} {one['at']} {one['why']}"
                        for one in await violations(page)
                    ]
                    await page.keyboard.press("Escape")
            await page.close()
    if found:
        pytest.fail("\n".join(found))
