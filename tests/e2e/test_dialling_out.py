"""Numbers dialled from the desk: on the customer's card, at the pad, and once more; and numbers
that are refused in words, before anything of them reaches the switch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.asterisk.voice import Voice
from tests.e2e.agent import AgentAtBrowser
from tests.e2e.audio import hears, only_hears
from tests.e2e.floor import LINA_HZ, ZHANG_HZ, Floor
from tests.e2e.product import STANDARD

FAR_HZ = 1500
REFUSED = {
    "16812345": "premium-rate number",
    "110": "Emergency numbers are not dialled from here",
    "+1 212 555 0100": "Calls to that number are not allowed",
    "13900139000&PJSIP/1002": "not a telephone number",
    "13900139000;1002": "not a telephone number",
    "1002&1003": "not a telephone number",
}


async def from_the_card(lina: AgentAtBrowser) -> None:
    await lina.open_customer("Chen")
    await lina.page.locator(".numbers").get_by_test_id("dial-this").click()


async def at_the_pad(lina: AgentAtBrowser) -> None:
    """The last digits by its buttons."""
    await lina.by("keypad").click()
    await lina.by("dial-number").fill("139 0013 ")
    for key in "9000":
        await lina.page.locator(".pad-keys").get_by_text(key, exact=True).click()
    await lina.by("dial").click()


async def once_more(lina: AgentAtBrowser) -> None:
    """As on any telephone: Dial brings the last number back, then dials it."""
    await lina.by("keypad").click()
    await expect(lina.by("dial")).to_contain_text("139")
    await lina.by("dial").click()
    await lina.by("dial").click()


@pytest.mark.parametrize("dials", [from_the_card, at_the_pad, once_more])
async def test_a_number_rings_answers_and_both_hear(
    dials: Callable[[AgentAtBrowser], Awaitable[None]], at: Floor
) -> None:
    lina = at.lina
    await lina.line_is("ready")
    async with Voice.carrier(at.asterisk, STANDARD, FAR_HZ) as far:
        await dials(lina)
        theirs = await far.invited()
        assert theirs.invite is not None
        assert STANDARD in theirs.invite.headers["to"]
        theirs.ring()
        await expect(lina.by("phone-call")).to_contain_text("Chen Jie")
        theirs.answer()
        await hears(far.sound, LINA_HZ)
        await only_hears(lina, FAR_HZ, ZHANG_HZ)
        await lina.state_is("on_call")
        await lina.by("hangup").click()
        await asyncio.wait_for(theirs.ended.wait(), 5)
        await lina.state_is("wrap_up")


async def test_what_may_not_be_dialled_is_refused_in_words(at: Floor) -> None:
    """A number that may be dialled comes last: nothing but its channels has begun till then."""
    lina = at.lina
    since = len(at.observer.seen)
    async with Voice.carrier(at.asterisk, STANDARD, FAR_HZ) as far:
        for number, why in REFUSED.items():
            await dial(lina, number)
            await expect(lina.by("notice")).to_contain_text(why)
            await lina.by("notice").get_by_role("button").click()  # the pad closes as well
        await dial(lina, STANDARD)
        theirs = await far.pick_up()
        await hears(far.sound, LINA_HZ)
        await lina.by("hangup").click()
        await asyncio.wait_for(theirs.ended.wait(), 5)
    began = [frame for frame in at.observer.seen[since:] if frame.event == "Newchannel"]
    assert [frame.get("Channel").rpartition("-")[0] for frame in began] == [
        "PJSIP/1001",
        "PJSIP/carrier",
    ]


async def dial(lina: AgentAtBrowser, number: str) -> None:
    await lina.by("keypad").click()
    await lina.by("dial-number").fill(number)
    await lina.by("dial").click()
