"""The routing server as a process of its own, so that a test can stop, freeze and slow it.

    python -m tests.asterisk.routing_process AMI_PORT USER SECRET AGI_PORT TAKES_S DEADLINE_S

Serves FastAGI and beats the heart over AMI, as the product does; says ``ready`` when both work.
Every caller goes to the queue `sales` with priority 7, so that a test can tell its answer from the
mirror's and the default's.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import uvloop
from twisted.internet import asyncioreactor

from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest
from telephony.pbx.embedded import HOST
from telephony.pbx.probe import AmiProbe
from tests.asterisk.server import AsteriskServer

ANSWER = RouteAnswer("sales", 7)


async def serve(
    ami: tuple[int, str, str], agi_port: int, takes_s: float, deadline_s: float
) -> None:
    """`ami`: port, user, secret."""

    async def route(_request: RouteRequest) -> RouteAnswer:
        await asyncio.sleep(takes_s)
        return ANSWER

    asyncioreactor.install(asyncio.get_running_loop())
    await FastAgiServer(route, "pbx1", deadline_s).start(HOST, agi_port)
    async with AmiProbe(HOST, *ami, events=False) as probe:
        told = False
        while True:
            await probe.ask("Setvar", ("Variable", "CRM_ALIVE"), ("Value", str(int(time.time()))))
            if not told:
                print("ready", flush=True)
                told = True
            await asyncio.sleep(1)


@dataclass
class RoutingProcess:
    """`async with RoutingProcess(asterisk) as routing`; then `freeze()` or `kill()` it."""

    asterisk: AsteriskServer
    takes_s: float = 0.0
    deadline_s: float = 0.8

    async def __aenter__(self) -> Self:
        asterisk = self.asterisk
        arguments = [asterisk.ami_port, asterisk.ami_user, asterisk.ami_secret]
        arguments += [asterisk.plan.fastagi_port, self.takes_s, self.deadline_s]
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, *map(str, arguments)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            assert await self.process.stdout.readline() == b"ready\n"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.kill()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


if __name__ == "__main__":
    port, name, word, agi = sys.argv[1:5]
    uvloop.run(serve((int(port), name, word), int(agi), *map(float, sys.argv[5:7])))
