"""What happens in each recording. The seconds here are what the expected logs are checked with."""

from __future__ import annotations

import asyncio
from asyncio import sleep
from collections.abc import Awaitable, Callable

from tests.record.stage import Stage, until_over

Scenario = Callable[[Stage], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}

# Numbers of our own that only the recordings' dialplan has.
MAY_TRANSFER = "5001"  # a queue whose agents may use the switch's own transfer key
PICKUP = "5003"  # takes what rings at 2001
RING_FIRST = "5002"  # rings 2001 before the queue
CUSTOMER = "13800138000"  # the carrier's own number
ABROAD = "13900139000"  # somebody the agents call


def scenario(play: Scenario) -> Scenario:
    SCENARIOS[play.__name__] = play
    return play


@scenario
async def inbound_answered(stage: Stage) -> None:
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=2)
    await sleep(3)
    caller.hang_up()
    await until_over(agent)


@scenario
async def inbound_agent_hangs_up(stage: Stage) -> None:
    await stage.staff("support", 2001)
    caller = await stage.call_in("support", name="张伟")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    agent.hang_up()
    await until_over(caller)


@scenario
async def inbound_abandoned(stage: Stage) -> None:
    """Nobody is there; the caller gives up after 3 s."""
    caller = await stage.call_in("support")
    await caller.answered.wait()
    await sleep(3)
    caller.hang_up()


@scenario
async def inbound_abandoned_while_ringing(stage: Stage) -> None:
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.invited(2001)
    agent.ring()
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def ring_no_answer(stage: Stage) -> None:
    """2001 does not pick up within the queue's time-out; 2002 does, after 1 s."""
    await stage.staff("support", 2001, 2002)
    caller = await stage.call_in("support")
    first = await stage.invited(2001)
    first.ring()
    await until_over(first)
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true")
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def refused(stage: Stage) -> None:
    """2001 rejects after 1 s; 2002 answers after 1 s."""
    await stage.staff("support", 2001, 2002)
    caller = await stage.call_in("support")
    first = await stage.invited(2001)
    first.ring()
    await sleep(1)
    first.refuse("486 Busy Here")
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true")
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def refused_then_abandoned(stage: Stage) -> None:
    """The only agent declines, and the caller leaves."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.invited(2001)
    first.ring()
    await sleep(1)
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true")
    first.refuse("603 Decline")
    await sleep(1)
    caller.hang_up()


@scenario
async def ring_all(stage: Stage) -> None:
    """Three phones ring; 2002 takes it after 2 s."""
    await stage.staff("everyone", 2001, 2002, 2003, ranked=False)
    caller = await stage.call_in("everyone")
    losers = [await stage.invited(extension) for extension in (2001, 2003)]
    for dialog in losers:
        dialog.ring()
    agent = await stage.pick_up(2002, after=2)
    await sleep(2)
    caller.hang_up()
    await until_over(agent, *losers)


@scenario
async def two_calls_in_the_same_second(stage: Stage) -> None:
    await stage.staff("support", 2001, 2002)
    callers = [await stage.call_in("support", name) for name in ("Wang Wei", "Li Na")]
    agents = await asyncio.gather(stage.pick_up(2001, after=1), stage.pick_up(2002, after=1))
    await sleep(2)
    for caller in callers:
        caller.hang_up()
    await until_over(*agents)


@scenario
async def hold_and_resume(stage: Stage) -> None:
    """1 s ringing, 2 s talk, 2 s hold, 1 s talk, 1 s hold, 1 s talk."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    for held, talk in ((2, 1), (1, 1)):
        agent.hold()
        await sleep(held)
        agent.resume()
        await sleep(talk)
    caller.hang_up()
    await until_over(agent)


@scenario
async def hold_until_the_caller_leaves(stage: Stage) -> None:
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    agent.hold()
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


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
    """The same by AMI Atxfer (our `Switch.attended_transfer`): the switch consults and merges."""
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


async def _click_to_dial(stage: Stage, uniqueid: str) -> None:
    await stage.ami.action(
        "Originate",
        Channel="PJSIP/2001",
        ChannelId=uniqueid,
        Context="crm-outbound",
        Exten=ABROAD,
        Priority="1",
        CallerID=f'"{ABROAD}" <{ABROAD}>',
        Timeout="20000",
        Async="true",
    )


@scenario
async def click_to_dial_answered(stage: Stage) -> None:
    """The agent picks up after 1 s, the customer after 2 s; they talk for 3 s."""
    await _click_to_dial(stage, "click-1")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.pick_up(stage.carrier, after=2)
    await sleep(3)
    customer.hang_up()
    await until_over(agent)


@scenario
async def click_to_dial_busy(stage: Stage) -> None:
    await _click_to_dial(stage, "click-2")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    await sleep(1)
    customer.refuse("486 Busy Here")
    await until_over(agent)


@scenario
async def click_to_dial_given_up(stage: Stage) -> None:
    """The agent gives up after the customer's phone has rung for 3 s."""
    await _click_to_dial(stage, "click-3")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(3)
    agent.hang_up()
    await until_over(customer)


@scenario
async def click_to_dial_no_answer(stage: Stage) -> None:
    """The customer's phone rings until the carrier says 480."""
    await _click_to_dial(stage, "click-4")
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.invited(stage.carrier)
    customer.ring()
    await sleep(3)
    customer.refuse("480 Temporarily Unavailable")
    await until_over(agent)


@scenario
async def click_to_dial_agent_declines(stage: Stage) -> None:
    await _click_to_dial(stage, "click-5")
    agent = await stage.invited(2001)
    agent.ring()
    await sleep(1)
    agent.refuse("486 Busy Here")


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
async def local_member(stage: Stage) -> None:
    """The queue's member is a Local channel: its legs are the real phone's."""
    await stage.staff("support", 2001, interface="Local/{}@crm-agents/n")
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=2)
    await sleep(3)
    caller.hang_up()
    await until_over(agent)


@scenario
async def local_member_optimised(stage: Stage) -> None:
    """Without /n Asterisk takes the Local channel out of the bridge."""
    await stage.staff("support", 2001, interface="Local/{}@crm-agents")
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=2)
    await sleep(3)
    caller.hang_up()
    await until_over(agent)


@scenario
async def ring_first(stage: Stage) -> None:
    """The caller's own agent is rung for 3 s before the queue; then 2002 answers from there."""
    await stage.staff("support", 2002)
    caller = await stage.call_in("support", number=RING_FIRST)
    first = await stage.invited(2001)
    first.ring()
    await until_over(first)
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def ring_first_answered(stage: Stage) -> None:
    caller = await stage.call_in("support", number=RING_FIRST)
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    agent.hang_up()
    await until_over(caller)


@scenario
async def refused_by_order(stage: Stage) -> None:
    """Our panel rejects: AMI Hangup of the ringing channel; then the caller leaves."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    first = await stage.invited(2001)
    first.ring()
    await sleep(1)
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true", Reason="missed")
    channel = stage.channel("PJSIP/2001")
    await stage.ami.action("Hangup", Channel=channel, Cause="16")
    await until_over(first)
    await sleep(1)
    caller.hang_up()


@scenario
async def ended_by_order(stage: Stage) -> None:
    """Our panel hangs up: AMI Hangup of the agent's channel."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    await stage.ami.action("Hangup", Channel=stage.channel("PJSIP/2001"), Cause="16")
    await until_over(agent, caller)


@scenario
async def outbound_customer_redirected(stage: Stage) -> None:
    """The agent called the customer and sends them to the queue sales: the dialled channel has no
    dialplan of its own, so the switch moves it into a new one (masquerade)."""
    await stage.staff("sales", 2002)
    await _click_to_dial(stage, "click-6")
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


@scenario
async def routed_by_fastagi(stage: Stage) -> None:
    """The call centre answers the dialplan's question: queue vip, on a channel in crm-route."""
    await stage.answer_route(CRM_QUEUE="vip", CRM_PRIORITY="10", CRM_ROUTED="1")
    await stage.staff("vip", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)
