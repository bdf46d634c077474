"""Calls given from one to the other on the real switch, by the desk, with everybody's own tone:
who hears whom in a consultation, after a swap, in three, after leaving, and after the transfer."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.asterisk.rtp import RtpParty
from tests.asterisk.voice import Voice
from tests.e2e.audio import (
    agent_hears,
    agent_hears_all,
    hears,
    hears_all,
    hears_music,
    hears_none_of,
    only_hears,
)
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, Floor
from tests.e2e.stored import stored_call
from tests.e2e.talk import ASKED_FIRST, AT_ONCE, CALLER_HZ, both_hear, gives, takes_a_call

OUTSIDE, OUTSIDE_HZ = "+8613700137000", 1500


async def asks_zhang(at: Floor) -> None:
    """Lina finds Zhang by the extension and asks; Zhang answers."""
    await gives(at.lina, "1002", ASKED_FIRST)
    card = at.zhang.by("ringing-card")
    await expect(card).to_be_visible()
    await expect(card.get_by_test_id("about")).to_contain_text("王小明")
    await at.zhang.by("answer").click()
    await expect(at.lina.by("consult-swap")).to_be_enabled()


async def test_consult_swap_three_and_leave(at: Floor, caller: RtpParty) -> None:
    lina = at.lina
    uniqueid = await takes_a_call(at, caller)
    await asks_zhang(at)
    await only_hears(lina, ZHANG_HZ, CALLER_HZ)
    await only_hears(at.zhang, LINA_HZ, CALLER_HZ)
    await hears_music(caller, LINA_HZ, ZHANG_HZ)

    await lina.by("consult-swap").click()
    await hears(caller, LINA_HZ)
    await only_hears(lina, CALLER_HZ, ZHANG_HZ)
    await hears_none_of(caller, ZHANG_HZ)

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
    call, legs = await stored_call(at.database, at.world.platinum, uniqueid)
    people = at.world.agents
    assert (call["first_agent_id"], call["last_agent_id"]) == (people["lina"], people["zhang"])
    agents = {leg["user_id"]: leg for leg in legs if leg["role"] == "agent"}
    assert agents[people["lina"]]["consult_s"] > 1
    assert agents[people["zhang"]]["ended_at"] > agents[people["lina"]]["ended_at"]


async def all_hear_all(at: Floor, caller: RtpParty) -> None:
    await hears_all(caller, LINA_HZ, ZHANG_HZ)
    await agent_hears_all(at.lina, CALLER_HZ, ZHANG_HZ)
    await agent_hears_all(at.zhang, CALLER_HZ, LINA_HZ)


async def test_a_warm_transfer_brings_customer_ticket_and_note(at: Floor, caller: RtpParty) -> None:
    uniqueid = await takes_a_call(at, caller)
    await at.lina.by("ticket-note").fill("Wants a corrected invoice")
    await asks_zhang(at)
    await at.lina.by("consult-complete").click()
    await at.lina.state_is("wrap_up")
    await hears(caller, ZHANG_HZ)
    await agent_hears(at.zhang, CALLER_HZ)
    await expect(at.zhang.by("customer-name").first).to_have_text("王小明")
    await expect(at.zhang.by("ticket-number")).to_contain_text("10482")
    await at.zhang.by("hangup").click()
    call, _ = await stored_call(at.database, at.world.platinum, uniqueid)
    assert call["transfers"][0]["kind"] == "attended"
    assert "Wants a corrected invoice" in call["note"]


async def test_a_consultation_that_leads_nowhere_goes_back_to_the_customer(
    at: Floor, caller: RtpParty
) -> None:
    await takes_a_call(at, caller)
    await asks_zhang(at)
    await at.lina.by("consult-cancel").click()
    await both_hear(at.lina, caller)
    await expect(at.zhang.by("ringing-card")).to_have_count(0)
    await expect(at.lina.by("hold")).to_be_enabled()


async def test_a_blind_transfer_to_a_colleague(at: Floor, caller: RtpParty) -> None:
    await takes_a_call(at, caller)
    await gives(at.lina, "1002", AT_ONCE)
    await at.lina.state_is("wrap_up")
    await zhang_has_the_caller(at, caller)


async def test_a_blind_transfer_to_a_queue(at: Floor, caller: RtpParty) -> None:
    """Nobody of it is there at first: the caller hears its music; then Zhang is rung for it."""
    await takes_a_call(at, caller)
    since = len(at.observer.seen)
    await gives(at.lina, "sales", AT_ONCE)
    await at.lina.state_is("wrap_up")
    joined = await at.event("QueueCallerJoin", since)
    assert joined.get("Queue") == "sales"
    await hears_music(caller, LINA_HZ)
    await at.zhang.by("go-ready").click()
    await zhang_has_the_caller(at, caller)


async def zhang_has_the_caller(at: Floor, caller: RtpParty) -> None:
    await expect(at.zhang.by("ringing-card")).to_contain_text("王小明")
    await at.zhang.by("answer").click()
    await hears(caller, ZHANG_HZ)
    await only_hears(at.zhang, CALLER_HZ, LINA_HZ)
    assert await at.lina.live_tracks() == 0


@pytest.mark.parametrize("asked_first", [True, False], ids=["consulted", "blind"])
async def test_a_transfer_to_an_outside_number(
    asked_first: bool, at: Floor, caller: RtpParty
) -> None:
    async with Voice.carrier(at.asterisk, OUTSIDE, OUTSIDE_HZ) as outside:
        uniqueid = await takes_a_call(at, caller)
        await gives(at.lina, OUTSIDE, ASKED_FIRST if asked_first else AT_ONCE)
        theirs = await outside.pick_up()
        if asked_first:
            await only_hears(at.lina, OUTSIDE_HZ, CALLER_HZ)
            await hears(outside.sound, LINA_HZ)
            await hears_music(caller, LINA_HZ, OUTSIDE_HZ)
            await at.lina.by("consult-complete").click()
        await at.lina.state_is("wrap_up")
        await hears(caller, OUTSIDE_HZ)
        await hears(outside.sound, CALLER_HZ)
        await hears_none_of(caller, LINA_HZ)
        theirs.hang_up()
        call, _ = await stored_call(at.database, at.world.platinum, uniqueid)
        (transfer,) = call["transfers"]
        assert (transfer["kind"], transfer["to"]) == (
            "attended" if asked_first else "blind",
            OUTSIDE,
        )
