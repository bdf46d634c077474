"""A keeper and a library on a real database and real folders: calls end, files lie there."""

from __future__ import annotations

import asyncio
import io
import os
import wave
from array import array
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from callcenter.feed import Feed
from callcenter.services.alarms import Alarms
from callcenter.services.log_news import LoggedCall
from callcenter.services.news import News
from callcenter.services.recording_keeper import KeeperOptions, RecordingKeeper
from callcenter.services.recording_library import RecordingLibrary
from callcenter.services.recording_times import RecordingTimes
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.master_keys import MasterKeys
from callcenter.store.queries import AnyRow
from telephony import events
from telephony.events import RecordingState, call_id_for
from telephony.pbx.sound import RATE, tones
from tests import people
from tests.fakes import START, FakeClock

PBX = "pbx1"
ENDED = START - timedelta(seconds=1)


def sound(seconds: float, *pauses: tuple[float, float]) -> bytes:
    """A WAV file with a tone that is silent in the pauses."""
    samples = array("h", ((n or 1) for n in tones((440,), 1.0) for _ in (0,)))
    whole = (samples * (int(seconds) + 1))[: int(seconds * RATE)]
    for begin, end in pauses:
        first, last = int(begin * RATE), int(end * RATE)
        whole[first:last] = array("h", bytes(2 * (last - first)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return out.getvalue()


class VoiceHouse:
    def __init__(self, database: Database, folder: Path, **options: Any) -> None:
        self.database = database
        self.clock = FakeClock()
        self.monitor, self.store, self.var = folder / "monitor", folder / "store", folder / "var"
        self.monitor.mkdir(exist_ok=True)
        self.feed = Feed()
        self.alarms = Alarms(self.clock)
        self.times = RecordingTimes()
        self.owned = {PBX}
        self.keys = MasterKeys(self.var)
        self.options = KeeperOptions(self.store, {PBX: self.monitor}, **options)
        self.restart()
        self._number = 0

    def restart(self, **options: Any) -> None:
        """Keeper and library anew; what is in memory is gone."""
        self.options = replace(self.options, **options)
        self.times = RecordingTimes()
        shared: Mapping[str, Any] = {
            "database": self.database,
            "keys": lambda: self.keys,
            "news": News(self.feed),
            "clock": self.clock,
        }
        self.keeper = RecordingKeeper(
            self.options,
            times=self.times,
            alarms=self.alarms,
            disk_refused=lambda problem: self.alarms.set("disk_nearly_full", problem),
            owns=self.owned.__contains__,
            **shared,
        )
        self.library = RecordingLibrary(self.store, **shared)

    async def call(
        self, seconds: float = 10.0, *, policy: str = "always", agents: int = 1, **values: Any
    ) -> UUID:
        """It ended a second ago; agents spoke one after the other. Not told of yet."""
        self._number += 1
        uniqueid = f"{self._number}.{self._number}"
        began = values.pop("began", ENDED - timedelta(seconds=seconds))
        call_id = call_id_for(PBX, uniqueid)
        queue_id = default_id("queue", "support")
        async with self.database.begin() as connection:
            await connection.execute(
                tables.queue.update().where(tables.queue.c.id == queue_id).values(recording=policy)
            )
        talked = [await self.agent(f"agent{self._number}{n}") for n in range(agents)]
        row = {
            "id": call_id,
            "uniqueid": uniqueid,
            "queue_id": queue_id,
            "started_at": began - timedelta(seconds=5),
            "answered_at": began,
            "ended_at": began + timedelta(seconds=seconds),
            "connected_s": seconds,
        }
        await people.add_call(self.database, None, 0, talked[0] if talked else None, **row | values)
        for place, user_id in enumerate(talked):
            step = seconds / agents
            await people.insert(
                self.database,
                "call_leg",
                call_id=call_id,
                pbx=PBX,
                uniqueid=f"{uniqueid}.{place}",
                interface=f"PJSIP/{user_id}",
                role="agent",
                user_id=user_id,
                result="answered",
                started_at=began,
                answered_at=began + timedelta(seconds=place * step),
                ended_at=began + timedelta(seconds=(place + 1) * step),
            )
        return call_id

    async def agent(self, login: str, **values: Any) -> UUID:
        return await people.add_user(self.database, login, **values)

    def lay(self, call_id: UUID, data: bytes, day: str = "2026-01-05", age_s: float = 1) -> Path:
        """A file as the switch leaves it, written so long ago."""
        path = self.monitor / day / f"{call_id}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        at = self.clock.now().timestamp() - age_s
        os.utime(path, (at, at))
        return path

    def say(self, kind: type, call_id: UUID, at: datetime, **values: Any) -> None:
        self.times.on_event(kind(pbx=PBX, call_id=call_id, seq=1, at=at, **values))

    def recorded(
        self, call_id: UUID, began: datetime, *states: tuple[float, RecordingState]
    ) -> None:
        """As the switch tells it: on at `began`, then the others so much later."""
        self.times.on_event(events.SwitchConnected(PBX, 1, began, "22"))
        for seconds, state in ((0.0, RecordingState.ON), *states):
            at = began + timedelta(seconds=seconds)
            self.say(events.RecordingChanged, call_id, at, state=state)

    def logged(self, call_id: UUID, *, reached: bool = True, ended: bool = True) -> None:
        self.keeper.logged(
            LoggedCall(call_id, None, frozenset(), "inbound", "", "support", reached, ended, ())
        )

    async def settles(self) -> None:
        """Until the keeper has nothing to do before the clock moves."""
        async with asyncio.timeout(20):
            await asyncio.sleep(0)
            while not self.keeper.is_idle:  # noqa: ASYNC110 (it is asked, it does not tell)
                await asyncio.sleep(0.005)

    async def passes(self, seconds: float) -> None:
        """Time goes by, and what is due is done, a second after the other."""
        for _ in range(int(seconds)):
            self.clock.advance(1)
            await self.settles()

    async def rows(self) -> list[AnyRow]:
        async with self.database.read() as connection:
            order = tables.recording.c.created_at, tables.recording.c.file
            found = await connection.execute(select(tables.recording).order_by(*order))
            return list(found)

    async def row(self) -> AnyRow:
        (row,) = await self.rows()
        return row

    async def audits(self, action: str) -> list[AnyRow]:
        async with self.database.read() as connection:
            audit = tables.audit
            found = await connection.execute(
                select(audit).where(audit.c.action == action).order_by(audit.c.seq)
            )
            return list(found)

    def alarm_codes(self) -> list[str]:
        return [alarm.code for alarm in self.alarms.current()]

    def sealed(self) -> list[Path]:
        there = self.store.rglob("[!.]*")  # the keeper may just be trying whether it can write
        return sorted(path for path in there if path.is_file())
