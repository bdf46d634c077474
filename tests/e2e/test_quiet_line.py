"""A telephone that nobody calls: its line is asked for a sign of life, gives it, and stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Playwright

from tests.e2e.agent import agent_at_browser
from tests.e2e.floor import LINA_HZ, open_floor
from tests.e2e.product import PASSWORD

LONGER_S = 17.0  # than twice the silence after which a line counts as dead (`sip_socket.ts`)
WATCH = """
window.lines = [];
const note = () => {
  const line = document.querySelector('[data-testid="phone-line"]')?.dataset.line;
  if (line !== window.lines.at(-1)) window.lines.push(line);
};
note();
new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
"""


async def test_a_line_on_which_nothing_happens_stays(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        open_floor(tmp_path) as at,
        agent_at_browser(playwright, tmp_path, LINA_HZ) as lina,
    ):
        errors: list[str] = []
        lina.page.on("pageerror", lambda error: errors.append(str(error)))
        await lina.sign_in(at.product.url, "lina", PASSWORD)
        await lina.line_is("ready")
        await lina.page.evaluate(WATCH)
        opened = at.faults.sip.accepted
        await asyncio.sleep(LONGER_S)
        assert await lina.page.evaluate("window.lines") == ["ready"]
        assert at.faults.sip.accepted == opened
        assert errors == []
