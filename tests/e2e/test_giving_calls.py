"""Calls given from one to the other on the real switch, by the desk, with everybody's own tone:
who hears whom in a consultation, after a swap, in three, after leaving, and after the transfer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser
from tests.e2e.audio import SILENT, agent_hears, hears
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, Floor
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ, talking


async def asks_zhang(at: Floor) -> None:
    """Lina finds Zhang by the first letters of the name and asks; Zhang answers."""
    await at.lina.by("transfer").click()
    await at.lina.by("transfer-search").fill("1002")
    await expect(at.lina.by("transfer-row").first).to_have_attribute("data-target", "1002")
    await at.lina.page.keyboard.press("Enter")
    card = at.zhang.by("ringing-card")
    await expect(card).to_be_visible()
    await expect(card.get_by_test_id("about")).to_contain_text("王小明")
    await at.zhang.by("answer").click()
    await expect(at.lina.by("consult-swap")).to_be_enabled()


async def only_hears(agent: AgentAtBrowser, hz: float, *not_these: float) -> None:
    await agent_hears(agent, hz)
    for other in not_these:
        assert await agent.level(other) < SILENT, f"the agent hears {other} Hz"


async def test_consult_swap_three_and_leave(playwright: Playwright, tmp_path: Path) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await asks_zhang(at)
        await only_hears(lina, ZHANG_HZ, CALLER_HZ)
        await only_hears(at.zhang, LINA_HZ, CALLER_HZ)
        assert caller.level(LINA_HZ) < SILENT
        assert caller.level(ZHANG_HZ) < SILENT
        assert caller.loudest() > 0, "the caller hears nothing while they wait"

        await lina.by("consult-swap").click()
        await hears(caller, LINA_HZ)
        await only_hears(lina, CALLER_HZ, ZHANG_HZ)
        assert caller.level(ZHANG_HZ) < SILENT

        await lina.by("consult-swap").click()
        await only_hears(lina, ZHANG_HZ, CALLER_HZ)
        await expect(lina.by("consult-three_way")).to_be_enabled()
        await lina.by("consult-three_way").click()
        await expect(lina.by("consult-strip")).to_have_count(0)
        await all_hear_all(at, caller)

        await lina.by("hangup").click()
        await lina.state_is("wrap_up")
        await hears(caller, ZHANG_HZ)
        await only_hears(at.zhang, CALLER_HZ, LINA_HZ)
        await at.zhang.by("hangup").click()
        call, legs = await stored_call(at.database, at.world.platinum)
        assert (call["first_agent_id"], call["last_agent_id"]) == (
            at.world.agents["lina"],
            at.world.agents["zhang"],
        )
        agents = {leg["user_id"]: leg for leg in legs if leg["role"] == "agent"}
        assert agents[at.world.agents["lina"]]["consult_s"] > 1
        assert (
            agents[at.world.agents["zhang"]]["ended_at"]
            > (agents[at.world.agents["lina"]]["ended_at"])
        )


async def all_hear_all(at: Floor, caller: RtpParty) -> None:
    await asyncio.sleep(1)
    for party, others in (
        (at.lina, (CALLER_HZ, ZHANG_HZ)),
        (at.zhang, (CALLER_HZ, LINA_HZ)),
    ):
        for hz in others:
            assert await party.level(hz) > SILENT, f"an agent does not hear {hz} Hz"
    for hz in (LINA_HZ, ZHANG_HZ):
        assert caller.level(hz) > SILENT, f"the caller does not hear {hz} Hz"


async def test_a_warm_transfer_brings_customer_ticket_and_note(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await lina.by("ticket-note").fill("Wants a corrected invoice")
        await asks_zhang(at)
        await lina.by("consult-complete").click()
        await lina.state_is("wrap_up")
        await hears(caller, ZHANG_HZ)
        await agent_hears(at.zhang, CALLER_HZ)
        await expect(at.zhang.by("customer-name").first).to_have_text("王小明")
        await expect(at.zhang.by("ticket-number")).to_contain_text("10482")
        await at.zhang.by("hangup").click()
        call, _ = await stored_call(at.database, at.world.platinum)
        assert call["transfers"][0]["kind"] == "attended"
        assert "Wants a corrected invoice" in call["note"]


async def test_a_consultation_that_leads_nowhere_goes_back_to_the_customer(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        await asks_zhang(at)
        await lina.by("consult-cancel").click()
        await hears(caller, LINA_HZ)
        await agent_hears(lina, CALLER_HZ)
        await expect(at.zhang.by("ringing-card")).to_have_count(0)
        await expect(lina.by("hold")).to_be_enabled()


@pytest.mark.parametrize("target", ["1002", "sales"])
async def test_a_blind_transfer(target: str, playwright: Playwright, tmp_path: Path) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        since = len(at.observer.seen)
        await lina.by("transfer").click()
        await lina.by("transfer-search").fill(target)
        await expect(lina.by("transfer-row").first).to_have_attribute("data-target", target)
        await lina.page.keyboard.press("Control+Enter")
        await lina.state_is("wrap_up")
        if target == "sales":
            joined = await at.event("QueueCallerJoin", since)
            assert joined.get("Queue") == "sales"
            return
        await expect(at.zhang.by("ringing-card")).to_contain_text("王小明")
        await at.zhang.by("answer").click()
        await hears(caller, ZHANG_HZ)
        await only_hears(at.zhang, CALLER_HZ, LINA_HZ)


async def test_key_tones_reach_the_switch(playwright: Playwright, tmp_path: Path) -> None:
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        since = len(at.observer.seen)
        await lina.by("keypad").click()
        for key in "42#":
            await lina.page.keyboard.press(key)
        await asyncio.sleep(2)
        heard = [
            frame.get("Digit")
            for frame in at.observer.seen[since:]
            if frame.event == "DTMFEnd" and frame.get("Direction") == "Received"
        ]
        assert heard == ["4", "2", "#"]
