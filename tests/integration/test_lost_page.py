"""The page of an agent who is consulting somebody is lost, on the real Asterisk: our orders bring
the customer back to the agent, and whoever was consulted is let go. Tones prove who hears whom."""

from __future__ import annotations

import asyncio

import pytest

from callcenter.domain.agents import Input
from callcenter.services.clock import LoopClock
from callcenter.services.lost_pages import LostPages
from callcenter.services.roster import Seat
from telephony.events import CallEnded, ConsultBegan
from tests.feed_scenarios import ROSTER_QUEUES, World, named
from tests.integration.test_way_back import (  # noqa: F401 (two of them are fixtures)
    AGENT,
    Floor,
    asterisk,
    floor,
)

pytestmark = pytest.mark.integration

LINA, ZHANG = (
    Seat(named(extension), extension, extension, f"PJSIP/{extension}", ("vip",))
    for extension in ("2001", "2002")
)


@pytest.mark.parametrize("answered", [True, False])
async def test_the_customer_comes_back_and_the_consultation_ends(
    floor: Floor,  # noqa: F811 (the fixture)
    answered: bool,
) -> None:
    world = World()
    world.roster.replace((LINA, ZHANG), ROSTER_QUEUES)
    for seat in (LINA, ZHANG):
        world.command(seat.user_id, Input.SIGN_IN)
    floor.switch.subscribe(world.live.on_event)
    pages = LostPages(world.live, floor.switch, world.roster, LoopClock())
    floor.switch.subscribe(pages.on_event)
    theirs, ours, call_id = await floor.called()
    await floor.switch.consult(call_id, LINA.interface, "crm-transfer", ZHANG.extension)
    asked = await floor.second.invited()
    asked.answer() if answered else asked.ring()
    await floor.ear.next(ConsultBegan)
    await asyncio.sleep(0.7)
    floor.agent.speak_to_nobody()

    pages.lost(LINA.user_id)
    again = await floor.agent.invited()
    again.ring()
    await asyncio.wait_for(ours.ended.wait(), 2)
    await asyncio.wait_for(asked.ended.wait(), 2)
    await asyncio.sleep(1.5)
    assert floor.customer_hears_music()
    [call] = world.live.snapshot(LINA.user_id).calls
    assert (call.id, call.state, call.returning) == (call_id, "ringing", True)
    assert world.live.snapshot(ZHANG.user_id).calls == ()
    again.answer()
    await asyncio.sleep(0.8)
    assert floor.customer.sound.hears(AGENT, 0.4)
    [call] = world.live.snapshot(LINA.user_id).calls
    assert (call.id, call.state, call.returning) == (call_id, "active", False)
    over = len(floor.ear.all(CallEnded))
    theirs.hang_up()
    await asyncio.wait_for(again.ended.wait(), 2)
    ended = await floor.ear.next(CallEnded, after=over)
    assert ended.call_id == call_id
    assert [leg.interface for leg in ended.log.legs].count(LINA.interface) == 2, "it is one call"
    await pages.stop()
