"""The straight line, walked from a telephone to a screen and back: two callers wait, Standard
first and Platinum after; Platinum is offered first, to one agent's screen; a click answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect
from sqlalchemy import select

from callcenter.store import tables
from telephony.pbx.embedded import CARRIER_HOST
from telephony.wire import Frame
from tests.asterisk.rtp import RtpParty
from tests.e2e.audio import SILENT, agent_hears, hears, hears_music
from tests.e2e.cel import read_cel, witness
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, Floor, agents_signed_in, open_floor
from tests.e2e.product import PLATINUM, STANDARD
from tests.e2e.stored import stored_call

PLATINUM_HZ, STANDARD_HZ = 440, 530


def switch_time(frame: Frame) -> float:
    return float(frame.get("Timestamp"))


async def test_platinum_first(playwright: Playwright, tmp_path: Path) -> None:
    async with (
        open_floor(tmp_path) as at,
        agents_signed_in(at, playwright, tmp_path),
        RtpParty(CARRIER_HOST, PLATINUM_HZ) as platinum,
        RtpParty(CARRIER_HOST, STANDARD_HZ) as standard,
    ):
        await at.call(STANDARD, standard)
        await at.call(PLATINUM, platinum)
        await pops_on_the_ringing_agents_page_only(at)
        await answers_and_talks(at, platinum)
        await the_other_agent_takes_the_standard_caller(at, standard, platinum)
        held_s = await hold_silences(at, platinum)
        await hangs_up_and_wraps_up(at)
        await stands_in_the_log(at, held_s)


async def pops_on_the_ringing_agents_page_only(at: Floor) -> None:
    await at.lina.by("go-ready").click()
    card = at.lina.by("ringing-card")
    await expect(card).to_be_visible()
    await expect(card.get_by_test_id("customer-name")).to_have_text("王小明")
    await expect(card.get_by_test_id("tier-badge")).to_contain_text("Platinum")
    await expect(card.get_by_test_id("match-kind")).to_have_attribute("data-match", "exact")
    for text in ("Hangzhou Optics", "138 0013 8000", "10482", "Invoice does not match", "王总"):
        await expect(card).to_contain_text(text)
    called = await at.event("AgentCalled")
    (pop,) = await at.lina.pops()
    assert 0 <= float(pop["at"]) / 1000 - switch_time(called) < 1.0
    assert await at.zhang.pops() == []
    await expect(at.zhang.by("ringing-card")).to_have_count(0)


async def answers_and_talks(at: Floor, platinum: RtpParty) -> None:
    await at.lina.by("answer").click()
    await at.lina.state_is("on_call")
    await expect(at.lina.by("ringing-card")).to_have_count(0)
    await expect(at.lina.by("customer-name").first).to_have_text("王小明")
    await hears(platinum, LINA_HZ)
    assert abs(await at.lina.loudest() - PLATINUM_HZ) < 15
    await at.lina.by("ticket-note").fill("Promised a corrected invoice on Friday")
    await at.lina.by("save-note").click()


async def the_other_agent_takes_the_standard_caller(
    at: Floor, standard: RtpParty, platinum: RtpParty
) -> None:
    await at.zhang.by("go-ready").click()
    card = at.zhang.by("ringing-card")
    await expect(card.get_by_test_id("customer-name")).to_have_text("Chen Jie")
    assert len(await at.lina.pops()) == 1, "a call popped on a page that did not ring"
    await at.zhang.by("answer").click()
    await hears(standard, ZHANG_HZ)
    assert abs(await at.zhang.loudest() - STANDARD_HZ) < 15
    assert abs(await at.lina.loudest() - PLATINUM_HZ) < 15
    assert platinum.level(ZHANG_HZ) < SILENT, "one caller hears the other's agent"
    await at.zhang.by("hangup").click()
    await at.zhang.state_is("wrap_up")
    await at.zhang.by("finish-wrap-up").click()
    await at.zhang.state_is("ready")
    call, _ = await stored_call(at.database, at.world.standard)
    assert (call["result"], call["last_agent_id"]) == ("answered", at.world.agents["zhang"])


async def hold_silences(at: Floor, platinum: RtpParty) -> float:
    """Seconds on hold, as the switch saw it."""
    since = len(at.observer.seen)
    await at.lina.by("hold").click()
    held = await at.event("Hold", since)
    await expect(at.lina.by("hold")).to_have_attribute("aria-pressed", "true")
    await hears_music(platinum, LINA_HZ)
    assert await at.lina.level(PLATINUM_HZ) < SILENT, "the agent hears the caller through the hold"
    await at.lina.by("hold").click()
    resumed = await at.event("Unhold", since)
    await hears(platinum, LINA_HZ)
    await agent_hears(at.lina, PLATINUM_HZ)
    return switch_time(resumed) - switch_time(held)


async def hangs_up_and_wraps_up(at: Floor) -> None:
    await at.lina.by("hangup").click()
    await at.lina.state_is("wrap_up")
    await at.lina.by("finish-wrap-up").click()
    await at.lina.state_is("ready")


async def stands_in_the_log(at: Floor, held_s: float) -> None:
    call, legs = await stored_call(at.database, at.world.platinum)
    assert (call["direction"], call["result"]) == ("inbound", "answered")
    assert call["ticket_id"] == at.world.ticket
    assert call["last_agent_id"] == at.world.agents["lina"]
    (agent,) = [leg for leg in legs if leg["role"] == "agent"]
    assert agent["user_id"] == at.world.agents["lina"]

    seen = witness(read_cel(at.asterisk.cel_path), call["uniqueid"], agent["uniqueid"])
    assert call["wait_s"] == pytest.approx(seen.wait_s, abs=0.2)
    assert agent["ring_s"] == pytest.approx(seen.ring_s, abs=0.2)
    assert agent["talk_s"] + agent["hold_s"] == pytest.approx(seen.connected_s, abs=0.2)
    # CEL has no hold: the switch's Hold and Unhold events, seen by another session, witness it.
    assert agent["hold_s"] == pytest.approx(held_s, abs=0.2)

    await expect(at.lina.by("call-log-row").first).to_contain_text("王小明")
    async with at.database.read() as connection:
        note = await connection.execute(select(tables.activity.c.body, tables.activity.c.ticket_id))
        assert note.one() == ("Promised a corrected invoice on Friday", at.world.ticket)
