"""One file of a switch's into one row of ours, and what the row says of it.

A file is ours when the row is committed; only then is the switch's removed. Whatever happens in
between, the file is there still and is taken again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

import structlog

from callcenter.domain.recordings import Part, Settled, Stay, parts, settle
from callcenter.services import recording_intake as intake
from callcenter.services.clock import Clock
from callcenter.services.recording_intake import Ready, SourceFault, Taken
from callcenter.services.recording_times import RecordingTimes
from callcenter.services.recording_watch import RecordingWatch
from callcenter.store.database import Database
from callcenter.store.master_keys import MasterKeys, UnknownMasterKey
from callcenter.store.queries import AnyRow
from callcenter.store.queries import recordings as rows
from callcenter.store.vault import Tampered, new_key
from telephony.events import NAMESPACE

log = structlog.get_logger(__name__)

Outcome = Literal["done", "growing", "none", "failed"]


class RecordingTaker:
    """`keep_days`: of queues that say nothing themselves; 0 is for ever. `taken` is told whose
    recording is there now."""

    def __init__(
        self,
        store: Path,
        keep_days: int,
        *,
        database: Database,
        keys: Callable[[], MasterKeys],
        times: RecordingTimes,
        watch: RecordingWatch,
        clock: Clock,
        taken: Callable[[UUID], None],
    ) -> None:
        self._store = store
        self._keep_days = keep_days
        self._database = database
        self._keys = keys
        self._times = times
        self._watch = watch
        self._clock = clock
        self._taken = taken

    async def file(self, pbx: str, folder: Path, file: str) -> Outcome:
        """Take it, if it can be taken; `file` is below the folder. "growing": not yet."""
        path = folder / file
        try:
            found = await asyncio.to_thread(intake.look, path, self._clock.now().timestamp())
            if not isinstance(found, Ready):
                return found
            call_id = intake.call_of(file)
            facts = await self.facts(call_id) if call_id else None
            if facts is None or facts.ended_at is None:
                return "growing"  # a call of somebody else's, or one that goes on
            outcome = await self._make_ours(pbx, path, file, found, facts)
        except SourceFault as error:
            self._watch.source_failed(pbx, error.problem)
            return "failed"
        except intake.Changed:
            return "growing"
        except _StoreFailed as error:
            self._watch.store_failed(error.reason, self._store)
            return "failed"
        if outcome == "done":
            self._times.forget(facts.id)
        return outcome

    async def _make_ours(
        self, pbx: str, path: Path, file: str, ready: Ready, facts: AnyRow
    ) -> Outcome:
        is_ours = await self._is_settled(pbx, file)
        if not (is_ours or await self._take(pbx, path, file, ready, facts)):
            return "growing"  # another process was faster, or the call is gone: looked at anew
        await asyncio.to_thread(intake.remove, path)
        return "done"

    async def facts(self, call_id: UUID) -> AnyRow | None:
        async with self._database.read() as connection:
            return await rows.facts(connection, call_id)

    async def attach_again(self, call_id: UUID) -> None:
        """The call's legs were written anew (the switch's own record said more)."""
        async with self._database.begin() as connection:
            legs = await rows.stays(connection, call_id)
            for row in await rows.with_sound_of(connection, call_id):
                again = [_part(one) for one in parts(_stays(legs), row.began_at, row.seconds)]
                if again != row.parts:
                    await rows.attach(connection, row.id, again)

    async def _is_settled(self, pbx: str, file: str) -> bool:
        """Whether it was taken before, or deleted since: what is left is to remove the switch's."""
        async with self._database.read() as connection:
            row = await rows.of_file(connection, pbx, file)
        if row is None or row.state == "missing":
            return False
        if row.state == "deleted":
            return True
        try:
            key = self._keys().unwrap(row.id, row.key_id, row.key)
        except (UnknownMasterKey, Tampered):  # as long as we have it in plain, nothing is lost
            return False
        whole = self._store / row.path, key, row.bytes
        return await asyncio.to_thread(intake.is_whole, *whole)

    async def _take(self, pbx: str, path: Path, file: str, ready: Ready, facts: AnyRow) -> bool:
        """False when there is no row of ours for it: then the switch's file must stay."""
        key = new_key()
        id_ = uuid5(NAMESPACE, f"{pbx}/recording/{file}")
        place = intake.place_of(id_, facts.started_at, new_key()[:4].hex())
        target = self._store / place
        try:
            taken = await asyncio.to_thread(intake.take, path, ready, target, key)
        except OSError as error:
            raise _StoreFailed(error) from None
        key_id, wrapped = self._keys().wrap(id_, key)
        async with self._database.begin() as connection:
            before = await rows.of_file(connection, pbx, file)
            legs = await rows.stays(connection, facts.id)
            row = {
                "id": id_,
                "call_id": facts.id,
                "pbx": pbx,
                "file": file,
                **_said(taken, self._settle(taken, facts, legs)),
                "path": place,
                "key": wrapped,
                "key_id": key_id,
                "created_at": self._clock.now(),
                "keep_until": self.keep_until(facts),
            }
            kept = await rows.put(connection, row, before)
        if not kept:
            await asyncio.to_thread(target.unlink)
            return False
        log.info("recording_taken", call=str(facts.id), state=row["state"], seconds=row["seconds"])
        self._taken(facts.id)
        return True

    def _settle(self, taken: Taken, facts: AnyRow, legs: Sequence[AnyRow]) -> Settled:
        return settle(
            seconds=round(taken.wav.seconds, 2),
            silences=taken.silences,
            ended_at=facts.ended_at,
            connected_s=facts.connected_s,
            always=facts.policy == "always",
            stays=_stays(legs),
            told=self._times.told(facts.id),
        )

    def keep_until(self, facts: AnyRow) -> datetime | None:
        """None: for ever."""
        days = facts.recording_days
        if days is None:
            days = self._keep_days or None
        return facts.ended_at + timedelta(days=days) if days is not None else None


def _stays(legs: Sequence[AnyRow]) -> list[Stay]:
    return [Stay(leg.id, leg.user_id, leg.answered_at, leg.ended_at) for leg in legs]


class _StoreFailed(Exception):
    def __init__(self, reason: OSError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _said(taken: Taken, settled: Settled) -> dict[str, Any]:
    """What the row says of the sound."""
    problems = [taken.problem] if taken.problem else []
    if taken.wav.problem is None:
        problems += settled.problems
    state = "short" if settled.short else "stored"
    return {
        "state": "damaged" if taken.problem or settled.leaks else state,
        "problems": [problem.plain() for problem in problems],
        "began_at": settled.began_at,
        "seconds": round(taken.wav.seconds, 2),
        "bytes": taken.sealed.bytes,
        "sha256": taken.sealed.sha256,
        "peaks": taken.peaks,
        "parts": [_part(part) for part in settled.parts],
        "pauses": [list(pause) for pause in settled.pauses],
    }


def _part(part: Part) -> dict[str, Any]:
    user_id = str(part.user_id) if part.user_id else None
    return {"leg": str(part.leg), "user_id": user_id, "from_s": part.from_s, "to_s": part.to_s}
