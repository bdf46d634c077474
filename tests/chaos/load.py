"""Callers, desk phones and the people at them: calls as a call centre has them.

Three kinds of callers (who leave soon, who talk, who talk long) come at `per_s` together; four desk
phones answer: two let the caller hang up, one hangs up itself, one passes the caller on to sales.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

import aiohttp
from websockets.exceptions import WebSocketException

from telephony.pbx.embedded import CARRIER_HOST, HOST
from telephony.pbx.running import Running
from tests.asterisk.scenario import Step, answer, await_bye, bye, outgoing, pause, refer, ring
from tests.asterisk.server import AsteriskServer
from tests.asterisk.sipp import Phone, Sipp
from tests.e2e.product import PASSWORD
from tests.running import Screen, open_screen

PHONES = {
    "2001": [ring(), pause(0.4), answer(), await_bye()],
    "2002": [ring(), pause(0.2), answer(), pause(1.5), bye()],
    "2003": [ring(), pause(0.3), answer(), await_bye()],
    "2004": [ring(), pause(0.3), answer(), pause(0.8), refer("q-sales")],
}
SHARES = ((0.3, 100, 1500), (0.5, 1500, 5000), (0.2, 5000, 9000))  # of callers; ms until they leave
PATIENCE_S = 12.0  # of a caller whom the switch does not answer any more


def stays(least_ms: int, most_ms: int) -> Step:
    return Step(f'<pause distribution="uniform" min="{least_ms}" max="{most_ms}"/>')


class Load(Running):
    def __init__(self, asterisk: AsteriskServer, per_s: float) -> None:
        self._asterisk = asterisk
        self._per_s = per_s
        self._callers: list[Sipp] = []
        self._phones = [Phone(asterisk, number, steps) for number, steps in PHONES.items()]

    async def start(self) -> None:
        for phone in self._phones:
            await phone.start()
        for number, (share, least, most) in enumerate(SHARES):
            steps = [stays(least, most), bye()]
            sipp = Sipp(
                outgoing(f"1380013800{number}", "", steps),
                *("-s", "4008001234", "-m", "1000000", "-l", "40", "-r", "1"),
                *("-rp", str(round(1000 / (self._per_s * share)))),
                *("-recv_timeout", str(round(PATIENCE_S * 1000))),
                host=CARRIER_HOST,
                to=f"{HOST}:{self._asterisk.sip_port}",
            )
            self._callers.append(await sipp.start())

    async def wind_down(self) -> None:
        """No new callers; returns when those who are there have left."""
        for sipp in self._callers:
            sipp.process.send_signal(signal.SIGUSR1)
        for sipp in self._callers:
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * PATIENCE_S):
                    await sipp.process.wait()

    async def stop(self) -> None:
        for sipp in [*self._callers, *self._phones]:
            await sipp.stop()


class Person(Running):
    """Somebody at a desk: signed in whenever that is possible, ready whenever they are free."""

    def __init__(self, url: str, login: str) -> None:
        self._url = url
        self._login = login
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, OSError, WebSocketException, TimeoutError):
                screen = await open_screen(self._url, self._login, PASSWORD)
                try:
                    await self._stay_ready(screen)
                finally:
                    await screen.stop()
            await asyncio.sleep(0.3)

    async def _stay_ready(self, screen: Screen) -> None:
        while screen.is_open:
            match screen.state["me"]["state"]:
                case "wrap_up":
                    await screen.order("agent.finish_wrap_up")
                case "not_ready":
                    await screen.order("agent.ready")
            await asyncio.sleep(0.2)
