"""The real Asterisk as the tests use it: `async with AsteriskServer(...) as asterisk`.

It is the product's own `EmbeddedAsterisk` with the phones that a test wants, plus an AMI user that
sees everything (the product's user may not, and that is right).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from telephony.pbx.embedded import EmbeddedAsterisk
from telephony.pbx.plan import DEFAULT_QUEUES, PbxPlan, PhonePlan, QueuePlan
from telephony.pbx.probe import AmiProbe
from telephony.pbx.secrets import sip_secret
from telephony.ports import free_tcp_port

MASTER = b"a master secret for tests"
OBSERVER = ("observer", "sees-everything")
BROWSERS = ("1001", "1002", "1003")
DESK_PHONES = ("2001", "2002", "2003", "2004")
RING_ALL = QueuePlan("everyone", strategy="ringall", ring_s=10, label="Everyone")

_OBSERVER = f"""
[{OBSERVER[0]}]
secret = {OBSERVER[1]}
read = all
write = all
writetimeout = 10000
"""


def plan_for_tests(
    browsers: tuple[str, ...] = BROWSERS, desk_phones: tuple[str, ...] = DESK_PHONES, **values: Any
) -> PbxPlan:
    """Browsers 1001… (WebRTC) and desk phones 2001… (sipp); passwords derived from `MASTER`."""
    phones = [PhonePlan(e, sip_secret(MASTER, e), f"Agent {e}") for e in browsers]
    phones += [PhonePlan(e, sip_secret(MASTER, e), f"Phone {e}", webrtc=False) for e in desk_phones]
    plan = PbxPlan(
        "callcenter",
        "s3cret-of-the-tests",
        tuple(phones),
        (*DEFAULT_QUEUES, RING_ALL),
        fastagi_port=free_tcp_port(),
        allowed_prefixes=("+86", "1", "0"),
    )
    return replace(plan, **values)


class AsteriskServer(EmbeddedAsterisk):
    def __init__(
        self,
        plan: PbxPlan | None = None,
        *,
        extra: dict[str, str] | None = None,
        overrides: dict[str, str] | None = None,
    ) -> None:
        extra = dict(extra or {})
        extra["manager.conf"] = extra.get("manager.conf", "") + _OBSERVER
        super().__init__(
            plan or plan_for_tests(), lambda _line: None, extra=extra, overrides=overrides or {}
        )

    async def crash(self) -> None:
        """kill -9, and up again with what it had on its disk."""
        await self.die()
        await self.revive()

    async def die(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def revive(self) -> None:
        for left in ("run/asterisk.ctl", "run/asterisk.pid"):
            (self.home / left).unlink(missing_ok=True)
        await self._spawn()
        await self._booted()

    def observe(self) -> AmiProbe:
        """An AMI session with all rights and all events."""
        return AmiProbe(self.ami_host, self.ami_port, *OBSERVER)

    def problems(self) -> list[str]:
        """Warnings and errors that Asterisk has logged so far."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return [line for line in lines if "WARNING[" in line or "ERROR[" in line]
