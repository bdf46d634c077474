"""An agent's telephone vanished in mid-call and the customer is sent back; the echo test."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.outgoing import click_to_dial
from tests.record.scenarios.table import scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over


async def _sent_back(stage: Stage) -> Dialog:
    """A customer has talked to 2001 for 2 s, and our server sends them back there."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    channel = stage.channel("PJSIP/carrier")
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true")
    await stage.ami.action(
        "Redirect", Channel=channel, Context="crm-return", Exten="2001", Priority="1"
    )
    await until_over(agent)
    return caller


@scenario
async def sent_back_and_taken(stage: Stage) -> None:
    """2001's phone rings for 1 s; they talk for 2 s more."""
    caller = await _sent_back(stage)
    again = await stage.pick_up(2001, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(again)


@scenario
async def sent_back_to_the_queue(stage: Stage) -> None:
    """2001's phone rings unanswered (4 s); from the queue 2002 takes the customer after 1 s."""
    caller = await _sent_back(stage)
    again = await stage.invited(2001)
    again.ring()
    await until_over(again)
    await stage.staff("support", 2002)
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(second)


@scenario
async def click_to_dial_echo(stage: Stage) -> None:
    """2001 picks up after 1 s, and hears itself for 2 s."""
    await click_to_dial(stage, "click-11", "*43")
    agent = await stage.pick_up(2001, after=1)
    await sleep(2)
    agent.hang_up()
