"""Eight hours of calls through one desk: do they leave anything behind in the browser?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from playwright.async_api import async_playwright

from callcenter.services.views import CustomerCard
from tests.bench.desk_page import DeskPage, agent, answered, customer, desk_page, ended, ringing
from tests.bench.heap import Heap, heap
from tests.e2e.agent import CHROMIUM, FLAGS
from tests.e2e.screenshots import demo

CALLS, WARM_CALLS = 10_000, 500
SEEN = 50  # customers who call in a shift, again and again
AT_ONCE = 100  # calls handed to the page together; each of their messages still comes by itself
LOOKS = 5  # at the heap before, and after: of each the least counts
SETTLE_S = 0.5  # answers to the last call arrive

# V8 compiles a function again, larger and faster, after so many runs of it. By its own thresholds
# (400, 3000, 500) the desk's come to their last form one by one all through the shift; by a tenth
# of those in the warm-up. Nothing is left out: that code is in both figures.
COMPILE_EARLY = (
    "--js-flags=--invocation-count-for-maglev=40"
    " --invocation-count-for-turbofan=300 --minimum-invocations-after-ic-update=50"
)

# A message is drawn before the next one comes (Preact draws in a microtask); a turn of the loop
# for each call, in which answers of the server arrive. Every tenth call lasts until the customer's
# record is on the screen, and a picture of it; what a frame costs is measured above.
SHIFT = """
async ([calls]) => {
  const { port1, port2 } = new MessageChannel();
  const turn = () => new Promise((done) => {
    port1.onmessage = done;
    port2.postMessage(null);
  });
  const record = async (name) => {
    const column = document.querySelector(".column.customer");
    const isThere = () => column.querySelector(".who-name")?.textContent === name
      && column.querySelector('[data-testid="timeline"]');
    const began = performance.now();
    while (!isThere()) {
      const isLate = performance.now() - began > 10_000;
      if (isLate || column.querySelector('[role="alert"]')) throw new Error(`no record of ${name}`);
      await window.painted();
    }
  };
  for (const [number, { name, texts }] of calls.entries()) {
    for (const [step, text] of texts.entries()) {
      window.gateway.send(text);
      for (let job = 0; job < 20; job += 1) await null;
      if (number % 10 === 9 && step === 3) await record(name);
    }
    await turn();
    if (number % 10 === 9) await window.painted();
  }
  port1.close();
}
"""


def run() -> dict[str, dict[str, float]]:
    return asyncio.run(_run())


async def _run() -> dict[str, dict[str, float]]:
    async with demo() as url, async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, COMPILE_EARLY]
        )
        async with desk_page(browser, url) as desk:
            figures = {"desk_shift": await shift(desk, url)}
        await browser.close()
    return figures


async def shift(desk: DeskPage, url: str) -> dict[str, float]:
    """The heap after a shift's calls, against the heap when everything had been used.

    `heap_growth_with_code` is of all that V8 has in use. Three things move it that are no memory of
    a call, and are met so:

    - Code. With V8's own thresholds 2.8 MB of it after 500 calls were 3.0 after 2,000, 3.2 after
      5,000 and 3.6 after 10,500, all of it functions that had been there from the first call on,
      compiled again: hence `COMPILE_EARLY`.
    - Preact keeps, on each level of the tree, the children it was given last, with what was drawn
      in them then: between two and five former drawings of a list, of 0.1 MB each, up and down
      with what was drawn last. Hence the least of several looks, before as after.
    - Answers under way at the moment: hence the pause before each look.

    `heap_growth` is of what scripts made alone, `code_mb` what code took on top of it.
    """
    seen = await customers(desk, url)
    await calls(desk, seen, WARM_CALLS)
    before = await least(desk, seen)
    await calls(desk, seen, CALLS - LOOKS * AT_ONCE)
    after = await least(desk, seen)
    return {
        "heap_mb": after.used / 1e6,
        "heap_growth_with_code": after.used / before.used - 1,
        "code_mb": (after.code - before.code) / 1e6,
        "heap_growth": (after.kept - before.kept) / before.kept,
        "bytes_per_call": (after.kept - before.kept) / CALLS,
        "nodes": after.nodes - before.nodes,
    }


async def least(desk: DeskPage, seen: Sequence[CustomerCard]) -> Heap:
    """What is on the heap whatever was drawn last, after `LOOKS * AT_ONCE` calls more."""
    looks = []
    for _ in range(LOOKS):
        await calls(desk, seen, AT_ONCE)
        await asyncio.sleep(SETTLE_S)
        looks.append(await heap(desk.cdp))
    return min(looks, key=lambda look: look.used)


async def customers(desk: DeskPage, url: str) -> list[CustomerCard]:
    """Some whom the server knows, with all that their records bring to the screen."""
    found = await desk.page.request.get(f"{url}/api/v1/customers?limit={SEEN}&q=a")
    if not found.ok:
        raise AssertionError(f"{found.status}: {await found.text()}")
    items = (await found.json())["items"]
    if len(items) < SEEN:
        raise AssertionError(f"the demo has {len(items)} customers")
    return [
        replace(customer(number), party_id=UUID(item["id"]), name=item["name"])
        for number, item in enumerate(items)
    ]


async def calls(desk: DeskPage, seen: Sequence[CustomerCard], count: int) -> None:
    for first in range(0, count, AT_ONCE):
        cards = [seen[number % len(seen)] for number in range(first, first + AT_ONCE)]
        lives = [{"name": card.name, "texts": call_texts(desk, card)} for card in cards]
        await desk.page.evaluate(SHIFT, [lives])


def call_texts(desk: DeskPage, card: CustomerCard) -> list[str]:
    """A call's life, and its agent's."""
    now = datetime.now(UTC)
    call = ringing(0, now)
    call = replace(call, caller=replace(call.caller, card=card))
    return [
        desk.message("call", call),
        desk.message("agent", agent("ringing", now)),
        desk.message("call", answered(call, now)),
        desk.message("agent", agent("on_call", now)),
        desk.message("call", ended(call, now)),
        desk.message("agent", agent("wrap_up", now)),
        desk.message("call.gone", {"id": call.id}),
        desk.message("agent", agent("ready", now)),
        desk.message("call.logged", {"id": call.id, "party_id": card.party_id}),
    ]
