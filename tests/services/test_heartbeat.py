"""The heartbeat: given only while a caller would be answered quickly."""

from __future__ import annotations

import asyncio

from callcenter.services.heartbeat import Heartbeat
from telephony.switch import SwitchUnavailable
from tests.fakes import START, FakeSwitch


async def test_a_beat_is_the_switchs_time_however_wrong_one_of_us_is() -> None:
    switch = FakeSwitch(clock_s=START.timestamp() + 0.9)

    async def quick() -> None:
        pass

    await Heartbeat(switch, quick).beat()
    assert switch.orders == [("set_global", "CRM_ALIVE", str(int(START.timestamp())))]


async def test_no_beat_while_answering_takes_too_long() -> None:
    switch = FakeSwitch()

    async def slow() -> None:
        await asyncio.sleep(30)

    heartbeat = Heartbeat(switch, slow)
    await heartbeat.beat()
    assert switch.orders == []
    assert heartbeat.skipped == 1


async def test_a_switch_that_refuses_is_no_reason_to_stop() -> None:
    switch = FakeSwitch(refuse={"set_global": SwitchUnavailable("Gone.")})

    async def quick() -> None:
        pass

    heartbeat = Heartbeat(switch, quick)
    heartbeat.start()
    await asyncio.sleep(0.05)
    assert heartbeat.skipped == 1
    await heartbeat.stop()


async def test_no_beat_to_a_switch_that_is_away() -> None:
    switch = FakeSwitch(connected=False)

    async def quick() -> None:
        pass

    heartbeat = Heartbeat(switch, quick)
    heartbeat.start()
    await asyncio.sleep(0.05)
    await heartbeat.stop()
    assert (switch.orders, heartbeat.skipped) == ([], 0)
