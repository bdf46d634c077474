"""What is not where it should be: recordings that never came, files of ours that no row names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import structlog

from callcenter.domain.recording_problems import RecordingProblem
from callcenter.services import recording_intake as intake
from callcenter.services.clock import Clock
from callcenter.services.recording_taking import RecordingTaker
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow
from callcenter.store.queries import recordings as rows
from telephony.events import NAMESPACE

log = structlog.get_logger(__name__)

_AFTER: Final = timedelta(minutes=2)
_LOOK_BACK: Final = timedelta(days=2)
_ORPHAN_S: Final = 3600.0


class RecordingLacks:
    """`missing` is told whose recording never came, once it is written down."""

    def __init__(
        self,
        store: Path,
        sources: Mapping[str, Path],
        *,
        database: Database,
        taker: RecordingTaker,
        clock: Clock,
        missing: Callable[[UUID], None],
    ) -> None:
        self._store = store
        self._sources = sources
        self._database = database
        self._taker = taker
        self._clock = clock
        self._missing = missing

    async def write_down(self, owned: Collection[str]) -> None:
        """Whose file never came, of these switches. Nothing of a folder that we cannot see."""
        now = self._clock.now()
        async with self._database.begin() as connection:
            after = max(await rows.since(connection, now), now - _LOOK_BACK)
            lacking = await rows.without_any(connection, owned, after, now - _AFTER)
        for facts in lacking:
            file = f"{facts.started_at:%Y-%m-%d}/{facts.id}.wav"
            if await asyncio.to_thread(intake.is_gone, self._sources[facts.pbx], facts.id):
                await self._write(facts, file)
                log.warning("recording_missing", call=str(facts.id), pbx=facts.pbx)

    async def _write(self, facts: AnyRow, file: str) -> None:
        row = {
            "id": uuid5(NAMESPACE, f"{facts.pbx}/recording/{file}"),
            "call_id": facts.id,
            "pbx": facts.pbx,
            "file": file,
            "state": "missing",
            "problems": [RecordingProblem("no_file").plain()],
            "created_at": self._clock.now(),
            "keep_until": self._taker.keep_until(facts),
        }
        async with self._database.begin() as connection:
            await rows.put(connection, row, None)
        self._missing(facts.id)

    async def remove_orphans(self) -> None:
        """Files of ours that no row names: written before a crash, and since written again."""
        store, before = self._store, self._clock.now().timestamp() - _ORPHAN_S
        there = await asyncio.to_thread(lambda: list(intake.orphans(store, before)))
        for begin in range(0, len(there), 500):
            some = dict(there[begin : begin + 500])
            async with self._database.read() as connection:
                named = await rows.paths(connection, set(some.values()))
            for path in some.keys() - named:
                log.info("recording_orphan_removed", path=path)
                await asyncio.to_thread((store / path).unlink, missing_ok=True)
