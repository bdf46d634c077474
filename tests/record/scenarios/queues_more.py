"""Ways out of a queue, and who hangs up when."""

from __future__ import annotations

from asyncio import sleep

from tests.record import queues
from tests.record.scenarios.outgoing import click_to_dial
from tests.record.scenarios.table import CUSTOMER, scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over


@scenario
async def queue_full(stage: Stage) -> None:
    """One waits for 1 s; a second one comes, and is not let in; 1 s later the first gives up."""
    first = await stage.call_in("support", number=queues.TO_TINY)
    await first.answered.wait()
    await sleep(1)
    second = await stage.call_in("support", "Li Na", queues.TO_TINY)
    await until_over(second)
    await sleep(1)
    first.hang_up()


@scenario
async def queue_empty(stage: Stage) -> None:
    """Nobody works there: the caller is not let in."""
    caller = await stage.call_in("support", number=queues.TO_CLOSED)
    await until_over(caller)


@scenario
async def queue_left_when_empty(stage: Stage) -> None:
    """The only agent is rung for 2 s, signs out, and declines."""
    await stage.staff("leaving", 2001)
    caller = await stage.call_in("support", number=queues.TO_LEAVING)
    agent = await stage.invited(2001)
    agent.ring()
    await sleep(2)
    await stage.ami.action("QueueRemove", Queue="leaving", Interface="PJSIP/2001")
    agent.refuse("603 Decline")
    await until_over(caller)


@scenario
async def queue_timed_out(stage: Stage) -> None:
    """3 s are all that one may wait; 2001 rings all that time."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support", number=queues.TO_SHORT)
    agent = await stage.invited(2001)
    agent.ring()
    await until_over(agent, caller)


@scenario
async def queue_timed_out_untold(stage: Stage) -> None:
    """The same, nobody there, in a dialplan that does not say why it went on."""
    caller = await stage.call_in("support", number=queues.TO_SHORT_FOREIGN)
    await until_over(caller)


@scenario
async def queue_overflow(stage: Stage) -> None:
    """2 s in support; then sales, where 2002 answers after 1 s."""
    await stage.staff("sales", 2002)
    caller = await stage.call_in("support", number=queues.TO_OVERFLOW)
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def queue_left_by_key(stage: Stage) -> None:
    """After 2 s the caller presses 2; the announcement there takes 2 s, and nobody said why."""
    caller = await stage.call_in("support", number=queues.TO_KEYED)
    await caller.answered.wait()
    await sleep(2)
    caller.press("2")
    await until_over(caller)


@scenario
async def queue_callback(stage: Stage) -> None:
    """After 2 s the caller presses 1 and is told that we call back (2 s). 2001 does, a second
    later: it rings for 1 s at the agent, 2 s at the customer, and they talk for 2 s."""
    caller = await stage.call_in("support", number=queues.TO_KEYED)
    await caller.answered.wait()
    await sleep(2)
    caller.press("1")
    await until_over(caller)
    await sleep(1)
    await click_to_dial(stage, "callback-1", CUSTOMER)
    agent = await stage.pick_up(2001, after=1)
    customer = await stage.pick_up(stage.carrier, after=2)
    await sleep(2)
    customer.hang_up()
    await until_over(agent)


async def _moved(stage: Stage, context: str, exten: str) -> Dialog:
    """After 2 s in support our panel sends the waiting caller elsewhere."""
    caller = await stage.call_in("support")
    await caller.answered.wait()
    await sleep(2)
    await stage.ami.action(
        "Redirect",
        Channel=stage.channel("PJSIP/carrier"),
        Context=context,
        Exten=exten,
        Priority="1",
    )
    return caller


@scenario
async def moved_while_waiting(stage: Stage) -> None:
    """To sales, where 2002 answers after 1 s."""
    await stage.staff("sales", 2002)
    caller = await _moved(stage, "crm-transfer", "q-sales")
    agent = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent)


@scenario
async def moved_and_abandoned(stage: Stage) -> None:
    """To sales, where the caller gives up after 1 s."""
    caller = await _moved(stage, "crm-transfer", "q-sales")
    await sleep(1)
    caller.hang_up()


@scenario
async def abandoned_on_the_move(stage: Stage) -> None:
    """Out of support, and in no queue yet when the caller gives up, after 1 s."""
    caller = await _moved(stage, "recorded-between", "s")
    await sleep(1)
    caller.hang_up()


@scenario
async def moved_and_timed_out(stage: Stage) -> None:
    """To a queue where one may wait for 3 s, and nobody comes."""
    caller = await _moved(stage, "crm-inbound", queues.TO_SHORT)
    await until_over(caller)


@scenario
async def first_by_priority(stage: Stage) -> None:
    """Wang Wei waits for 1 s when Li Na comes, who goes first. 2001 signs in 0.5 s later; a queue
    looks once a second for whoever waits. 2001 rings for 1 s, and she talks for 1.5 s; then 2001
    rings for him for 1 s, and he talks for 1 s."""
    second = await stage.call_in("support")
    await second.answered.wait()
    await sleep(1)
    first = await stage.call_in("support", "Li Na", queues.TO_FIRST)
    await first.answered.wait()
    await sleep(0.5)
    await stage.staff("support", 2001)
    agent = await stage.pick_up(2001, after=1)
    await sleep(1.5)
    first.hang_up()
    await until_over(agent)
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    second.hang_up()
    await until_over(agent)


@scenario
async def rings_both_phones(stage: Stage) -> None:
    """One agent, two phones: 2001 and 2002 ring; 2002 is picked up after 2 s."""
    await stage.ami.action(
        "QueueAdd",
        Queue="support",
        Interface=f"Local/{queues.BOTH_PHONES}@crm-agents/n",
        MemberName="Agent 2001",
    )
    caller = await stage.call_in("support")
    other = await stage.invited(2001)
    other.ring()
    agent = await stage.pick_up(2002, after=2)
    await sleep(2)
    caller.hang_up()
    await until_over(agent, other)


@scenario
async def two_customers_at_one_agent(stage: Stage) -> None:
    """2001 talks to Wang Wei for 2 s; Li Na rings there for 1 s, he is put on hold, and she is
    answered. They talk for 2 s, she leaves, and he is back for 1 s."""
    await stage.staff("eager", 2001)
    first = await stage.call_in("support", number=queues.TO_EAGER)
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    second = await stage.call_in("support", "Li Na", queues.TO_EAGER)
    knocking = await stage.invited(2001)
    knocking.ring()
    await sleep(1)
    agent.hold()
    knocking.answer()
    await sleep(2)
    second.hang_up()
    await until_over(knocking)
    agent.resume()
    await sleep(1)
    first.hang_up()
    await until_over(agent)


@scenario
async def next_customer_after_wrap_up(stage: Stage) -> None:
    """2001 takes Wang Wei after 1 s, for 2 s, and hangs up. Li Na has waited for 1.5 s then. 2001
    is spared for 1 s; the queue, which looks once a second, finds 2001 0.5 s later. It rings there
    for 1 s, and they talk for 1 s."""
    await stage.staff("support", 2001)
    first = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(0.5)
    second = await stage.call_in("support", "Li Na")
    await sleep(1.5)
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true", Reason="wrap_up")
    agent.hang_up()
    await until_over(first)
    await sleep(1)
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="false")
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    second.hang_up()
    await until_over(agent)


@scenario
async def caller_leaves_before_the_answer(stage: Stage) -> None:
    """It rings for 1 s: the switch has answered nothing, and there is no queue yet."""
    caller = await stage.call_in("support", number=queues.TO_RINGING)
    await sleep(1)
    caller.cancel()
    await until_over(caller)


@scenario
async def caller_leaves_in_the_greeting(stage: Stage) -> None:
    caller = await stage.call_in("support", number=queues.TO_GREETING)
    await caller.answered.wait()
    await sleep(1)
    caller.hang_up()


@scenario
async def agent_leaves_while_holding(stage: Stage) -> None:
    """1 s ringing, 2 s talk, 1 s hold; then the agent hangs up."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    agent.hold()
    await sleep(1)
    agent.hang_up()
    await until_over(caller)


@scenario
async def both_hang_up_at_once(stage: Stage) -> None:
    """1 s ringing, 2 s talk; the caller's goodbye is sent a moment before the agent's."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    agent.hang_up()
