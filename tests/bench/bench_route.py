"""How long a caller's routing takes on the real Asterisk, with the routing server well and ill.

200 calls each. `*_ms` run from the caller's Newchannel until the queue is decided (QUEUE_PRIO is
set, right before Answer), by the switch's own clock. Answering then waits for the caller's first
RTP, which is the carrier's time and not ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from telephony.pbx.probe import AmiProbe
from tests.asterisk.routing_process import RoutingProcess
from tests.asterisk.scenario import bye, pause
from tests.asterisk.server import AsteriskServer
from tests.asterisk.sipp import Carrier
from tests.asterisk.timing import Arrival, arrivals

CALLS = 200
PER_S = 20.0

# The filter keeps the measuring session out of what is measured: a few events per call, not 150.
FILTERS = (
    "action(include),name(Newchannel)",
    "action(include),name(QueueCallerJoin)",
    "action(include),name(VarSet),header(Variable),method(exact)|CRM_ROUTED",
    "action(include),name(VarSet),header(Variable),method(exact)|QUEUE_PRIO",
)


@asynccontextmanager
async def _observer(asterisk: AsteriskServer) -> AsyncIterator[AmiProbe]:
    async with asterisk.observe() as observer:
        for text in FILTERS:
            conditions, _, value = text.partition("|")
            await observer.ask(
                "Filter",
                ("Operation", "Add"),
                ("MatchCriteria", conditions),
                ("Filter", value),
            )
        yield observer


async def _measure(
    asterisk: AsteriskServer, ailment: Callable[[RoutingProcess], object], takes_s: float = 0.0
) -> list[Arrival]:
    async with _observer(asterisk) as observer:
        await observer.ask("Setvar", ("Variable", "CRM_BREAKER"), ("Value", ""))
        async with (
            RoutingProcess(asterisk, takes_s=takes_s) as routing,
            Carrier(asterisk) as carrier,
        ):
            ailment(routing)
            steps = [pause(0.05), bye()]
            calls = await carrier.call("13800138000", "", steps, calls=CALLS, rate=PER_S)
            await calls.wait(timeout_s=CALLS / PER_S + 20)
        return arrivals(observer.seen, asterisk)


def _figures(found: list[Arrival]) -> dict[str, float]:
    times = sorted(arrival.routing_s * 1000 for arrival in found)
    assert len(times) == CALLS, f"{len(times)} of {CALLS} callers were routed"
    return {
        "calls": len(times),
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[int(len(times) * 0.99) - 1], 2),
        "max_ms": round(times[-1], 2),
        "answered": sum(arrival.how == "answer" for arrival in found),
    }


async def _run() -> dict[str, dict[str, float]]:
    async with AsteriskServer() as asterisk:
        return {
            "route_up": _figures(await _measure(asterisk, lambda _routing: None)),
            "route_stopped": _figures(
                await _measure(asterisk, lambda routing: routing.process.kill())
            ),
            "route_frozen": _figures(await _measure(asterisk, RoutingProcess.freeze)),
            "route_slow": _figures(await _measure(asterisk, lambda _routing: None, takes_s=5.0)),
        }


def run() -> dict[str, dict[str, float]]:
    """Needs root and Debian, as everything that starts the real Asterisk does."""
    return asyncio.run(_run())
