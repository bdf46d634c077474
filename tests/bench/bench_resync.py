"""How long it takes to read a switch's state anew, at 500 channels: from asking for events until
the last of those that waited meanwhile is applied.

The simulated switch has 250 calls of two channels; the connection is cut five times.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable

from telephony.ami import AmiConfig, AmiSwitch
from telephony.calls import CallTracker, Topology
from telephony.simulator import Simulator, SimulatorConfig

CALLS = 250
CUTS = 5


async def _run() -> dict[str, dict[str, float]]:
    from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

    asyncioreactor.install(asyncio.get_running_loop())
    simulator = Simulator(SimulatorConfig(agents=CALLS, auto_answer_s=0.0))
    port = await simulator.start()
    tracker = CallTracker("bench", Topology())
    config = AmiConfig("127.0.0.1", port, "callcenter", "callcenter", backoff_first_s=0.05)
    switch = AmiSwitch(config, tracker)
    await switch.start()
    await _until(lambda: switch.connected)
    for number in range(CALLS):
        simulator.call_in(f"138{number:08d}", to=str(1001 + number))
    await _until(lambda: sum(len(one.legs) for one in tracker.live_calls()) == 2 * CALLS)
    took = []
    for cut in range(CUTS):
        simulator.drop_connections()
        await _until(lambda: switch.stats().resyncs == cut + 2)  # noqa: B023 (awaited here)
        took.append(switch.stats().last_resync_ms)
    channels = sum(len(one.legs) for one in tracker.live_calls())
    assert channels == 2 * CALLS
    await switch.stop()
    await simulator.stop()
    return {"resync": {"ms": statistics.median(took), "worst_ms": max(took), "channels": channels}}


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 (counters have no event)
            await asyncio.sleep(0.005)


def run() -> dict[str, dict[str, float]]:
    return asyncio.run(_run())
