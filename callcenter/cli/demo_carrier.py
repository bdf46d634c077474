"""sipp as the carrier of a demo on a real Asterisk: customers call while an agent is ready, and
every number an agent dials answers. Whoever speaks to them hears their own voice back.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from callcenter.main import Application
from telephony.pbx.embedded import EmbeddedAsterisk

PAUSE_S = (5.0, 9.0)  # between calls while somebody is ready
TALK_S = (60, 240)  # then the caller hangs up, unless the agent did

_SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=demo 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 0
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000"""

_OK = """<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"""

_CALLER = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a customer calls">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "[shown]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]C[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[caller]@[local_ip]:[local_port]>
Max-Forwards: 70
{_SDP}

]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "[shown]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]C[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv request="BYE" timeout="[patience]" ontimeout="leave"/>
{_OK.replace("<send>", '<send next="end">')}
<label id="leave"/>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "[shown]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]C[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<label id="end"/>
</scenario>
"""

_DIALLED = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a dialled number answers">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]S[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<pause milliseconds="2500"/>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]S[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
{_SDP}

]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
{_OK}
</scenario>
"""


class Carrier:
    """`run` is the traffic; `stop` hangs up on everybody."""

    def __init__(
        self, switch: EmbeddedAsterisk, line: str, callers: Sequence[tuple[str, str]]
    ) -> None:
        self._switch = switch
        self._line = line
        self._callers = callers
        self._home = Path(tempfile.mkdtemp(prefix="callcenter-carrier-"))
        (self._home / "caller.xml").write_text(_CALLER)
        (self._home / "dialled.xml").write_text(_DIALLED)
        self._running: set[asyncio.subprocess.Process] = set()

    async def run(self, application: Application) -> None:
        """Callers come while an agent is ready, until cancelled."""
        await self._sipp("dialled.xml", "-p", str(self._switch.carrier_port))
        while True:
            await asyncio.sleep(random.uniform(*PAUSE_S))  # noqa: S311 (not a secret)
            self._running = {one for one in self._running if one.returncode is None}
            seats = application.roster.seats()
            if any(application.presence.status(s.user_id).state == "ready" for s in seats):
                await self._call()

    async def stop(self) -> None:
        for process in self._running:
            if process.returncode is None:
                process.kill()
                await process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    async def _call(self) -> None:
        number, name = random.choice(self._callers)  # noqa: S311 (not a secret)
        patience_ms = random.randint(*TALK_S) * 1000  # noqa: S311 (not a secret)
        shown = "".join(letter for letter in name if letter not in '"\\<>')
        await self._sipp(
            "caller.xml",
            *("-key", "caller", number, "-key", "shown", shown),
            *("-key", "patience", str(patience_ms), "-s", self._line, "-m", "1"),
            f"{self._switch.ami_host}:{self._switch.sip_port}",
        )

    async def _sipp(self, scenario: str, *options: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", scenario, "-i", self._switch.carrier_host, "-nostdin", "-rtp_echo"),
            *("-skip_rlimit", *options),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we end it
            cwd=self._home,
        )
        self._running.add(process)
