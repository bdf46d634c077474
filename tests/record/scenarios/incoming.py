"""Customers who call us: answered, abandoned, missed, refused, held."""

from __future__ import annotations

import asyncio
from asyncio import sleep

from tests.record.scenarios.table import RING_FIRST, scenario
from tests.record.stage import Stage, until_over


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
async def routed_by_fastagi(stage: Stage) -> None:
    """The call centre answers the dialplan's question: queue vip, on a channel in crm-route."""
    await stage.answer_route(CRM_QUEUE="vip", CRM_PRIORITY="10", CRM_ROUTED="1")
    await stage.staff("vip", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)
