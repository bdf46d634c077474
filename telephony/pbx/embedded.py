"""A real Asterisk of our own, for the demo and for tests: made, started, stopped, removed.

It listens on the loopback only. Its configuration is `telephony.pbx.config.render`, included by
the few files in `config/asterisk/embedded` that an existing Asterisk would have anyway.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from telephony.pbx.config import TEMPLATES, fill, render
from telephony.pbx.plan import PbxPlan
from telephony.pbx.probe import AmiProbe, ProbeError
from telephony.pbx.root import Progress, ensure_root
from telephony.pbx.running import Running
from telephony.pbx.sound import hold_music
from telephony.ports import LOWEST, free_tcp_port, free_udp_port

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
CARRIER_HOST = "127.0.0.2"
BOOT_S = 60.0
STOP_S = 5.0
PREFIX = "callcenter"
# Asterisk complains about a missing file, and some modules do not load without theirs.
EMPTY = ("acl", "ccss", "pjproject", "pjsip_notify", "queuerules", "udptl")


class AsteriskFailed(Exception):
    """It ended while it started; the message holds the last lines it wrote."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Free ones, found by `free_ports`; `carrier` is on 127.0.0.2, all others on 127.0.0.1."""

    ami: int
    http: int
    sip: int
    carrier: int
    rtp: int


@dataclass
class EmbeddedAsterisk(Running):
    """`async with EmbeddedAsterisk(plan) as asterisk`, or `start()` and `stop()`.

    `overrides` replaces whole files of ``etc/`` by name, and `extra` is added to the end of one:
    tests break things with them, and the demo adds what only a demo needs.
    """

    plan: PbxPlan
    progress: Progress = print
    extra: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)

    ami_host: str = field(default=HOST, init=False)
    carrier_host: str = field(default=CARRIER_HOST, init=False)
    ports: Ports = field(init=False)
    home: Path = field(init=False)
    root: Path = field(init=False)
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def ami_port(self) -> int:
        return self.ports.ami

    @property
    def sip_port(self) -> int:
        return self.ports.sip

    @property
    def ws_port(self) -> int:
        return self.ports.http

    @property
    def carrier_port(self) -> int:
        return self.ports.carrier

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.ports.http}/ws"

    @property
    def ami_user(self) -> str:
        return self.plan.ami_user

    @property
    def ami_secret(self) -> str:
        return self.plan.ami_secret

    @property
    def cel_path(self) -> Path:
        """What Asterisk itself wrote down; the columns are in `config/asterisk/cel_custom.conf`."""
        return self.home / "log/cel-custom/callcenter.csv"

    @property
    def log_path(self) -> Path:
        return self.home / "log/messages"

    async def start(self) -> None:
        """Returns when it is fully booted. Raises `RootError` or `AsteriskFailed`."""
        self.root = await asyncio.to_thread(ensure_root, self.progress)
        _remove_left_overs(self.root)
        self.ports = free_ports()
        prefix = f"{PREFIX}-{os.getpid()}-"
        self.home = Path(tempfile.mkdtemp(prefix=prefix, dir=self.root / "srv"))
        try:
            self._write()
            await self._spawn()
            await self._booted()
        except BaseException:
            await self.stop()
            raise
        log.info("asterisk_started", ami_port=self.ami_port, sip_port=self.sip_port)

    async def stop(self) -> None:
        """Ends it and removes its directories; nothing of it stays."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    async def _spawn(self) -> None:
        command = [*self._command, "-f"]
        if shutil.which("setpriv"):  # dies with us, however we die
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        with (self.home / "log/console").open("wb") as console:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )

    async def cli(self, command: str) -> str:
        """What ``asterisk -rx command`` prints: for tests and for looking at it."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            "-rx",
            command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return output.decode("utf-8", "replace")

    @property
    def _command(self) -> list[str]:
        etc = f"/{self.home.relative_to(self.root)}/etc"
        return ["chroot", str(self.root), "/usr/sbin/asterisk", "-C", f"{etc}/asterisk.conf"]

    def _write(self) -> None:
        inside = f"/{self.home.relative_to(self.root)}"
        for name in ("etc/snippets", "lib/keys", "spool", "run", "log/cel-custom", "moh"):
            (self.home / name).mkdir(parents=True)
        (self.home / "moh/chords.sln").write_bytes(hold_music())
        modules = next(self.root.glob("usr/lib/*/asterisk/modules"))
        values = {
            "home": inside,
            "modules": f"/{modules.relative_to(self.root)}",
            "host": HOST,
            "carrier_host": CARRIER_HOST,
            "ami_port": str(self.ports.ami),
            "http_port": str(self.ports.http),
            "sip_port": str(self.ports.sip),
            "carrier_port": str(self.ports.carrier),
            "rtp_first": str(self.ports.rtp),
            "rtp_last": str(self.ports.rtp + 999),
        }
        plan = replace(self.plan, moh_directory=f"{inside}/moh")
        etc = self.home / "etc"
        for name in EMPTY:
            (etc / f"{name}.conf").touch()
        for path in (TEMPLATES / "embedded").glob("*.conf"):
            text = self.overrides.get(path.name) or fill(path.read_text(), values)
            (etc / path.name).write_text(text + self.extra.get(path.name, ""))
        for name, text in render(plan).items():
            snippet = self.overrides.get(f"snippets/{name}", text)
            (etc / "snippets" / name).write_text(snippet)

    async def _booted(self) -> None:
        """Until it says so over AMI. Raises `AsteriskFailed`."""
        assert self.process is not None
        try:
            async with asyncio.timeout(BOOT_S):
                while self.process.returncode is None:
                    if await self._says_it_is_booted():
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AsteriskFailed(f"not up after {BOOT_S:.0f} s: {self._last_words()}") from None
        raise AsteriskFailed(f"Asterisk ended at once: {self._last_words()}")

    async def _says_it_is_booted(self) -> bool:
        user = (self.ami_user, self.ami_secret)
        try:
            async with AmiProbe(HOST, self.ports.ami, *user) as probe:
                await probe.wait_for(lambda frame: frame.event == "FullyBooted", BOOT_S)
        except ProbeError:
            return False
        return True

    def _last_words(self) -> str:
        said = (self.home / "log/console").read_text(errors="replace")
        if self.log_path.exists():
            said += self.log_path.read_text(errors="replace")
        return said[-2000:].strip() or "it wrote nothing"


def free_ports() -> Ports:
    """Ports nobody listens on right now. RTP takes a thousand from somewhere below the others;
    Asterisk itself passes over those of them that are taken."""
    return Ports(
        ami=free_tcp_port(HOST),
        http=free_tcp_port(HOST),
        sip=free_udp_port(HOST),
        carrier=free_udp_port(CARRIER_HOST),
        rtp=random.randrange(10_000, LOWEST, 1000),  # noqa: S311 (not a secret)
    )


def _remove_left_overs(root: Path) -> None:
    """Directories of instances whose maker is gone (it was killed)."""
    for path in (root / "srv").glob(f"{PREFIX}-*-*"):
        owner = path.name.split("-")[1]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(path, ignore_errors=True)
