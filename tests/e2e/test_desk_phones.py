"""The same desk for who has a telephone beside the screen: what is clicked goes through the gateway
and the switch to that telephone, and it obeys."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Playwright, expect

from tests.asterisk.voice import Voice
from tests.e2e.agent import agent_at_browser
from tests.e2e.audio import Keyed, hears, hears_music, hears_none_of, only_hears
from tests.e2e.floor import LINA_HZ, Floor
from tests.e2e.product import PASSWORD, PLATINUM, STANDARD
from tests.e2e.talk import ASKED_FIRST, CALLER_HZ, gives

WEI, WEI_HZ, MICROPHONE_HZ = "2001", 900, 1300


async def test_a_desk_phone_does_what_is_clicked(
    at: Floor, caller: Keyed, playwright: Playwright, tmp_path: Path
) -> None:
    async with (
        Voice.phone(at.asterisk, WEI, WEI_HZ) as handset,
        agent_at_browser(playwright, tmp_path, MICROPHONE_HZ) as wei,
    ):
        await wei.sign_in(at.product.url, "wei", PASSWORD)
        await wei.line_is("ready")
        await wei.by("go-ready").click()
        await at.call(PLATINUM, caller)
        (await handset.invited()).ring()
        await expect(wei.by("ringing-card")).to_contain_text("王小明")
        await wei.by("answer").click()
        await wei.state_is("on_call")
        await hears(caller, WEI_HZ)
        await hears(handset.sound, CALLER_HZ)

        await wei.by("hold").click()
        await expect(wei.by("hold")).to_have_attribute("aria-pressed", "true")
        await hears_music(caller, WEI_HZ)
        await wei.by("hold").click()
        await hears(caller, WEI_HZ)

        await gives(wei, "1001", ASKED_FIRST)
        await at.lina.by("answer").click()
        await hears(handset.sound, LINA_HZ)
        await hears_music(caller, WEI_HZ, LINA_HZ)
        await wei.by("consult-complete").click()
        await hears(caller, LINA_HZ)
        await only_hears(at.lina, CALLER_HZ, WEI_HZ, MICROPHONE_HZ)
        await hears_none_of(caller, WEI_HZ, MICROPHONE_HZ)

        await wei.state_is("wrap_up")
        await wei.by("finish-wrap-up").click()
        await at.call(STANDARD)
        theirs = await handset.invited()
        theirs.ring()
        await wei.by("answer").click()
        await wei.state_is("on_call")
        await wei.by("hangup").click()
        await asyncio.wait_for(theirs.ended.wait(), 5)
        await wei.state_is("wrap_up")
        assert handset.orders == ["talk", "hold", "talk", "talk"]
        assert await wei.live_tracks() == 0, "the browser has a telephone of its own"
