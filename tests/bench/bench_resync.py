"""How long it takes to read a switch's state anew, at 500 channels: from asking for events until
the last of those that waited meanwhile is applied.

There are 250 calls of two channels, on the simulated switch and on a real Asterisk (Local channels
that listen to music); the connection is cut five times.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable

from telephony.ami import AmiConfig, AmiSwitch
from telephony.calls import CallTracker, Topology
from telephony.simulator import Simulator, SimulatorConfig
from tests.asterisk.server import AsteriskServer
from tests.e2e.fault_proxy import FaultProxy

CALLS = 250
CUTS = 5
AT_ONCE = 8  # commands for Asterisk
STAY = """
[bench-stay]
exten => s,1,Answer()
 same => n,MusicOnHold(default,600)
"""


async def _run() -> dict[str, dict[str, float]]:
    from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

    asyncioreactor.install(asyncio.get_running_loop())
    return {"resync": await _simulated(), "resync_asterisk": await _asterisk()}


async def _simulated() -> dict[str, float]:
    simulator = Simulator(SimulatorConfig(agents=CALLS, auto_answer_s=0.0))
    port = await simulator.start()
    tracker = CallTracker("bench", Topology())
    config = AmiConfig("127.0.0.1", port, "callcenter", "callcenter", backoff_first_s=0.05)
    switch = AmiSwitch(config, tracker)
    await switch.start()
    await _until(lambda: switch.connected)
    for number in range(CALLS):
        simulator.call_in(f"138{number:08d}", to=str(1001 + number))
    await _until(lambda: _legs(tracker) == 2 * CALLS)
    took = await _cuts(switch, simulator.drop_connections)
    channels = _legs(tracker)
    assert channels == 2 * CALLS
    await switch.stop()
    await simulator.stop()
    return _figures(took, channels)


async def _asterisk() -> dict[str, float]:
    async with (
        AsteriskServer(extra={"extensions.conf": STAY}) as server,
        FaultProxy(server.ami_port) as line,
    ):
        user = server.ami_user, server.ami_secret
        config = AmiConfig("127.0.0.1", line.port, *user, backoff_first_s=0.05)
        switch = AmiSwitch(config, CallTracker("bench", Topology()))
        await switch.start()
        await _until(lambda: switch.connected)
        room = asyncio.Semaphore(AT_ONCE)

        async def comes() -> None:
            async with room:
                stay = "Local/s@bench-stay application MusicOnHold default"
                await server.cli(f"channel originate {stay}")

        await asyncio.gather(*(comes() for _ in range(CALLS)))
        took = await _cuts(switch, line.cut)
        channels = int((await server.cli("core show channels count")).split()[0])
        assert channels == 2 * CALLS
        await switch.stop()
    return _figures(took, channels)


def _legs(tracker: CallTracker) -> int:
    return sum(len(one.legs) for one in tracker.live_calls())


async def _cuts(switch: AmiSwitch, cut: Callable[[], None]) -> list[float]:
    """Milliseconds of each resync."""
    took = []
    for _ in range(CUTS):
        before = switch.stats().resyncs
        cut()
        await _until(lambda: switch.stats().resyncs > before)  # noqa: B023 (awaited here)
        took.append(switch.stats().last_resync_ms)
    return took


def _figures(took: list[float], channels: int) -> dict[str, float]:
    return {"ms": statistics.median(took), "worst_ms": max(took), "channels": channels}


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 (counters have no event)
            await asyncio.sleep(0.005)


def run() -> dict[str, dict[str, float]]:
    return asyncio.run(_run())
