"""A supervisor is in the call and takes no part in it: listens, whispers."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import LISTEN, scenario
from tests.record.sip import Dialog
from tests.record.stage import Stage, until_over


async def _listen(stage: Stage, uniqueid: str, options: str) -> None:
    """2003's phone is rung, to hear 2001."""
    await stage.ami.action(
        "Originate",
        Channel="PJSIP/2003",
        ChannelId=uniqueid,
        Application="ChanSpy",
        Data=f"PJSIP/2001,{options}",
        CallerID='"Phone 2001" <2001>',
        Timeout="20000",
        Async="true",
    )


async def _talk(stage: Stage) -> tuple[Dialog, Dialog]:
    """A customer and 2001, who picked up after 1 s and has talked for 1 s."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    agent = await stage.pick_up(2001, after=1)
    await sleep(1)
    return caller, agent


@scenario
async def supervisor_listens(stage: Stage) -> None:
    """2003 picks up after 1 s, listens for 2 s and leaves; the others talk for 1 s more."""
    caller, agent = await _talk(stage)
    await _listen(stage, "listen-1", "qE")
    supervisor = await stage.pick_up(2003, after=1)
    await sleep(2)
    supervisor.hang_up()
    await sleep(1)
    caller.hang_up()
    await until_over(agent)


@scenario
async def supervisor_whispers(stage: Stage) -> None:
    """2003 picks up after 1 s and whispers; the call ends 2 s later, and with it the listening."""
    caller, agent = await _talk(stage)
    await _listen(stage, "listen-2", "qwE")
    supervisor = await stage.pick_up(2003, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(agent, supervisor)


@scenario
async def supervisor_dials_in(stage: Stage) -> None:
    """2003 dials a code and listens for 2 s; 2001 hangs up."""
    caller, agent = await _talk(stage)
    supervisor = stage.call(stage.phones[2003], LISTEN)
    await stage.ami.seen("ChanSpyStart")
    await sleep(2)
    agent.hang_up()
    await until_over(caller, supervisor)


@scenario
async def supervisor_of_two_calls(stage: Stage) -> None:
    """2003 listens to 2001 without leaving: 1 s of the first caller, whom 2001 leaves; and from its
    answer (rung for 1 s) on 2 s of the second, who leaves; then 2003 hangs up, 1 s later."""
    caller, agent = await _talk(stage)
    await _listen(stage, "listen-3", "q")
    supervisor = await stage.pick_up(2003, after=1)
    await sleep(1)
    agent.hang_up()
    await until_over(caller)
    other = await stage.call_in("support", "Li Na")
    again = await stage.pick_up(2001, after=1)
    await sleep(2)
    other.hang_up()
    await until_over(again)
    await sleep(1)
    supervisor.hang_up()
