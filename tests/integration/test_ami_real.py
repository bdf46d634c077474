"""AmiSwitch against the real Asterisk, with sipp's phones and callers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import pytest_asyncio

from telephony.ami import AmiSwitch
from telephony.events import (
    AgentRingEnded,
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallQueued,
    CallResult,
    DeviceStateChanged,
    LegResult,
    MemberChanged,
    SwitchConnected,
    SwitchLost,
    call_id_for,
)
from telephony.switch import Originate, PhoneOrder, SwitchRefused
from tests.asterisk.scenario import answer, await_bye, await_cancel, pause, refuse, ring
from tests.asterisk.server import AsteriskServer
from tests.asterisk.sipp import Carrier, Phone
from tests.telephony.managers import Ear, switch_to

pytestmark = pytest.mark.integration

WEAK = """
[weak]
secret = weak
read = system,call,agent,user,reporting
write = call,reporting
"""
PICKS_UP = [ring(), pause(0.5), answer(), await_bye()]
ABROAD = "13900139000"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asterisk() -> AsyncIterator[AsteriskServer]:
    async with AsteriskServer(extra={"manager.conf": WEAK}) as server:
        yield server


def connect(
    asterisk: AsteriskServer, **changes: Any
) -> AbstractAsyncContextManager[tuple[AmiSwitch, Ear]]:
    patient = {
        "username": asterisk.ami_user,
        "secret": asterisk.ami_secret,
        "connect_timeout_s": 5.0,
        "action_timeout_s": 5.0,
        "list_timeout_s": 5.0,
        "heartbeat_deadline_s": 4.0,
    }
    return switch_to(asterisk.ami_port, **{**patient, **changes})


async def test_it_connects_with_the_rights_we_ask_for(asterisk: AsteriskServer) -> None:
    async with connect(asterisk) as (switch, ear):
        connected = await ear.next(SwitchConnected)
        assert connected.version[0].isdigit()
        assert not switch.simulated
        assert not any(switch.stats().troubles().values())
        assert "PJSIP/2001" in {event.interface for event in ear.all(DeviceStateChanged)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secret": "wrong"}, "refused the user 'callcenter': wrong name or secret"),
        ({"username": "weak", "secret": "weak"}, "lacks write=originate,agent,system in"),
        ({"tls": True}, "set switch.tls to false"),
    ],
)
async def test_it_tells_why_it_may_not(
    asterisk: AsteriskServer, changes: dict[str, Any], reason: str
) -> None:
    async with connect(asterisk, **changes) as (_, ear):
        assert reason in (await ear.next(SwitchLost)).reason


async def test_queue_orders_are_idempotent(asterisk: AsteriskServer) -> None:
    async with connect(asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        for paused in (True, True, False):
            await switch.queue_add("sales", "PJSIP/2001", "Ann", paused=paused)
        await switch.queue_pause("PJSIP/2001", paused=True, reason="lunch")
        for _ in range(2):
            await switch.queue_remove("sales", "PJSIP/2001")
        await ear.next(MemberChanged, after=3)  # events follow their order's answer
        changes = [
            (event.paused, event.reason, event.removed)
            for event in ear.all(MemberChanged)
            if event.interface == "PJSIP/2001"
        ]
        assert changes == [
            (True, "", False),
            (False, "", False),
            (True, "lunch", False),
            (False, "", True),
        ]
        with pytest.raises(SwitchRefused, match="No such queue"):
            await switch.queue_add("nope", "PJSIP/2001", "Ann", paused=False)
        with pytest.raises(SwitchRefused, match="Interface not found"):
            await switch.queue_pause("PJSIP/2009", paused=True, reason="")


async def test_variables_and_database(asterisk: AsteriskServer) -> None:
    async with connect(asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        await switch.set_global("CRM_TEST", "1")
        await switch.db_put("crm_test", "8613800138000", "vip,10")
        for _ in range(2):
            await switch.db_delete("crm_test", "8613800138000")


async def test_a_waiting_call_is_told_moved_up_offered_rejected_and_resumed_after_a_gap(
    asterisk: AsteriskServer,
) -> None:
    async with Carrier(asterisk) as carrier, connect(asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        await carrier.call("13800138000", "王小明")
        queued = await ear.next(CallQueued)
        await switch.queue_priority(queued.call_id, queued.queue, 7)
        async with connect(asterisk) as (_, other):
            await other.next(SwitchConnected)
            assert [event.call_id for event in other.all(CallQueued)] == [queued.call_id]
        async with Phone(asterisk, "2001", [ring(), await_cancel()]):
            await switch.queue_add(queued.queue, "PJSIP/2001", "Ann", paused=False)
            ringing = await ear.next(AgentRinging)
            assert (ringing.call_id, ringing.interface) == (queued.call_id, "PJSIP/2001")
            await switch.queue_pause("PJSIP/2001", paused=True, reason="rejected")
            await switch.hangup(queued.call_id, "PJSIP/2001")
            assert (await ear.next(AgentRingEnded)).result is LegResult.REJECTED
        await switch.queue_remove(queued.queue, "PJSIP/2001")
        async with Phone(asterisk, "2002", PICKS_UP):
            await switch.redirect(queued.call_id, "crm-transfer", "2002")
            answered = await ear.next(CallAnswered)
            assert (answered.call_id, answered.interface) == (queued.call_id, "PJSIP/2002")
            await switch.mute(queued.call_id, "PJSIP/2002", on=True)
            await switch.phone(queued.call_id, "PJSIP/2002", PhoneOrder.HOLD)
            await switch.hangup(queued.call_id, "PJSIP/2002")
            ended = await ear.next(CallEnded)
            assert ended.log.result is CallResult.ANSWERED
            assert ended.log.caller_name == "王小明"


@pytest.mark.parametrize(
    ("far_end", "result"),
    [
        (PICKS_UP, CallResult.ANSWERED),
        ([ring(), refuse(486, "Busy Here")], CallResult.BUSY),
    ],
)
async def test_originate(asterisk: AsteriskServer, far_end: list[Any], result: CallResult) -> None:
    async with Carrier(asterisk) as carrier, connect(asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        await carrier.take(far_end)
        async with Phone(asterisk, "2001", PICKS_UP):
            uniqueid = f"me-{result}.1"
            variables = {"CRM_TEXT": 'a,b "c" \\d'}
            order = Originate(
                uniqueid, "PJSIP/2001", "crm-outbound", ABROAD, f"<{ABROAD}>", 10, variables
            )
            call_id = await switch.originate(order)
            assert call_id == call_id_for("test", uniqueid)
            if result is CallResult.ANSWERED:
                await ear.next(CallAnswered, after=1)
                await switch.hangup(call_id, "PJSIP/2001")
            ended = await ear.next(CallEnded)
            assert (ended.call_id, ended.log.result) == (call_id, result)
            assert ended.log.dialled == ABROAD


async def test_originate_to_a_phone_that_is_not_there(asterisk: AsteriskServer) -> None:
    async with connect(asterisk) as (switch, ear):
        await ear.next(SwitchConnected)
        order = Originate("me-gone.1", "PJSIP/1003", "crm-outbound", ABROAD, f"<{ABROAD}>", 2)
        await switch.originate(order)
        with pytest.raises(SwitchRefused, match="Extension does not exist"):
            await switch.originate(
                Originate("me-nowhere.1", "PJSIP/2001", "nowhere", ABROAD, f"<{ABROAD}>", 2)
            )
        assert ear.all(SwitchLost) == []
