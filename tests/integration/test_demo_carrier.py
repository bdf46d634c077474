"""The demo's outside world on the real Asterisk: it calls in and is heard, it answers."""

from __future__ import annotations

import asyncio

import pytest

from telephony.pbx.carrier import DemoCarrier
from telephony.pbx.embedded import HOST
from tests.asterisk.rtp import RtpParty
from tests.asterisk.scenario import answer, await_bye, ring
from tests.asterisk.server import AsteriskServer
from tests.asterisk.sipp import Phone

pytestmark = pytest.mark.integration

CALLERS = ("13800138000", "02112345678")


async def test_callers_come_are_heard_and_can_be_called_back() -> None:
    async with (
        AsteriskServer() as asterisk,
        asterisk.observe() as observer,
        RtpParty(HOST, tone_hz=1100) as agent,
        Phone(asterisk, "2001", [ring(), answer(), await_bye()], media=agent.media) as phone,
    ):
        carrier = DemoCarrier(asterisk, CALLERS, every_s=0.5)
        await carrier.start()
        try:
            joined = await observer.wait_for(lambda frame: frame.event == "QueueCallerJoin")
            assert joined.get("CallerIDNum") in CALLERS

            await observer.ask("QueueAdd", ("Queue", "support"), ("Interface", phone.interface))
            await observer.wait_for(lambda frame: frame.event == "AgentConnect")
            await asyncio.sleep(0.7)
            assert agent.loudest(0.4) not in {0.0, 1100.0}, "the first caller speaks"

            await observer.ask(
                "Originate",
                ("Channel", "Local/13900000000@crm-outbound"),
                ("Application", "Wait"),
                ("Data", "5"),
                ("Async", "true"),
            )
            await observer.wait_for(
                lambda frame: frame.event == "DialEnd" and frame.get("DialStatus") == "ANSWER",
                since=len(observer.seen),
            )
        finally:
            await carrier.stop()
    assert carrier.placed >= 1
