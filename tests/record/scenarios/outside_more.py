"""Whom one calls is somewhere else, or nobody, or a machine."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.outgoing import click_to_dial
from tests.record.scenarios.table import ABROAD, AMD, scenario
from tests.record.stage import Stage, until_over


@scenario
async def forwarded_by_the_phone(stage: Stage) -> None:
    """2001's phone says 302: the queue's call goes to 2002, who picks up after 1 s; 2 s of talk."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.invited(2001)
    first.forward("2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(second)


@scenario
async def forwarded_within_the_house(stage: Stage) -> None:
    """2003 dials 2001, whose phone says 302 to 2002; picked up after 1 s, 2 s of talk."""
    call = stage.call(stage.phones[2003], "2001")
    first = await stage.invited(2001)
    first.forward("2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    call.hang_up()
    await until_over(second)


@scenario
async def outbound_congestion(stage: Stage) -> None:
    """The carrier has no line (503)."""
    await click_to_dial(stage, "click-21")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.refuse("503 Service Unavailable")
    await until_over(agent)


@scenario
async def outbound_no_such_number(stage: Stage) -> None:
    """The carrier knows no such number (404)."""
    await click_to_dial(stage, "click-22")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.refuse("404 Not Found")
    await until_over(agent)


@scenario
async def outbound_declined(stage: Stage) -> None:
    """The customer's phone rings for 2 s and is declined (603)."""
    await click_to_dial(stage, "click-23")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(2)
    customer.refuse("603 Decline")
    await until_over(agent)


@scenario
async def outbound_from_the_phone_busy(stage: Stage) -> None:
    call = stage.call(stage.phones[2001], ABROAD)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(1)
    customer.refuse("486 Busy Here")
    await until_over(call)


@scenario
async def outbound_agent_not_registered(stage: Stage) -> None:
    """The agent's own phone is not there: nobody is dialled."""
    await stage.phones[2001].register(expires_s=0)
    await stage.ami.action(
        "Originate",
        Channel="PJSIP/2001",
        ChannelId="click-24",
        Context="crm-outbound",
        Exten=ABROAD,
        Priority="1",
        CallerID=f'"{ABROAD}" <{ABROAD}>',
        Timeout="20000",
        Async="true",
    )
    await stage.ami.seen("OriginateResponse")


async def _campaign_call(stage: Stage, uniqueid: str) -> None:
    """As a campaign dials: the customer first."""
    await stage.ami.action(
        "Originate",
        Channel=f"PJSIP/{ABROAD}@carrier",
        ChannelId=uniqueid,
        Context="recorded-amd",
        Exten=AMD,
        Priority="1",
        CallerID=f'"{ABROAD}" <{ABROAD}>',
        Timeout="20000",
        Async="true",
    )


@scenario
async def amd_machine(stage: Stage) -> None:
    """Rung for 1 s; an answering machine, which speaks on and on: after 1.5 s the dialplan ends the
    call."""
    await _campaign_call(stage, "campaign-1")
    customer = await stage.pick_up(stage.carrier, after=1, voice_s=10)
    await until_over(customer)


@scenario
async def amd_person(stage: Stage) -> None:
    """Rung for 1 s; says hello for 0.6 s and listens for 0.8 s: to the queue sales, where 2002
    picks up after 1 s; 2 s of talk."""
    await stage.staff("sales", 2002)
    await _campaign_call(stage, "campaign-2")
    customer = await stage.pick_up(stage.carrier, after=1, voice_s=0.6)
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    customer.hang_up()
    await until_over(agent)
