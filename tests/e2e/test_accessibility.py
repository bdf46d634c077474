"""WCAG 2.2 AA by axe: no violation on any page, in any state, size or theme, whatever is open."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, Playwright, ViewportSize

from tests.e2e.agent import CHROMIUM, FLAGS
from tests.e2e.dev_desk import UI, dev_desk
from tests.e2e.opened import OPENED, Opened
from tests.e2e.screenshots import SIZES, THEMES

PAGES = 2  # beside each other
FIRST_SIZE = next(iter(SIZES))
Look = tuple[str, tuple[Opened, ...]]
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
# What a theme changes is colours: everything else is looked at once for both.
RUN = """
async (runOnly) => {
  for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame); // a new size has arrived
  const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({ id, at: target.join(" "), why: failureSummary })));
}
"""
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PUT_ON = "(theme) => { document.documentElement.dataset.theme = theme; }"


async def violations(page: Page, what: str) -> list[str]:
    """What is against a rule in the state the page is in, in each theme, under the name `what`."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=AXE)
    found = []
    for theme in THEMES:
        await page.evaluate(PUT_ON, theme)
        wrong = await page.evaluate(RUN, EVERYTHING if theme == THEMES[0] else COLOURS)
        found += [f"{what} {theme}: {each['id']} {each['at']} {each['why']}" for each in wrong]
    await page.evaluate(PUT_ON, THEMES[0])
    return found


async def open_scenario(page: Page, url: str, name: str) -> None:
    await page.goto(f"{url}?scenario={name}&theme={THEMES[0]}&locale=en")
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


async def as_they_are(browser: Browser, url: str, names: Iterator[str]) -> list[str]:
    """What is wrong with scenarios, in every size, on one page; others take names as well."""
    page = await browser.new_page(reduced_motion="reduce")
    found = []
    for name in names:
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            if size == FIRST_SIZE:
                await open_scenario(page, url, name)
            found += await violations(page, f"{name} {size}")
    await page.close()
    return found


async def with_what_opens(browser: Browser, url: str, looks: Iterable[Look]) -> list[str]:
    """What is wrong with what opens in scenarios, one after the other on one page."""
    width, height = SIZES["desk"]
    viewport: ViewportSize = {"width": width, "height": height}
    page = await browser.new_page(viewport=viewport, reduced_motion="reduce")
    found = []
    for scenario, opened in looks:
        await open_scenario(page, url, scenario)
        for each in opened:
            await each.open(page)
            found += await violations(page, each.name)
            await page.keyboard.press("Escape")
    await page.close()
    return found


async def test_axe_finds_nothing(playwright: Playwright) -> None:
    async with dev_desk() as url, chromium(playwright) as browser:
        names = await scenario_names(browser, url)
        assert len(names) > 10
        left = iter(names)
        pages = (as_they_are(browser, url, left) for _ in range(PAGES))
        found = list(itertools.chain(*await asyncio.gather(*pages)))
        assert next(left, None) is None
    if found:
        pytest.fail("\n".join(found))


async def test_axe_finds_nothing_in_what_opens(playwright: Playwright) -> None:
    grouped = itertools.groupby(OPENED, lambda each: each.scenario)
    looks = [(scenario, tuple(opened)) for scenario, opened in grouped]
    # Halves in their order: a scenario may find what the one before it left in the browser.
    middle = [scenario for scenario, _ in looks].index(OPENED[len(OPENED) // 2].scenario)
    halves = (looks[:middle], looks[middle:])
    async with dev_desk() as url, chromium(playwright) as browser:
        pages = (with_what_opens(browser, url, half) for half in halves)
        found = list(itertools.chain(*await asyncio.gather(*pages)))
    if found:
        pytest.fail("\n".join(found))


async def test_axe_sees_a_colour_that_is_wrong_in_one_theme(playwright: Playwright) -> None:
    wrong = '[data-theme="dark"] .signin-name { color: #1b2230 !important; }'
    async with dev_desk() as url, chromium(playwright) as browser:
        page = await browser.new_page(reduced_motion="reduce")
        await open_scenario(page, url, "sign-in")
        await page.add_style_tag(content=wrong)
        found = await violations(page, "sign-in")
    assert found
    assert all(each.startswith("sign-in dark: color-contrast") for each in found)
