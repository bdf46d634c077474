"""A desk phone does what the screen says: the switch asks it by NOTIFY, and it obeys."""

from __future__ import annotations

import asyncio

import pytest

from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallHeld,
    CallResumed,
    DeviceState,
    DeviceStateChanged,
    LegRole,
    SwitchConnected,
)
from telephony.switch import Originate, PhoneOrder
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.voice import Voice
from tests.telephony.managers import Ear, switch_to, until

pytestmark = pytest.mark.integration

CUSTOMER, AGENT = 700.0, 1000.0  # Hz
MUSIC = range(170, 400)
NUMBER = "13800138000"
PATIENT = {"connect_timeout_s": 5.0, "action_timeout_s": 5.0, "list_timeout_s": 5.0}


async def rings(ear: Ear, phone: Voice) -> None:
    """The phone itself has said so; before that it is in no dialog that could be told anything."""
    await until(
        lambda: any(
            event.interface == phone.interface and event.state is DeviceState.RINGING
            for event in ear.all(DeviceStateChanged)
        )
    )


async def test_answer_hold_resume_and_hang_up_by_order() -> None:
    async with (
        AsteriskServer(plan_for_tests(browsers=())) as asterisk,
        switch_to(
            asterisk.ami_port,
            None,
            username=asterisk.ami_user,
            secret=asterisk.ami_secret,
            **PATIENT,
        ) as (switch, ear),
        Voice.carrier(asterisk, NUMBER, CUSTOMER) as customer,
        Voice.phone(asterisk, "2001", AGENT) as phone,
    ):
        await ear.next(SwitchConnected)
        await switch.queue_add("support", phone.interface, "Ann", paused=False)
        theirs = customer.call("4008001234")
        (await phone.invited()).ring()
        call_id = (await ear.next(AgentRinging)).call_id
        await rings(ear, phone)

        await switch.phone(call_id, phone.interface, PhoneOrder.TALK)
        assert (await ear.next(CallAnswered)).interface == phone.interface
        await asyncio.sleep(0.7)
        assert customer.sound.hears(AGENT, 0.4)
        assert phone.sound.hears(CUSTOMER, 0.4)

        await switch.phone(call_id, phone.interface, PhoneOrder.HOLD)
        assert (await ear.next(CallHeld)).call_id == call_id
        await asyncio.sleep(0.7)
        assert round(customer.sound.loudest(0.4)) in MUSIC

        await switch.phone(call_id, phone.interface, PhoneOrder.TALK)
        assert (await ear.next(CallResumed)).call_id == call_id
        await asyncio.sleep(0.7)
        assert customer.sound.hears(AGENT, 0.4)
        assert phone.orders == ["talk", "hold", "talk"]

        await switch.hangup(call_id, phone.interface)
        await asyncio.wait_for(theirs.ended.wait(), 2)
        ended = (await ear.next(CallEnded)).log
        (leg,) = [leg for leg in ended.legs if leg.role is LegRole.AGENT]
        assert leg.hold_s == pytest.approx(0.7, abs=0.3)


async def test_a_call_it_is_told_to_make_begins_at_its_own_bell() -> None:
    async with (
        AsteriskServer(plan_for_tests(browsers=())) as asterisk,
        switch_to(
            asterisk.ami_port,
            None,
            username=asterisk.ami_user,
            secret=asterisk.ami_secret,
            **PATIENT,
        ) as (switch, ear),
        Voice.carrier(asterisk, NUMBER, CUSTOMER) as customer,
        Voice.phone(asterisk, "2001", AGENT) as phone,
    ):
        await ear.next(SwitchConnected)
        order = Originate("me-desk.1", phone.interface, "crm-outbound", NUMBER, f"<{NUMBER}>")
        call_id = await switch.originate(order)
        (await phone.invited()).ring()
        await rings(ear, phone)
        await switch.phone(call_id, phone.interface, PhoneOrder.TALK)
        await customer.pick_up()
        await asyncio.sleep(0.7)
        assert customer.sound.hears(AGENT, 0.4)
        assert phone.orders == ["talk"]
