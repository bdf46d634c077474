"""What one agent does with the calls there are: two customers at once, a call refused, key tones, a
recording paused; and one ticket that two agents change."""

from __future__ import annotations

import asyncio
import wave
from itertools import groupby
from pathlib import Path

import numpy as np
from playwright.async_api import expect
from sqlalchemy import select

from callcenter.store import tables
from telephony.pbx.embedded import CARRIER_HOST
from tests.asterisk.rtp import RtpParty
from tests.asterisk.spectrum import level
from tests.e2e.agent import AgentAtBrowser
from tests.e2e.audio import SILENT, Keyed, agent_hears, hears, hears_music, only_hears
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, Floor
from tests.e2e.product import STANDARD
from tests.e2e.stored import stored_call
from tests.e2e.talk import AT_ONCE, CALLER_HZ, gives, takes_a_call

SECOND_HZ = 530
WINDOW_S = 0.2


async def test_two_customers_one_agent(at: Floor, caller: Keyed) -> None:
    """Zhang sends Lina a second customer while she talks to the first."""
    lina, zhang = at.lina, at.zhang
    uniqueid = await takes_a_call(at, caller)
    async with RtpParty(CARRIER_HOST, SECOND_HZ) as second:
        await zhang.by("go-ready").click()
        await at.call(STANDARD, second)
        await zhang.by("answer").click()
        await hears(second, ZHANG_HZ)
        await gives(zhang, "1001", AT_ONCE)
        await expect(lina.by("ringing-card")).to_contain_text("Chen Jie")

        await lina.by("answer").click()
        await hears(second, LINA_HZ)
        await only_hears(lina, SECOND_HZ, CALLER_HZ)
        await hears_music(caller, LINA_HZ, SECOND_HZ)

        await lina.by("tile-talk").click()
        await hears(caller, LINA_HZ)
        await only_hears(lina, CALLER_HZ, SECOND_HZ)
        await hears_music(second, LINA_HZ, CALLER_HZ)

        await lina.by("hangup").click()
        await stored_call(at.database, at.world.platinum, uniqueid)
        await hears_music(second)
        await lina.by("tile-talk").click()
        await hears(second, LINA_HZ)
        await only_hears(lina, SECOND_HZ, CALLER_HZ)


async def test_who_is_refused_goes_on_to_the_next_agent(at: Floor, caller: Keyed) -> None:
    await at.lina.line_is("ready")
    await at.lina.by("go-ready").click()
    await at.call(STANDARD, caller)
    await at.lina.by("reject").click()
    await at.lina.state_is("not_ready")
    await expect(at.lina.by("agent-state")).to_contain_text("Rejected")
    await hears_music(caller, LINA_HZ)
    await at.zhang.by("go-ready").click()
    await expect(at.zhang.by("ringing-card")).to_contain_text("Chen Jie")
    await at.zhang.by("answer").click()
    await hears(caller, ZHANG_HZ)
    await agent_hears(at.zhang, CALLER_HZ)
    await expect(at.lina.by("ringing-card")).to_have_count(0)


async def test_key_tones_reach_the_far_end(at: Floor, caller: Keyed) -> None:
    """By the keyboard, by the pad's buttons, and pasted."""
    lina = at.lina
    await takes_a_call(at, caller)
    await lina.by("keypad").click()
    await expect(lina.by("tones")).to_be_focused()
    for key in "42#":
        await lina.page.keyboard.press(key)
    await caller.is_told("42#")
    for key in "1*":
        await lina.page.locator(".pad-keys").get_by_text(key, exact=True).click()
    await caller.is_told("42#1*")
    await lina.page.keyboard.insert_text("123#")
    await caller.is_told("42#1*123#")


async def test_a_paused_recording_has_a_silent_stretch(at: Floor, caller: Keyed) -> None:
    record = at.lina.by("record")
    uniqueid = await takes_a_call(at, caller)
    for word in ("Pause", "Record", "Pause"):
        await record.click()
        await expect(record).to_contain_text(word)
        await asyncio.sleep(1.5)  # how long each part of the file is
    await at.lina.by("hangup").click()
    await stored_call(at.database, at.world.platinum, uniqueid)
    (file,) = (at.asterisk.home / "spool/monitor").rglob("*.wav")
    parts = [(spoken, len(list(each)) * WINDOW_S) for spoken, each in groupby(windows(file))]
    long = [spoken for spoken, seconds in parts if seconds >= 1]
    assert long[:3] == [True, False, True], parts  # after them nobody speaks any more


def windows(file: Path) -> list[bool]:
    """Of each stretch of `WINDOW_S`: whether agent and customer are both in it."""
    with wave.open(str(file)) as sound:
        rate = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768
    size = round(rate * WINDOW_S)
    pieces = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]
    return [
        min(level(each, rate, LINA_HZ), level(each, rate, CALLER_HZ)) > SILENT for each in pieces
    ]


async def open_the_ticket(agent: AgentAtBrowser) -> None:
    await agent.open_customer("王小明")
    await agent.by("open-ticket").first.click()
    await expect(agent.by("ticket-subject")).to_have_value("Invoice does not match")


async def test_two_agents_change_one_ticket(at: Floor) -> None:
    """Zhang writes a subject while Lina saves another one and a priority: he is asked about the
    subject, and told what she made of it; her priority stays."""
    lina, zhang = at.lina, at.zhang
    for agent in (lina, zhang):
        await open_the_ticket(agent)
    await zhang.by("ticket-subject").fill("Invoice of March is wrong")
    await lina.by("ticket-priority").select_option("1")
    await lina.by("ticket-subject").fill("Invoice 2026-03 does not match")
    await lina.by("ticket-subject").press("Enter")
    await expect(zhang.by("open-ticket")).to_contain_text("Invoice 2026-03 does not match")
    await expect(zhang.by("ticket-priority")).to_have_value("1")
    await expect(zhang.by("ticket-subject")).to_have_value("Invoice of March is wrong")

    await zhang.by("ticket-subject").press("Enter")
    panel = zhang.by("merge-panel")
    await expect(panel).to_contain_text("Lina")
    await expect(panel).to_contain_text("Invoice 2026-03 does not match")
    await expect(zhang.page.get_by_role("dialog")).to_have_count(0)
    await zhang.by("merge-save").click()
    await expect(panel).to_have_count(0)
    await expect(lina.by("ticket-subject")).to_have_value("Invoice of March is wrong")
    async with at.database.read() as connection:
        ticket = tables.ticket.c
        query = select(ticket.subject, ticket.priority).where(ticket.id == at.world.ticket)
        assert (await connection.execute(query)).one() == ("Invoice of March is wrong", 1)
