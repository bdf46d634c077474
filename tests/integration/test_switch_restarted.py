"""Asterisk dies in the middle of calls and starts again: it has nothing of them, and no event ever
said so. The log has their ends all the same, and says that nobody saw them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallResult,
    EndCause,
    LegLog,
    LegResult,
    SwitchConnected,
    SwitchLost,
    VisitOutcome,
)
from telephony.pbx.secrets import sip_secret
from tests.asterisk.server import MASTER, AsteriskServer, plan_for_tests
from tests.record.sip import Party
from tests.telephony.managers import switch_to

pytestmark = pytest.mark.integration

CUSTOMER = "13800138000"
TALK_S = 1.5


async def party(user: str, server: AsteriskServer, password: str = "") -> Party:
    one = Party(user, (server.ami_host, server.sip_port), password)
    if password:
        await one.open(server.ami_host)
        await one.register()
    else:
        await one.open(server.carrier_host, server.carrier_port)
    return one


def leg(event: CallEnded, interface: str) -> LegLog:
    (found,) = (leg for leg in event.log.legs if leg.interface == interface)
    return found


async def test_the_switch_is_killed_and_starts_again() -> None:
    """One caller talks to 2001 for 1.5 s; another's call rings at 2002."""
    async with AsteriskServer(plan_for_tests(browsers=())) as server:
        phones = [await party(one, server, sip_secret(MASTER, one)) for one in ("2001", "2002")]
        carrier = await party(CUSTOMER, server)
        patient: dict[str, Any] = {
            "username": server.ami_user,
            "secret": server.ami_secret,
            "connect_timeout_s": 5.0,
            "action_timeout_s": 5.0,
            "list_timeout_s": 5.0,
            "heartbeat_deadline_s": 4.0,
        }
        async with switch_to(server.ami_port, **patient) as (switch, ear):
            await ear.next(SwitchConnected)
            await switch.queue_add("support", "PJSIP/2001", "Ann", paused=False)
            await switch.queue_add("sales", "PJSIP/2002", "Bob", paused=False)
            await switch.db_put("crm_tier", CUSTOMER, "support,0")
            carrier.call("4008001234", "Wang Wei")
            (await phones[0].incoming.get()).answer()
            await ear.next(CallAnswered)
            await switch.db_put("crm_tier", CUSTOMER, "sales,0")
            carrier.call("4008001234", "Li Na")
            (await phones[1].incoming.get()).ring()
            await ear.next(AgentRinging, after=1)
            await asyncio.sleep(TALK_S)

            await server.crash()  # and it is up again
            await ear.next(SwitchLost)
            await ear.next(SwitchConnected, after=1)
            await ear.next(CallEnded, after=1)
            ends = {event.log.caller_name: event for event in ear.all(CallEnded)}
        for one in (*phones, carrier):
            one.close()
    talked, rang = ends["Wang Wei"], ends["Li Na"]
    assert len(ends) == 2
    assert talked.log.inferred
    assert rang.log.inferred
    assert talked.log.result is CallResult.ANSWERED
    for end, interface in ((talked, "PJSIP/carrier"), (talked, "PJSIP/2001")):
        assert leg(end, interface).cause is EndCause.LOST
        assert leg(end, interface).talk_s >= TALK_S
        assert leg(end, interface).ended_by is None, "nobody hung up"
    assert leg(rang, "PJSIP/2002").cause is EndCause.LOST
    assert leg(rang, "PJSIP/2002").result is not LegResult.ANSWERED
    assert [visit.outcome for visit in talked.log.visits] == [VisitOutcome.ANSWERED]
    assert [visit.outcome for visit in rang.log.visits] == [VisitOutcome.LOST]
