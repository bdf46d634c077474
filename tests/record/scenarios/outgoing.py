"""Agents who call: click-to-dial, from the phone, each other."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import ABROAD, PICKUP, scenario
from tests.record.stage import Stage, until_over


async def click_to_dial(stage: Stage, uniqueid: str, number: str = ABROAD) -> None:
    await stage.ami.action(
        "Originate",
        Channel="PJSIP/2001",
        ChannelId=uniqueid,
        Context="crm-outbound",
        Exten=number,
        Priority="1",
        CallerID=f'"{number}" <{number}>',
        Timeout="20000",
        Async="true",
    )


@scenario
async def click_to_dial_answered(stage: Stage) -> None:
    """The agent picks up after 1 s, the customer after 2 s; they talk for 3 s."""
    await click_to_dial(stage, "click-1")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.pick_up(stage.carrier, after=2)
    await sleep(3)
    customer.hang_up()
    await until_over(agent)


@scenario
async def click_to_dial_busy(stage: Stage) -> None:
    await click_to_dial(stage, "click-2")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    await sleep(1)
    customer.refuse("486 Busy Here")
    await until_over(agent)


@scenario
async def click_to_dial_given_up(stage: Stage) -> None:
    """The agent gives up after the customer's phone has rung for 3 s."""
    await click_to_dial(stage, "click-3")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(3)
    agent.hang_up()
    await until_over(customer)


@scenario
async def click_to_dial_no_answer(stage: Stage) -> None:
    """The customer's phone rings until the carrier says 480."""
    await click_to_dial(stage, "click-4")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(3)
    customer.refuse("480 Temporarily Unavailable")
    await until_over(agent)


@scenario
async def click_to_dial_agent_declines(stage: Stage) -> None:
    await click_to_dial(stage, "click-5")
    agent = await stage.invited(2001)
    agent.ring()
    await sleep(1)
    agent.refuse("486 Busy Here")


@scenario
async def click_to_dial_internal(stage: Stage) -> None:
    """The agent picks up after 1 s, the colleague after 2 s; they talk for 3 s."""
    await click_to_dial(stage, "click-7", "2002")
    agent = await stage.pick_up(2001, after=1)
    colleague = await stage.pick_up(2002, after=2)
    await sleep(3)
    colleague.hang_up()
    await until_over(agent)


@scenario
async def click_to_dial_internal_busy(stage: Stage) -> None:
    await click_to_dial(stage, "click-8", "2002")
    agent = await stage.pick_up(2001, after=1)
    colleague = await stage.invited(2002)
    await sleep(1)
    colleague.refuse("486 Busy Here")
    await until_over(agent)


@scenario
async def outbound_from_the_phone(stage: Stage) -> None:
    customer_call = stage.call(stage.phones[2001], ABROAD)
    customer = await stage.pick_up(stage.carrier, after=2)
    await sleep(2)
    customer_call.hang_up()
    await until_over(customer)


@scenario
async def internal_call(stage: Stage) -> None:
    first = stage.call(stage.phones[2001], "2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    first.hang_up()
    await until_over(second)


@scenario
async def outbound_customer_redirected(stage: Stage) -> None:
    """The agent called the customer and sends them to the queue sales: the dialled channel has no
    dialplan of its own, so the switch moves it into a new one (masquerade)."""
    await stage.staff("sales", 2002)
    await click_to_dial(stage, "click-6")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.pick_up(stage.carrier, after=1)
    await sleep(2)
    await stage.ami.action(
        "Redirect",
        Channel=stage.channel("PJSIP/carrier"),
        Context="crm-transfer",
        Exten="q-sales",
        Priority="1",
    )
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    customer.hang_up()
    await until_over(agent, second)


@scenario
async def picked_up_by_a_colleague(stage: Stage) -> None:
    """2001 rings for 2 s; 2002 dials the pickup code and has the caller."""
    first_call = stage.call(stage.phones[2003], "2001", "Zhao Min")
    first = await stage.invited(2001)
    first.ring()
    await sleep(2)
    second = stage.call(stage.phones[2002], PICKUP)
    await second.answered.wait()
    await sleep(2)
    first_call.hang_up()
    await until_over(second, first)
