"""The outside world of the demo: sipp calls in, and answers when an agent calls out.

Every second caller speaks (the sounds that came with Asterisk), the others repeat what they hear,
so that a person at the browser can hear somebody and can hear that they are heard.
"""

from __future__ import annotations

import asyncio
import random
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from telephony.pbx.config import TEMPLATES, fill
from telephony.pbx.embedded import CARRIER_HOST, HOST, EmbeddedAsterisk
from telephony.pbx.root import ensure_tools
from telephony.pbx.sound import tones, ulaw

log = structlog.get_logger(__name__)

SOUNDS = ("demo-congrats", "vm-intro", "beep")  # the first one there is the caller's speech
STAYS_S = (40.0, 150.0)
AT_ONCE = 3  # callers in the house; more only wait

_SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio {{port}} RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=sendrecv"""


class DemoCarrier:
    """Places a call every `every_s` seconds or so while fewer than `AT_ONCE` are under way."""

    def __init__(
        self,
        asterisk: EmbeddedAsterisk,
        callers: Sequence[str],
        *,
        dialled: str = "4008001234",
        every_s: float = 8.0,
        seed: int = 1,
    ) -> None:
        """`callers` are the numbers that call, one drawn at random each time."""
        self._asterisk = asterisk
        self._callers = callers
        self._dialled = dialled
        self._every_s = every_s
        self._random = random.Random(seed)  # noqa: S311 (a demo, no secret)
        self._calls: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.placed = 0

    async def start(self) -> None:
        """Installs sipp when it is missing; raises `RootError` when that cannot be."""
        await asyncio.to_thread(ensure_tools, self._asterisk.progress)
        self._folder = tempfile.TemporaryDirectory(prefix="callcenter-carrier-")
        self._home = Path(self._folder.name)
        await self._record_speech()
        self._tasks = [asyncio.create_task(self._answer()), asyncio.create_task(self._call_in())]

    async def stop(self) -> None:
        tasks = [*self._tasks, *self._calls]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._folder.cleanup()

    async def _call_in(self) -> None:
        while True:
            if len(self._calls) < AT_ONCE:
                self.placed += 1
                caller = self._random.choice(self._callers)
                task = asyncio.create_task(self._call(self.placed, caller))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
            await asyncio.sleep(self._every_s * self._random.uniform(0.7, 1.3))

    async def _call(self, number: int, caller: str) -> None:
        speaks = number % 2 == 1
        values = {
            "caller": caller,
            "stay_ms": str(int(self._random.uniform(*STAYS_S) * 1000)),
            "sdp": _SDP.replace("{{port}}", "[rtpstream_audio_port]" if speaks else "[media_port]"),
            "speak": '<nop><action><exec rtp_stream="speech.ulaw,-1,0,PCMU/8000"/></action></nop>'
            if speaks
            else "",
        }
        scenario = self._home / f"caller-{number}.xml"
        scenario.write_text(fill((TEMPLATES / "embedded/caller.xml").read_text(), values))
        options = ["-m", "1", "-s", self._dialled, f"{HOST}:{self._asterisk.sip_port}"]
        await self._sipp(scenario, 0, *options, *([] if speaks else ["-rtp_echo"]))
        scenario.unlink(missing_ok=True)

    async def _answer(self) -> None:
        values = {"sdp": _SDP.replace("{{port}}", "[media_port]")}
        scenario = self._home / "callee.xml"
        scenario.write_text(fill((TEMPLATES / "embedded/callee.xml").read_text(), values))
        while True:  # a sipp that ended is started again
            await self._sipp(scenario, self._asterisk.carrier_port, "-rtp_echo")
            await asyncio.sleep(1)

    async def _sipp(self, scenario: Path, port: int, *options: str) -> None:
        """Runs until it ends by itself; is ended when the task is cancelled."""
        process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", scenario.name, "-i", CARRIER_HOST, "-mi", CARRIER_HOST),
            *("-p", str(port or _free_udp_port()), "-mp", str(_free_udp_port())),
            *("-cp", str(_free_udp_port()), "-nostdin", "-aa", "-skip_rlimit", *options),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self._home,
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _record_speech(self) -> None:
        """`speech.ulaw` for sipp: one of Asterisk's own sounds, else a tone."""
        inside = Path("/") / self._asterisk.home.relative_to(self._asterisk.root)
        made = self._asterisk.home / "speech.ulaw"
        for sound in SOUNDS:
            source = f"/usr/share/asterisk/sounds/en/{sound}.gsm"
            await self._asterisk.cli(f"file convert {source} {inside}/speech.ulaw")
            if made.exists() and made.stat().st_size:
                break
        speech = made.read_bytes() if made.exists() else b""
        if not speech:
            log.info("demo_callers_speak_a_tone")
            speech = ulaw(tones([440], 2.0))
        (self._home / "speech.ulaw").write_bytes(speech)


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((CARRIER_HOST, 0))
        return int(one.getsockname()[1])
