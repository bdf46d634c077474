"""The outside world of the demo: sipp calls in, and answers when an agent calls out.

Every second caller speaks (the sounds that came with Asterisk), the others repeat what they hear,
so that a person at the browser can hear somebody and can hear that they are heard.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import structlog

from telephony.pbx.config import TEMPLATES, fill
from telephony.pbx.embedded import CARRIER_HOST, HOST, EmbeddedAsterisk
from telephony.pbx.root import ensure_tools
from telephony.pbx.sound import tones, ulaw
from telephony.ports import free_udp_port

log = structlog.get_logger(__name__)

SOUNDS = ("demo-congrats", "vm-intro", "beep")  # the first one there is the caller's speech
STAYS_S = (40.0, 150.0)
LOOK_S = 0.5
WITHHELD = "anonymous"
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
    """`run()` it while there is a demo. sipp's own limits apply: a name holds no quotes."""

    def __init__(
        self,
        asterisk: EmbeddedAsterisk,
        callers: Sequence[tuple[str, str]],
        *,
        first: Sequence[tuple[str, str]] = (),
        lines: Sequence[str] = ("4008001234",),
        every_s: float = 7.0,
    ) -> None:
        """`callers` are (number, name) of those who call; one is drawn at random each time, once
        those who call `first` have called; "" withholds the number. `lines` are dialled."""
        self._asterisk = asterisk
        self._callers = callers
        self._first = first
        self._lines = lines
        self._every_s = every_s
        self._calls: set[asyncio.Task[None]] = set()

    async def run(self, wanted: Callable[[], bool]) -> None:
        """Somebody calls every `every_s` seconds or so while `wanted()`, and whoever is dialled
        answers; until cancelled, then all of them are gone.

        Installs sipp when it is missing; raises `RootError` when that cannot be.
        """
        await asyncio.to_thread(ensure_tools, self._asterisk.progress)
        with tempfile.TemporaryDirectory(prefix="callcenter-carrier-") as folder:
            self._home = Path(folder)
            await self._record_speech()
            answering = asyncio.create_task(self._answer())
            try:
                await self._call_in(wanted)
            finally:
                tasks = [answering, *self._calls]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _call_in(self, wanted: Callable[[], bool]) -> None:
        numbers = count(1)
        while True:
            pause_s = LOOK_S
            if wanted() and len(self._calls) < AT_ONCE:
                task = asyncio.create_task(self._call(next(numbers)))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
                pause_s = self._every_s * random.uniform(0.7, 1.3)  # noqa: S311 (a demo)
            await asyncio.sleep(pause_s)

    async def _call(self, number: int) -> None:
        if number <= len(self._first):
            caller, name = self._first[number - 1]
        else:
            caller, name = random.choice(self._callers)  # noqa: S311 (a demo)
        line = random.choice(self._lines)  # noqa: S311 (a demo)
        shown = "".join(letter for letter in name if letter not in '"\\[]<>')
        speaks = number % 2 == 1
        values = {
            "caller": caller or WITHHELD,
            "shown": shown,
            "stay_ms": str(int(random.uniform(*STAYS_S) * 1000)),  # noqa: S311 (a demo)
            "sdp": _SDP.replace("{{port}}", "[rtpstream_audio_port]" if speaks else "[media_port]"),
            "speak": '<nop><action><exec rtp_stream="speech.ulaw,-1,0,PCMU/8000"/></action></nop>'
            if speaks
            else "",
        }
        scenario = self._home / f"caller-{number}.xml"
        scenario.write_text(fill((TEMPLATES / "embedded/caller.xml").read_text(), values))
        options = ["-m", "1", "-s", line, f"{HOST}:{self._asterisk.sip_port}"]
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
            *("-p", str(port or free_udp_port(CARRIER_HOST)), "-nostdin", "-aa", "-skip_rlimit"),
            *("-mp", str(free_udp_port(CARRIER_HOST)), "-cp", str(free_udp_port(CARRIER_HOST))),
            *options,
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
