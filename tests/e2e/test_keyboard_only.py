"""A whole call without a mouse: from signing in to the next caller."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect
from sqlalchemy import select

from callcenter.store import tables
from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser, agent_at_browser
from tests.e2e.audio import agent_hears, hears, hears_music, hears_none_of
from tests.e2e.floor import LINA_HZ, open_floor
from tests.e2e.product import PASSWORD, PLATINUM
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ

NOTE = "Wants the invoice by post"
FEW = 40  # presses of Tab: nothing is farther away


async def tab_to(agent: AgentAtBrowser, test_id: str) -> None:
    for _ in range(FEW):
        if await agent.by(test_id).evaluate("(each) => each === document.activeElement"):
            return
        await agent.page.keyboard.press("Tab")
    raise AssertionError(f"{FEW} presses of Tab do not reach {test_id}")


async def test_a_whole_call_without_a_mouse(playwright: Playwright, tmp_path: Path) -> None:
    async with (
        open_floor(tmp_path) as at,
        agent_at_browser(playwright, tmp_path, LINA_HZ) as lina,
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
    ):
        press, write = lina.page.keyboard.press, lina.page.keyboard.type
        await lina.page.goto(at.product.url)
        await tab_to(lina, "login-name")
        await write("lina")
        await tab_to(lina, "login-password")
        await write(PASSWORD)
        await press("Enter")
        await lina.line_is("ready")
        await press("Control+Shift+Y")
        await lina.state_is("ready")

        await at.call(PLATINUM, caller)
        await expect(lina.by("ringing-card")).to_be_visible()
        await press("Control+Shift+A")
        await lina.state_is("on_call")
        await hears(caller, LINA_HZ)
        await agent_hears(lina, CALLER_HZ)

        await press("Control+Shift+H")
        await expect(lina.by("hold")).to_have_attribute("aria-pressed", "true")
        await hears_music(caller, LINA_HZ)
        await press("Control+Shift+H")
        await expect(lina.by("hold")).to_have_attribute("aria-pressed", "false")
        await press("Control+Shift+M")
        await expect(lina.by("mute")).to_have_attribute("aria-pressed", "true")
        await hears_none_of(caller, LINA_HZ)
        await agent_hears(lina, CALLER_HZ)
        await press("Control+Shift+M")
        await hears(caller, LINA_HZ)

        await press("Control+Shift+3")  # the work column
        await tab_to(lina, "ticket-note")
        await write(NOTE)
        await press("Control+Shift+E")
        await lina.state_is("wrap_up")
        await press("Escape")  # out of the note
        await press("1")  # "Solved", and the first kind of it
        await expect(lina.by("disposition-back")).to_be_visible()
        await press("1")
        await expect(lina.by("disposition-chosen")).to_contain_text("Solved ›")
        await press("Control+Enter")
        await lina.state_is("ready")

        call, _ = await stored_call(at.database, at.world.platinum)
        assert call["disposition_id"] is not None
        async with at.database.read() as connection:
            assert NOTE in set((await connection.execute(select(tables.activity.c.body))).scalars())
