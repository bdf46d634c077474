"""Our server goes away in mid-call and comes back: the call does not notice, the agent is told,
and nothing that was typed is lost."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.async_api import Playwright, expect
from sqlalchemy import Column, select

from callcenter.store import tables
from callcenter.store.database import Database
from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ, both_hear, talking

NOTE = "Promised a corrected invoice on Friday"


async def test_the_call_the_note_and_the_state_survive_a_restart(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await at.product.stop(signal.SIGKILL)
        await expect(lina.by("server-banner")).to_be_visible(timeout=12_000)
        await expect(lina.page.get_by_role("dialog")).to_have_count(0)
        await both_hear(lina, caller)
        await lina.by("hold").click()  # the telephone obeys without the server
        await expect(lina.by("hold")).to_have_attribute("aria-pressed", "true")
        await lina.by("hold").click()
        await both_hear(lina, caller)
        await lina.by("ticket-note").fill(NOTE)
        await at.product.start()
        await expect(lina.by("server-banner")).to_have_count(0, timeout=15_000)
        await lina.state_is("on_call")
        await expect(lina.by("ticket-note")).to_have_value(NOTE)
        await both_hear(lina, caller)
        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        await lina.by("finish-wrap-up").click()
        await lina.state_is("ready")
        call, _ = await stored_call(at.database, at.world.platinum)
        assert call["last_agent_id"] == at.world.agents["lina"]
        assert NOTE in await written(at.database, tables.activity.c.body)


async def test_what_was_typed_while_the_server_was_away_is_there_when_it_is_back(
    playwright: Playwright, tmp_path: Path
) -> None:
    """The call ends during the outage, and the tab is closed over it: the note waits in the
    browser, under the call in the list."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await lina.by("ticket-note").fill("Promised")
        await at.product.stop(signal.SIGKILL)
        await expect(lina.by("server-banner")).to_be_visible(timeout=12_000)
        await lina.by("ticket-note").fill(NOTE)
        await lina.by("hangup").click()
        await lina.hung_up()
        await lina.page.close()
        await at.product.start()
        await lina.open_tab(at.product.url)
        await lina.by("call-log-row").first.click(timeout=15_000)
        await expect(lina.by("ticket-note")).to_have_value(NOTE)
        await lina.by("save-note").click()
        await expect(lina.by("ticket-note")).to_have_value("")
        assert NOTE in await written(at.database, tables.activity.c.body)


async def written(database: Database, column: Column[str]) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(column))).scalars())
