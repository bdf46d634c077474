"""The desk in Chromium: how soon it can be used, with the simulated telephone and with one that
registers over SIP, how soon a pop is painted, what a busy queue strip costs. What eight hours leave
behind is in `bench_shift`.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlparse

import numpy as np
import orjson
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.bench.desk_page import (
    DeskPage,
    customer,
    desk_page,
    queue,
    ringing,
    sign_in,
)
from tests.bench.sip_registrar import registrar
from tests.e2e.agent import CHROMIUM, FLAGS
from tests.e2e.dev_desk import UI
from tests.e2e.screenshots import demo

SLOWER = 4  # an old office PC
LOADS = 7
PATIENCE_S = 60.0  # with a line that does not come up
DIST = UI / "dist"
POPS = 200
STRIP_PER_S, STRIP_S = 50, 20

# Milliseconds from the navigation to the first press that could do something, and what had been
# asked for by then: addresses, and the bytes that came (data compressed as the server sends it).
INTERACTIVE = """
() => new Promise((done) => {
  const tell = () => {
    const entries = performance.getEntriesByType("resource");
    const fetched = entries.map(({ name, encodedBodySize }) => [name, encodedBodySize]);
    done({ at: performance.now(), fetched });
  };
  const look = () => {
    const button = document.querySelector('[data-testid="go-ready"]');
    if (button && !button.disabled) setTimeout(tell);
    else requestAnimationFrame(look);
  };
  look();
})
"""

# As of a house with a real switch: the answer about the telephone comes when it does, and names one
# in the browser.
SIP_PHONE = """
const native = window.fetch;
window.fetch = async (asked, ...rest) => {
  const answer = await native(asked, ...rest);
  if (!String(asked.url ?? asked).endsWith("/phone") || !answer.ok) return answer;
  return Response.json({ ...(await answer.json()), ...__ACCESS__ });
};
"""

# Milliseconds from the navigation until the telephone is registered: it can ring.
REGISTERED = """
() => new Promise((done) => {
  const look = () => {
    if (document.querySelector('[data-testid="phone-line"][data-line="ready"]')) {
      done(performance.now());
    } else requestAnimationFrame(look);
  };
  look();
})
"""

# What is measured ends with the picture of it: the frame in which it was drawn, and what the main
# thread still did for that frame.
POP = """
async ([ring, gone, name]) => {
  const rest = () => new Promise((done) => setTimeout(done, 40 + Math.random() * 17));
  const column = () => document.querySelector(".who-name")?.textContent ?? "";
  const until = async (isSo) => { for (let n = 0; !isSo() && n < 60; n += 1) await painted(); };
  await rest();
  let began = performance.now();
  await painted();
  const floor = performance.now() - began;
  await rest();
  began = performance.now();
  window.gateway.send(ring);
  await painted();
  const card = document.querySelector('[data-testid="ringing-card"]');
  const pop = performance.now() - began;
  if (!card?.textContent.includes(name)) throw new Error("no pop");
  await until(() => column() === name);
  const columns = performance.now() - began;
  if (column() !== name) throw new Error("no customer");
  await rest();
  began = performance.now();
  window.gateway.send(gone);
  await painted();
  const away = performance.now() - began;
  if (document.querySelector('[data-testid="ringing-card"]')) throw new Error("still rings");
  await until(() => column() === "");
  return { floor, painted: pop, columns, gone: away };
}
"""

STRIP = """
async ([texts, every]) => {
  const began = performance.now();
  for (const [n, text] of texts.entries()) {
    window.gateway.send(text);
    const left = began + (n + 1) * every - performance.now();
    await new Promise((done) => setTimeout(done, Math.max(0, left)));
  }
}
"""


def run() -> dict[str, dict[str, float]]:
    return asyncio.run(_run())


async def _run() -> dict[str, dict[str, float]]:
    async with demo() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        figures = {"desk_load": await load(browser, url)}
        figures["desk_load_sip"] = await load_with_sip(browser, url)
        async with desk_page(browser, url) as desk:
            figures["desk_pop"] = await pops(desk)
            figures["desk_strip"] = await strip(desk)
        await browser.close()
    return figures


async def load(browser: Browser, url: str) -> dict[str, float]:
    """What is fetched until the desk can be used, and how long that takes with a cold cache on a
    CPU `SLOWER` times slower. Data is told apart: it is as much as there is of it."""
    times, weights, data, doors = [], [], [], []
    for _ in range(LOADS):
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        await page.goto(url)
        await expect(page.get_by_test_id("login-submit")).to_be_enabled()
        doors.append(gzip_bytes(await fetched_by(page)))
        await sign_in(page, url)
        await open_anew(context, page, url)
        found = await page.evaluate(INTERACTIVE)
        fetched = {urlparse(name).path: size for name, size in found["fetched"]}
        times.append(found["at"])
        weights.append(first_load_gzip_bytes(path for path in fetched if "/api/" not in path))
        data.append(sum(size for path, size in fetched.items() if "/api/" in path))
        await context.close()
    return {
        "interactive_ms": float(np.median(times)),
        "worst_interactive_ms": max(times),
        "first_load_gzip_kb": max(weights) / 1000,
        "sign_in_gzip_kb": max(doors) / 1000,
        "data_kb": max(data) / 1000,
    }


async def load_with_sip(browser: Browser, url: str) -> dict[str, float]:
    """The same with a telephone in the browser: JsSIP is fetched, parsed and started, and the line
    registered, beside everything else. `registered_ms` is when it can ring."""
    times, registered = [], []
    async with registrar() as address:
        access = {
            "mode": "sip",
            "sip_uri": "sip:1001@bench.example",
            "password": "of no importance",
            "websocket_url": address,
            "ice_servers": [],
        }
        # One context: another browser of the same agent would have to be given the telephone first.
        context = await browser.new_context(
            viewport={"width": 1440, "height": 900},
            bypass_csp=True,  # the demo's knows of no switch to talk to
        )
        page = await context.new_page()
        await page.add_init_script(SIP_PHONE.replace("__ACCESS__", orjson.dumps(access).decode()))
        await sign_in(page, url)
        for _ in range(LOADS):
            await open_anew(context, page, url)
            async with asyncio.timeout(PATIENCE_S):
                times.append((await page.evaluate(INTERACTIVE))["at"])
                registered.append(await page.evaluate(REGISTERED))
        await context.close()
    return {
        "interactive_ms": float(np.median(times)),
        "worst_interactive_ms": max(times),
        "registered_ms": float(np.median(registered)),
    }


async def open_anew(context: BrowserContext, page: Page, url: str) -> None:
    """On a slow CPU and with nothing kept of the last time but who is signed in."""
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.clearBrowserCache")
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(url, wait_until="commit")


async def fetched_by(page: Page) -> set[str]:
    """Paths that the page has asked for until now, without data."""
    names = await page.evaluate('performance.getEntriesByType("resource").map(({ name }) => name)')
    return {path for name in names if "/api/" not in (path := urlparse(name).path)}


def first_load_gzip_bytes(fetched: Iterable[str]) -> int:
    """What the browser asked for, and JsSIP: the demo's phone needs no SIP, the desk of everybody
    else fetches it at once. It must be what `scripts/pack.mjs` keeps to the budget."""
    (jssip,) = (DIST / "assets").glob("JsSIP-*.js")
    names = {path.lstrip("/") for path in fetched} | {f"assets/{jssip.name}"}
    counted = set(orjson.loads((DIST / ".vite" / "first_load.json").read_bytes()))
    if not names <= counted:
        raise AssertionError(f"fetched, and not in pack.mjs's budget: {sorted(names - counted)}")
    return gzip_bytes(names)


def gzip_bytes(fetched: Iterable[str]) -> int:
    """With the page itself and its icon, which no page is told of."""
    names = {path.lstrip("/") for path in fetched} | {"index.html", "favicon.svg"}
    return sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names)


async def pops(desk: DeskPage) -> dict[str, float]:
    """From a call's message to its card on the screen. `floor` is the same wait for a picture in
    which nothing changes: what the machine's frames cost by themselves. `columns` is when the
    customer stands beside the card, `gone` when the card is away again."""
    took: dict[str, list[float]] = {}
    for number in range(POPS):
        call, card = ringing(number, datetime.now(UTC)), customer(number)
        ring, gone = desk.message("call", call), desk.message("call.gone", {"id": call.id})
        found = await desk.page.evaluate(POP, [ring, gone, card.name])
        for name, value in found.items():
            took.setdefault(name, []).append(value)
    figures = {"first_ms": took["painted"][0]}
    for name, values in took.items():
        p50, p95 = np.percentile(values, [50, 95])
        figures |= {f"{name}_p50_ms": float(p50), f"{name}_p95_ms": float(p95)}
    return figures


async def strip(desk: DeskPage) -> dict[str, float]:
    """The share of the main thread that `STRIP_PER_S` queue messages a second take."""
    now = datetime.now(UTC)
    names = ("support", "sales", "vip")
    texts = [
        desk.message("queue", queue(names[n % 3], n % 17, now))
        for n in range(STRIP_PER_S * STRIP_S)
    ]
    before, began = await desk.metrics(), time.monotonic()
    await desk.page.evaluate(STRIP, [texts, 1000 / STRIP_PER_S])
    after, wall = await desk.metrics(), time.monotonic() - began
    return {"main_thread_share": (after["TaskDuration"] - before["TaskDuration"]) / wall}
