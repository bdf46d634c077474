"""A customer goes from one to the next: blind, attended, to a queue, by order of our panel."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import ABROAD, MAY_TRANSFER, scenario
from tests.record.stage import Stage, until_over


@scenario
async def blind_transfer(stage: Stage) -> None:
    """2001 talks for 2 s and refers the caller to 2002, who answers after 1 s and talks for 3."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer("2002")
    second = await stage.pick_up(2002, after=1)
    first.hang_up()
    await sleep(3)
    second.hang_up()
    await until_over(caller)


@scenario
async def blind_transfer_to_the_outside(stage: Stage) -> None:
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(1)
    first.refer(ABROAD)
    second = await stage.pick_up(stage.carrier, after=1)
    first.hang_up()
    await sleep(2)
    caller.hang_up()
    await until_over(second)


@scenario
async def redirect_to_agent(stage: Stage) -> None:
    """As our panel transfers: AMI Redirect of the customer's channel."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    channel = stage.channel("PJSIP/carrier")
    await stage.ami.action(
        "Redirect", Channel=channel, Context="crm-transfer", Exten="2002", Priority="1"
    )
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(first, second)


@scenario
async def redirect_to_queue(stage: Stage) -> None:
    await stage.staff("support", 2001)
    await stage.staff("sales", 2002)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    channel = stage.channel("PJSIP/carrier")
    await stage.ami.action(
        "Redirect", Channel=channel, Context="crm-transfer", Exten="q-sales", Priority="1"
    )
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(first, second)


@scenario
async def transfer_to_queue(stage: Stage) -> None:
    """2001 talks for 2 s and refers the caller to the queue sales, where 2002 answers after 2 s."""
    await stage.staff("support", 2001)
    await stage.staff("sales", 2002)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer("q-sales")
    second = await stage.pick_up(2002, after=2)
    first.hang_up()
    await sleep(3)
    caller.hang_up()
    await until_over(second)


@scenario
async def transfer_to_queue_abandoned(stage: Stage) -> None:
    """Answered once, so the contact stays answered though the second queue never answers."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.refer("q-sales")
    await sleep(2)
    first.hang_up()
    caller.hang_up()


@scenario
async def attended_transfer(stage: Stage) -> None:
    """2001 talks 2 s, holds and calls 2002 (rings 1 s), consults 2 s, completes by REFER with
    Replaces; 2002 and the caller talk for 3 s."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.hold()
    consultation = stage.call(stage.phones[2001], "2002")
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    first.refer("2002", replaces=consultation)
    await until_over(consultation)
    first.hang_up()
    await sleep(3)
    caller.hang_up()
    await until_over(second)


@scenario
async def attended_transfer_by_the_switch(stage: Stage) -> None:
    """The same by AMI Atxfer into a context of a switch that is not set up by us: the agent has no
    second call there. Ours is `consult_by_order_completed`."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support", number=MAY_TRANSFER)
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    await stage.ami.action(
        "Atxfer", Channel=stage.channel("PJSIP/2001"), Context="crm-transfer", Exten="2002"
    )
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    first.hang_up()
    await sleep(3)
    caller.hang_up()
    await until_over(second)


@scenario
async def consultation_given_up(stage: Stage) -> None:
    """2001 consults an outside expert for 2 s while the caller waits, then returns to them."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.pick_up(2001, after=1)
    await sleep(2)
    first.hold()
    consultation = stage.call(stage.phones[2001], ABROAD)
    expert = await stage.pick_up(stage.carrier, after=1)
    await sleep(2)
    consultation.hang_up()
    await until_over(expert)
    first.resume()
    await sleep(2)
    caller.hang_up()
    await until_over(first)
