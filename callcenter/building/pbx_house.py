"""One switch and what is its own: tracker, connection, journal, log, lease, heartbeat, mirror.

lease taken ─▶ what the log has open is recalled ─▶ the switch is connected ─▶ calls
lease lost  ─▶ disconnected at once; screens and the administrator are told whose it is
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from callcenter.services import places
from callcenter.services.alarms import AlarmLevel, Alarms
from callcenter.services.call_log import CallLog
from callcenter.services.clock import Clock
from callcenter.services.journal import Record
from callcenter.services.leases import Lease
from callcenter.services.left_open import left_open
from callcenter.services.log_writer import LogWriter
from callcenter.settings.switches import OneSwitch
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from telephony.ami import AmiConfig, AmiSwitch
from telephony.calls import CallTracker, Topology
from telephony.events import CallEvent, SwitchEvent, TelephonyEvent, call_id_for
from telephony.problems import Problem

log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0


def journal_of(var: Path, pbx: str, *, is_first: bool) -> Path:
    return var / "journal" if is_first else var / f"journal-{pbx}"


class PbxHouse:
    """`publish` is the switchboard's: who listens there hears this switch, too."""

    def __init__(
        self,
        one: OneSwitch,
        *,
        inbox: Inbox,
        writer: LogWriter,
        lease: Lease,
        database: Database,
        clock: Clock,
        alarms: Alarms,
        is_first: bool,
    ) -> None:
        self.pbx = one.pbx
        self.settings = one
        self.is_first = is_first
        self.inbox = inbox
        self.lease = lease
        self.topology = Topology(trunks=(*one.reached.trunks, *one.links), links=one.links)
        self.tracker = CallTracker(one.pbx, self.topology)
        self.switch = AmiSwitch(_config(one), self.tracker)
        self.call_log = CallLog(inbox, writer, clock, runs=is_first)
        self.publish: Callable[[TelephonyEvent], None] = lambda _event: None
        self.writer = writer
        self._database = database
        self._clock = clock
        self._alarms = alarms
        self._works = False
        self._worked = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        lease.changed = self._wake.set

    async def start(self) -> None:
        """Works for the switch as long as it has the lease; in the background from here on."""
        await self._follow()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.switch.stop()

    def record(self, record: Record) -> None:
        """Into this switch's journal. What comes from the switch itself (its history) names its
        devices as the house does from here on."""
        if not self.is_first and isinstance(record, CallEvent | SwitchEvent):
            record = places.of_switch(self.pbx, record)
        self.call_log.record(record)

    async def caught_up(self) -> None:
        await self.call_log.caught_up()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._follow()
            except Exception:  # a database that went away in between, whatever its driver says
                log.exception("switch_not_taken_over", pbx=self.pbx)
                await asyncio.sleep(RETRY_S)
                self._wake.set()

    async def _follow(self) -> None:
        if self.lease.held and not self._works:
            await self._begin()
        elif not self.lease.held:
            if self._works:
                self._works = False
                await self.switch.stop()
            self._tell_who()

    async def _begin(self) -> None:
        await self.call_log.caught_up()  # with what a former run left in the journal
        seen_at = None if self._worked else self.call_log.former_run_until
        seen_at = seen_at or await self.writer.alive_at() or self._clock.now()
        known = {live.call_id for live in self.tracker.live_calls()}
        found = await left_open(self._database, self.pbx, seen_at)
        self.tracker.recall(
            one for one in found if call_id_for(self.pbx, one.uniqueid) not in known
        )
        await self.switch.start()
        self._works = self._worked = True
        self._alarms.clear("not_owner", self.pbx)

    def _tell_who(self) -> None:
        if not self.lease.holder:
            return  # nobody's: it is ours in a moment
        owner = self.lease.holder.partition("/")[0]
        problem = Problem("other_owner", {"pbx": self.pbx, "owner": owner})
        level: AlarmLevel = "alarm" if self._worked else "warning"
        self._alarms.set("not_owner", problem, level, self.pbx)
        self.publish(self.tracker.lost(problem, self._clock.now()))


def _config(one: OneSwitch) -> AmiConfig:
    reached = one.reached
    return AmiConfig(
        host=reached.host,
        port=reached.port,
        username=reached.username,
        secret=reached.secret.get_secret_value(),
        tls=reached.tls,
        tls_ca_file=reached.tls_ca_file,
        pbx=one.pbx,
    )
