"""An agent consults somebody by our panel's orders: the switch holds, swaps and hands over. And
recording, which our panel orders too."""

from __future__ import annotations

from asyncio import sleep

from telephony.ami.orders import CONSULT_DIGITS, CONSULT_KEYS, place
from telephony.switch import ConsultOrder
from tests.record.scenarios.outgoing import click_to_dial
from tests.record.scenarios.table import ABROAD, scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over

AGENT = "PJSIP/2001"


async def _consult(stage: Stage, exten: str, context: str = "crm-transfer") -> None:
    """As `AmiSwitch.consult`."""
    channel = stage.channel(AGENT)
    target = place(context, exten)
    await stage.ami.action("Setvar", Channel=channel, Variable="__CRM_CONSULT", Value=target)
    await stage.ami.action("Atxfer", Channel=channel, Context="crm-consult", Exten=CONSULT_DIGITS)


async def _order(stage: Stage, order: ConsultOrder) -> None:
    """As `AmiSwitch.consult_order`."""
    for key in CONSULT_KEYS[order]:
        channel = stage.channel(AGENT)
        await stage.ami.action("PlayDTMF", Channel=channel, Digit=key, Receive="true")


async def _talk(stage: Stage) -> tuple[Dialog, Dialog]:
    """A customer and 2001, who picked up after 1 s and has talked for 1 s."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    return caller, agent


async def _consultation(stage: Stage) -> tuple[Dialog, Dialog, Dialog]:
    """The same, and 2002 has been rung for 1 s and talked to 2001 for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.pick_up(2002, after=1)
    await sleep(2)
    return caller, agent, expert


@scenario
async def consult_by_order_completed(stage: Stage) -> None:
    """2002 and the customer talk for 2 s afterwards."""
    caller, agent, expert = await _consultation(stage)
    await _order(stage, ConsultOrder.COMPLETE)
    await until_over(agent)
    await sleep(2)
    caller.hang_up()
    await until_over(expert)


@scenario
async def consult_blonde(stage: Stage) -> None:
    """Handed over while it rings: 1 s, then 1 s more; 2002 and the customer talk for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.invited(2002)
    expert.ring()
    await sleep(1)
    await _order(stage, ConsultOrder.COMPLETE)
    await until_over(agent)
    await sleep(1)
    expert.answer()
    await sleep(2)
    caller.hang_up()
    await until_over(expert)


@scenario
async def consult_blonde_refused(stage: Stage) -> None:
    """2002 declines after the agent has left: the switch rings 2001 again, who picks up after 1 s
    and talks for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.invited(2002)
    expert.ring()
    await sleep(1)
    await _order(stage, ConsultOrder.COMPLETE)
    await until_over(agent)
    await sleep(1)
    expert.refuse("486 Busy Here")
    again = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(again)


@scenario
async def consult_swapped_twice(stage: Stage) -> None:
    """2 s with 2002, 1 s with the customer, 1 s with 2002, who is then given the customer."""
    caller, agent, expert = await _consultation(stage)
    for _ in range(2):
        await _order(stage, ConsultOrder.SWAP)
        await sleep(1)
    await _order(stage, ConsultOrder.COMPLETE)
    await until_over(agent)
    await sleep(2)
    caller.hang_up()
    await until_over(expert)


@scenario
async def consult_cancelled(stage: Stage) -> None:
    """2001 goes back to the customer, and talks for 2 s."""
    caller, agent, expert = await _consultation(stage)
    await _order(stage, ConsultOrder.CANCEL)
    await until_over(expert)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_cancelled_with_the_customer(stage: Stage) -> None:
    """2001 has gone back to the customer for 1 s when the consultation is cancelled; 1 s more."""
    caller, agent, expert = await _consultation(stage)
    await _order(stage, ConsultOrder.SWAP)
    await sleep(1)
    await _order(stage, ConsultOrder.CANCEL)
    await until_over(expert)
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_cancelled_while_ringing(stage: Stage) -> None:
    """2002's phone has rung for 2 s; then 2001 talks to the customer for 1 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.invited(2002)
    expert.ring()
    await sleep(2)
    await _order(stage, ConsultOrder.CANCEL)
    await until_over(expert)
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_target_busy(stage: Stage) -> None:
    """2002 is busy at once; 2001 talks to the customer for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.invited(2002)
    expert.refuse("486 Busy Here")
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_no_answer(stage: Stage) -> None:
    """2002's phone rings for 2 s and says 480; 2001 talks to the customer for 1 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2002")
    expert = await stage.invited(2002)
    expert.ring()
    await sleep(2)
    expert.refuse("480 Temporarily Unavailable")
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_nobody_there(stage: Stage) -> None:
    """There is no 2999; 2001 talks to the customer for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, "2999")
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_target_leaves(stage: Stage) -> None:
    """2002 hangs up after 2 s; 2001 talks to the customer for 1 s."""
    caller, agent, expert = await _consultation(stage)
    expert.hang_up()
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def consult_customer_leaves(stage: Stage) -> None:
    """The customer does not wait; 2001 and 2002 talk on for 1 s."""
    caller, agent, expert = await _consultation(stage)
    caller.hang_up()
    await sleep(1)
    agent.hang_up()
    await until_over(expert)


@scenario
async def consult_outside_number(stage: Stage) -> None:
    """An expert outside is rung for 1 s, consulted for 2 s, and given the customer for 2 s."""
    caller, agent = await _talk(stage)
    await _consult(stage, ABROAD, "crm-outbound")
    expert = await stage.pick_up(stage.carrier, after=1)
    await sleep(2)
    await _order(stage, ConsultOrder.COMPLETE)
    await until_over(agent)
    await sleep(2)
    caller.hang_up()
    await until_over(expert)


@scenario
async def consult_a_queue(stage: Stage) -> None:
    """2001 asks whoever is free in the queue sales, and cancels after 2 s with 2002."""
    await stage.staff("sales", 2002)
    caller, agent = await _talk(stage)
    await _consult(stage, "q-sales")
    expert = await stage.pick_up(2002, after=1)
    await sleep(2)
    await _order(stage, ConsultOrder.CANCEL)
    await until_over(expert)
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def three_way_agent_leaves(stage: Stage) -> None:
    """All three talk for 2 s; then the customer and 2002 for 2 s."""
    caller, agent, expert = await _consultation(stage)
    await _order(stage, ConsultOrder.THREE_WAY)
    await sleep(2)
    agent.hang_up()
    await sleep(2)
    caller.hang_up()
    await until_over(expert)


@scenario
async def three_way_customer_leaves(stage: Stage) -> None:
    """All three talk for 2 s; then 2001 and 2002 for 1 s."""
    caller, agent, expert = await _consultation(stage)
    await _order(stage, ConsultOrder.THREE_WAY)
    await sleep(2)
    caller.hang_up()
    await sleep(1)
    agent.hang_up()
    await until_over(expert)


@scenario
async def consult_on_outbound_call(stage: Stage) -> None:
    """2001 has called a customer (1 s ringing here, 1 s there, 1 s talk); consults 2002 as above,
    goes back for 1 s, brings all together for 2 s and leaves; the others talk for 1 s."""
    await click_to_dial(stage, "click-9")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.pick_up(stage.carrier, after=1)
    await sleep(1)
    await _consult(stage, "2002")
    expert = await stage.pick_up(2002, after=1)
    await sleep(2)
    await _order(stage, ConsultOrder.SWAP)
    await sleep(1)
    await _order(stage, ConsultOrder.THREE_WAY)
    await sleep(2)
    agent.hang_up()
    await sleep(1)
    customer.hang_up()
    await until_over(expert)


@scenario
async def consult_on_internal_call(stage: Stage) -> None:
    """2001 has called 2003 (1 s ringing here, 1 s there, 1 s talk), asks 2002 as above, cancels
    and talks for 1 s."""
    await click_to_dial(stage, "click-10", "2003")
    agent = await stage.pick_up(2001, after=1)
    colleague = await stage.pick_up(2003, after=1)
    await sleep(1)
    await _consult(stage, "2002")
    expert = await stage.pick_up(2002, after=1)
    await sleep(2)
    await _order(stage, ConsultOrder.CANCEL)
    await until_over(expert)
    await sleep(1)
    colleague.hang_up()
    await until_over(agent)


@scenario
async def recording_paused(stage: Stage) -> None:
    """Recorded from the answer on; paused after 1 s for 1 s, and 1 s more."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await stage.ami.seen("BridgeEnter", Channel=stage.channel("PJSIP/carrier"))
    channel = stage.channel("PJSIP/carrier")
    await stage.ami.action("MixMonitor", Channel=channel, File="2026-01/one.wav")
    for state in ("1", "0"):
        await sleep(1)
        await stage.ami.action("MixMonitorMute", Channel=channel, Direction="both", State=state)
    await sleep(1)
    caller.hang_up()
    await until_over(agent)
