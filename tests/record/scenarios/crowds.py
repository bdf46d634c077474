"""Many at once."""

from __future__ import annotations

import asyncio
from asyncio import gather, sleep

from tests.record.scenarios.table import scenario
from tests.record.stage import DID, Stage, until_over

CALLERS = 50
ANSWERED = 3
GAP_S = 0.015  # so that they arrive in their order, and yet in the same second
PATIENCE_S = 3.0 + GAP_S * CALLERS


@scenario
async def fifty_in_the_same_second(stage: Stage) -> None:
    """50 customers; the first 47 wait for 3.75 s each, and go. 2 s later three agents come, and the
    queue, which looks once a second, rings each for 1 s; they talk to the last three for 2 s."""
    await stage.only_what_is_read()
    began = asyncio.get_running_loop().time()
    callers = []
    for number in range(CALLERS):
        await _until(began + number * GAP_S)
        callers.append(stage.call(stage.carrier, DID, f"Caller {number + 1:02}"))
    for number, caller in enumerate(callers[:-ANSWERED]):
        await _until(began + PATIENCE_S + number * GAP_S)
        caller.hang_up()
    await sleep(2)
    await stage.staff("support", 2001, 2002, 2003)
    agents = await gather(*(stage.pick_up(extension, after=1) for extension in (2001, 2002, 2003)))
    await sleep(2)
    for caller in callers[-ANSWERED:]:
        caller.hang_up()
    await until_over(*agents)


async def _until(moment: float) -> None:
    await sleep(max(0.0, moment - asyncio.get_running_loop().time()))
