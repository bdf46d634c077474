"""sipp as the carrier and as desk phones.

async with Carrier(asterisk) as carrier:
    call = await carrier.call("13800138000", "王伟", [pause(5), bye()])
    await call.wait()

async with Phone(asterisk, "2001", [ring(), pause(1), answer(), await_bye()]):
    ...
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from typing import Self

from telephony.pbx.embedded import CARRIER_HOST, HOST
from telephony.pbx.running import Running
from telephony.pbx.secrets import sip_secret
from telephony.ports import free_udp_port
from tests.asterisk.scenario import SILENT, Media, Step, await_bye, incoming, outgoing, register
from tests.asterisk.server import MASTER, AsteriskServer

END_S = 20.0
EVERYWHERE = "0.0.0.0"  # where sipp listens for orders, whatever -i and -mi say


class SippFailed(AssertionError):
    """A sipp ended badly; the message holds what it said."""


class Sipp(Running):
    """One sipp process with its own scenario file and traces in a directory of its own."""

    def __init__(
        self,
        scenario: str,
        *options: str,
        host: str,
        port: int = 0,
        to: str = "",
    ) -> None:
        self.host = host
        self.port = port or free_udp_port(host)
        self._scenario = scenario
        self._options = [*options, *([to] if to else [])]

    async def start(self) -> Self:
        self._directory = tempfile.TemporaryDirectory(prefix="sipp-")
        self.home = Path(self._directory.name)
        (self.home / "scenario.xml").write_text(self._scenario)
        with (self.home / "output").open("wb") as output:
            self.process = await asyncio.create_subprocess_exec(
                *("sipp", "-sf", "scenario.xml", "-i", self.host, "-p", str(self.port)),
                *("-mi", self.host, "-cp", str(free_udp_port(EVERYWHERE)), "-nostdin", "-aa"),
                *("-skip_rlimit", "-trace_err", "-error_file", "errors.log"),
                *self._options,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                env={**os.environ, "TERM": "dumb"},
            )
        return self

    async def wait(self, timeout_s: float = END_S) -> None:
        """Until all its calls went through their scenario; raises `SippFailed` otherwise."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
        if code != 0:
            raise SippFailed(f"sipp ended with {code}: {self.complaints()}")

    async def stop(self) -> None:
        """Ends it whatever it is doing; its calls get no goodbye."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()
        self._directory.cleanup()

    def complaints(self) -> str:
        path = self.home / "errors.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else "(it logged nothing)"


class Carrier(Running):
    """The outside world on 127.0.0.2. Calls it places come from the trunk."""

    def __init__(self, asterisk: AsteriskServer) -> None:
        self._asterisk = asterisk
        self._running: list[Sipp] = []

    async def call(
        self,
        caller: str,
        name: str = "",
        steps: list[Step] | None = None,
        *,
        dialled: str = "4008001234",
        media: Media = SILENT,
        calls: int = 1,
        rate: float = 10.0,
        header: str = "",
    ) -> Sipp:
        """Dials in; without steps the caller waits until somebody hangs up on them."""
        steps = [await_bye()] if steps is None else steps
        scenario = outgoing(caller, name, steps, media, header)
        sipp = Sipp(
            scenario,
            *("-s", dialled, "-m", str(calls), "-r", str(rate), "-l", "1000"),
            host=CARRIER_HOST,
            to=f"{HOST}:{self._asterisk.sip_port}",
        )
        self._running.append(sipp)
        return await sipp.start()

    async def take(self, steps: list[Step], *, media: Media = SILENT) -> Sipp:
        """Takes the calls that Asterisk places through the trunk."""
        port = self._asterisk.carrier_port
        sipp = Sipp(incoming(steps, media), host=CARRIER_HOST, port=port)
        self._running.append(sipp)
        return await sipp.start()

    async def stop(self) -> None:
        for sipp in self._running:
            await sipp.stop()


class Phone(Sipp):
    """A desk phone that registers and then takes every call through the same steps."""

    def __init__(
        self,
        asterisk: AsteriskServer,
        extension: str,
        steps: list[Step],
        *,
        media: Media = SILENT,
        port: int = 0,
    ) -> None:
        super().__init__(incoming(steps, media), "-s", extension, host=HOST, port=port)
        self.extension = extension
        self.interface = f"PJSIP/{extension}"
        self._asterisk = asterisk

    async def start(self) -> Self:
        registration = Sipp(
            register(self.extension, sip_secret(MASTER, self.extension)),
            *("-m", "1"),
            host=HOST,
            port=self.port,
            to=f"{HOST}:{self._asterisk.sip_port}",
        )
        async with registration:
            await registration.wait()
        return await super().start()
