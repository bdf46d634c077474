"""The way between a screen and our server is bad, the telephone's is well: nobody is taken from a
call by it. And all ways are lost: nobody is rung who cannot hear it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect
from sqlalchemy import select

from callcenter.store import tables
from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.e2e.agent import AgentAtBrowser
from tests.e2e.floor import Floor, agents_signed_in, open_floor
from tests.e2e.product import PLATINUM
from tests.e2e.stored import stored_call
from tests.e2e.talk import CALLER_HZ, both_hear, talking

NOTE = "Promised a corrected invoice on Friday"
CUT_S = 6.0  # twice as long as it takes to find that a page has crashed
LEASE_S = 15.0
BACK_WITHIN_S = 5.0


@pytest.mark.parametrize("both", [False, True])
async def test_the_gateway_is_cut_and_the_call_goes_on(
    playwright: Playwright, tmp_path: Path, both: bool
) -> None:
    """`both`: as by the restart of a proxy that stands before our server and the switch."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        ways = (at.faults.gateway, at.faults.sip) if both else (at.faults.gateway,)
        for way in ways:
            way.refuse(True)
            way.cut()
        ends = asyncio.get_running_loop().time() + CUT_S
        await lina.by("ticket-note").fill(NOTE)
        await hear_each_other_until(ends, lina, caller)
        await expect(lina.by("server-banner")).to_be_visible()
        for way in ways:
            way.refuse(False)
        await expect(lina.by("server-banner")).to_have_count(0, timeout=BACK_WITHIN_S * 1000)
        await lina.line_is("ready")
        await is_still_in_the_call(at, lina, caller)


async def test_the_gateway_is_half_open_and_the_call_goes_on(
    playwright: Playwright, tmp_path: Path
) -> None:
    """Both find it out, the page by its own watch, and the server when the lease is over."""
    async with (
        RtpParty(CARRIER_HOST, CALLER_HZ) as caller,
        talking(playwright, tmp_path, caller) as (at, lina),
    ):
        before = at.faults.gateway.accepted
        at.faults.gateway.lose()
        ends = asyncio.get_running_loop().time() + LEASE_S + 1
        await lina.by("ticket-note").fill(NOTE)
        await hear_each_other_until(ends, lina, caller)
        assert at.faults.gateway.accepted == before + 2, "each of the two screens came back once"
        await is_still_in_the_call(at, lina, caller)


async def test_who_is_out_of_reach_is_not_rung_and_comes_back_as_they_were(
    playwright: Playwright, tmp_path: Path
) -> None:
    async with open_floor(tmp_path) as at, agents_signed_in(at, playwright, tmp_path):
        lina = at.lina
        await lina.line_is("ready")
        await lina.by("go-ready").click()
        await lina.state_is("ready")
        for way in (at.faults.sip, at.faults.gateway):
            way.freeze()
        await at.member_is_paused("PJSIP/1001", within_s=LEASE_S + 5)
        await log_says(at, "lina", "unresponsive")
        since = len(at.observer.seen)
        await at.call(PLATINUM)
        await asyncio.sleep(2)
        rung = [frame.event for frame in at.observer.seen[since:] if frame.event == "AgentCalled"]
        assert rung == []
        for way in (at.faults.sip, at.faults.gateway):
            way.thaw()
        card = lina.by("ringing-card")  # who waits is hers now: she is ready, as she was
        await expect(card.get_by_test_id("customer-name")).to_have_text("王小明", timeout=20_000)
        await lina.by("answer").click()
        await lina.state_is("on_call")
        await lina.by("hangup").click()
        await lina.by("finish-wrap-up").click()
        await lina.state_is("ready")


async def hear_each_other_until(ends: float, lina: AgentAtBrowser, caller: RtpParty) -> None:
    """`ends`: by the loop's clock."""
    while asyncio.get_running_loop().time() < ends:
        await both_hear(lina, caller)


async def is_still_in_the_call(at: Floor, lina: AgentAtBrowser, caller: RtpParty) -> None:
    """Nobody was sent anywhere, her keys work, and her note is written down."""
    await both_hear(lina, caller)
    await lina.state_is("on_call")
    await expect(lina.by("ticket-note")).to_have_value(NOTE)
    await lina.by("hold").click()
    await expect(lina.by("hold")).to_have_attribute("aria-pressed", "true")
    await lina.by("hold").click()
    await both_hear(lina, caller)
    await lina.by("hangup").click()
    await lina.state_is("wrap_up")
    await lina.by("finish-wrap-up").click()
    await lina.state_is("ready")
    call, legs = await stored_call(at.database, at.world.platinum)
    assert call["last_agent_id"] == at.world.agents["lina"]
    assert [leg["role"] for leg in legs].count("agent") == 1, "she has not been rung again"
    async with at.database.read() as connection:
        assert NOTE in (await connection.execute(select(tables.activity.c.body))).scalars().all()


async def log_says(at: Floor, login: str, state: str, within_s: float = 5) -> None:
    """That this is the agent's last state; the log follows by a moment."""
    event = tables.agent_event.c
    states = select(event.state).where(event.user_id == at.world.agents[login])
    last = states.order_by(event["from"].desc()).limit(1)
    for _ in range(round(within_s * 10)):
        async with at.database.read() as connection:
            said = (await connection.execute(last)).scalar_one()
        if said == state:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{login} is {said}, not {state}")
