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

CALLERS = (("13800138000", "王伟"), ("02112345678", 'An "odd" [name]'))


async def test_callers_come_are_heard_and_can_be_called_back() -> None:
    wanted = asyncio.Event()
    async with (
        AsteriskServer() as asterisk,
        asterisk.observe() as observer,
        RtpParty(HOST, tone_hz=1100) as agent,
        Phone(asterisk, "2001", [ring(), answer(), await_bye()], media=agent.media) as phone,
    ):
        running = asyncio.create_task(
            DemoCarrier(asterisk, CALLERS, first=[("", "")], every_s=0.5).run(wanted.is_set)
        )
        try:
            await asyncio.sleep(0.7)
            assert "QueueCallerJoin" not in [frame.event for frame in observer.seen]
            wanted.set()
            joined = await observer.wait_for(lambda frame: frame.event == "QueueCallerJoin")
            assert joined.get("CallerIDNum") == "anonymous"
            second = await observer.wait_for(
                lambda frame: frame.event == "QueueCallerJoin" and frame is not joined
            )
            assert second.get("CallerIDNum") in dict(CALLERS)

            await observer.ask("QueueAdd", ("Queue", "support"), ("Interface", phone.interface))
            await observer.wait_for(lambda frame: frame.event == "AgentConnect")
            await asyncio.sleep(0.7)
            assert agent.loudest(0.4) not in {0.0, 1100.0}, "the first caller speaks"

            since = len(observer.seen)
            await observer.ask(
                "Originate",
                ("Channel", "Local/13900000000@crm-outbound"),
                ("Application", "Wait"),
                ("Data", "5"),
                ("Async", "true"),
            )
            await observer.wait_for(
                lambda frame: frame.event == "DialEnd" and frame.get("DialStatus") == "ANSWER",
                since=since,
            )
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
