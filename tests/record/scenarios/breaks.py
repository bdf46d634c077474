"""Something goes away in the middle of a call, without a word."""

from __future__ import annotations

from asyncio import sleep

from tests.record.scenarios.table import scenario
from tests.record.stage import Stage, until_over


@scenario
async def phone_vanishes(stage: Stage) -> None:
    """2001 has talked for 2 s when its telephone goes dead; 3 s later the switch has noticed. It
    rings there in vain for 4 s; then the caller is the first in the queue, where 2002 picks up
    after 1 s; 2 s of talk."""
    await stage.staff("support", 2001)
    caller = await stage.call_in("support")
    await stage.pick_up(2001, after=1)
    await sleep(2)
    stage.phones[2001].vanish()
    await stage.ami.seen("Hangup", Cause="44")
    await stage.ami.action("QueuePause", Interface="PJSIP/2001", Paused="true")
    await stage.staff("support", 2002)
    second = await stage.pick_up(2002, after=1)
    await sleep(2)
    caller.hang_up()
    await until_over(second)
