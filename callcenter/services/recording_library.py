"""What people do with recordings: see which there are, listen, delete. And what time does.

Rules
1. Who may read a recording is said by the role's permission "recording" (own: they talked in the
   call). Deleting asks for the scope "all".
2. That somebody listens is written into the audit before the first byte goes out; once in ten
   minutes, because a player asks for a recording in many pieces.
3. Deleting destroys the recording's key and its waveform, and writes into the audit what it was
   (sha256, size, times) and why it went, in one commit: from then on nobody can hear it. Its file
   goes next; one that would not go is tried again every hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.domain.recording_problems import RecordingProblem
from callcenter.services.clock import Clock, Timer
from callcenter.services.errors import Forbidden, NotFound, Unavailable
from callcenter.services.news import News
from callcenter.services.records import RecordingPart, RecordingPause, RecordingRow
from callcenter.store.database import Database
from callcenter.store.master_keys import MasterKeys, UnknownMasterKey
from callcenter.store.queries import AnyRow, audit, calls
from callcenter.store.queries import recordings as rows
from callcenter.store.vault import SealedFile, Tampered, sync_folder

log = structlog.get_logger(__name__)

PIECE: Final = 256 * 1024
RETENTION: Final = "retention"
"""The reason of a deletion that nobody ordered."""

_AGAIN: Final = timedelta(minutes=10)
_HEARD: Final = 10_000  # listeners remembered
_HOUR_S: Final = 3600.0
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording to be played. `tag` changes when the bytes do."""

    id: UUID
    length: int
    tag: str
    pieces: Callable[[int, int], AsyncGenerator[bytes, None]]
    """The bytes from `start` up to `stop`. Raises Unavailable."""


class RecordingLibrary:
    def __init__(
        self,
        store: Path,
        *,
        database: Database,
        keys: Callable[[], MasterKeys],
        news: News,
        clock: Clock,
    ) -> None:
        self._store = store
        self._database = database
        self._keys = keys
        self._news = news
        self._clock = clock
        self._heard: dict[tuple[UUID | None, UUID], datetime] = {}
        self._timer: Timer | None = None
        self._sweeping: asyncio.Task[None] | None = None

    # --- listening ---------------------------------------------------------------------------

    async def of_call(self, actor: Actor, call_id: UUID) -> Sequence[RecordingRow]:
        """Raises NotFound when they may not read the call."""
        async with self._database.read() as connection:
            if await calls.one(connection, actor, "read", call_id) is None:
                raise NotFound("no_such_call", "No such call.")
            found = await rows.of_call(connection, actor, call_id)
            people = await rows.people(connection, found)
        return [_row(one, people, actor) for one in found]

    async def peaks(self, actor: Actor, recording_id: UUID) -> bytes:
        """The waveform: a byte per slice. Raises NotFound."""
        row = await self._one(actor, recording_id)
        if row.peaks is None:
            raise _no_sound()
        return bytes(row.peaks)

    async def sound(self, actor: Actor, recording_id: UUID, *, listens: bool = True) -> Sound:
        """`listens`: they get bytes of it, not only its length. Raises NotFound, Unavailable."""
        row = await self._one(actor, recording_id)
        if row.key is None or row.state not in rows.WITH_SOUND:
            raise _no_sound()
        path = self._store / row.path
        try:
            key = self._keys().unwrap(row.id, row.key_id, row.key)
            length = await asyncio.to_thread(_length, path, key)
        except (UnknownMasterKey, Tampered, OSError) as error:
            raise _unreadable(path, error) from None
        if listens:
            await self._write_down(actor, row)
        return Sound(row.id, length, row.sha256[:32], lambda *span: _pieces(path, key, *span))

    async def _one(self, actor: Actor, recording_id: UUID) -> AnyRow:
        async with self._database.read() as connection:
            found = await rows.one(connection, actor, "read", recording_id)
        if found is None:
            raise NotFound("no_such_recording", "No such recording.")
        return found

    async def _write_down(self, actor: Actor, row: AnyRow) -> None:
        now, who = self._clock.now(), (actor.user_id, row.id)
        before = self._heard.get(who)
        if before is not None and now - before < _AGAIN:
            return
        async with self._database.begin() as connection:
            await audit.record(
                connection,
                at=now,
                actor=actor,
                action="recording.played",
                object_="recording",
                object_id=str(row.id),
                after={"call_id": str(row.call_id)},
            )
        self._heard[who] = now
        if len(self._heard) > _HEARD:
            self._heard = {w: at for w, at in self._heard.items() if now - at < _AGAIN}

    # --- deleting ----------------------------------------------------------------------------

    async def delete(self, actor: Actor, recording_id: UUID, reason: str) -> RecordingRow:
        """As it is then. Idempotent. Raises NotFound, Forbidden."""
        if actor.scope("recording", "delete") is not Scope.ALL:
            await self._one(actor, recording_id)
            raise Forbidden("recording_delete", "You may not delete recordings.")
        if not await self._destroy(actor, recording_id, reason):
            raise NotFound("no_such_recording", "No such recording.")
        await self._erase()
        async with self._database.read() as connection:
            found = await rows.one(connection, SYSTEM, "read", recording_id)
            assert found is not None
            people = await rows.people(connection, [found])
        return _row(found, people, actor)

    async def _destroy(self, actor: Actor, recording_id: UUID, reason: str) -> bool:
        now = self._clock.now()
        async with self._database.begin() as connection:
            row = await rows.lock(connection, recording_id)
            if row is None:
                return False
            if row.state == "deleted":
                return True
            await rows.destroy(connection, recording_id, now, actor.user_id)
            await audit.record(
                connection,
                at=now,
                actor=actor,
                action="recording.deleted",
                object_="recording",
                object_id=str(recording_id),
                before=_proof(row),
                after={"reason": reason, "deleted_at": now.isoformat()},
            )
        self._news.changed("recordings", row.call_id)
        return True

    async def _erase(self) -> None:
        """The files of what was deleted."""
        async with self._database.read() as connection:
            gone = await rows.to_erase(connection)
        for row in gone:
            try:
                await asyncio.to_thread(_unlink, self._store / row.path)
            except OSError as error:  # without its key it is noise; tried again in an hour
                log.warning("recording_not_erased", recording=str(row.id), problem=str(error))
                continue
            async with self._database.begin() as connection:
                await rows.erased(connection, row.id)

    # --- what time does ----------------------------------------------------------------------

    def start(self) -> None:
        if self._sweeping is None or self._sweeping.done():  # one at a time, which `stop` knows
            self._sweeping = asyncio.create_task(self._every_hour())
        self._timer = self._clock.call_later(_HOUR_S, self.start)

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    async def _every_hour(self) -> None:
        try:
            await self.expire()
        except (SQLAlchemyError, OSError) as error:  # an hour later, then
            log.warning("retention_delayed", problem=str(error).partition("\n")[0])

    async def expire(self) -> int:
        """Delete what is over its time; how many that were."""
        count = 0
        while True:
            async with self._database.read() as connection:
                over = await rows.expired(connection, self._clock.now(), _BATCH)
            for recording_id in over:
                await self._destroy(SYSTEM, recording_id, RETENTION)
            count += len(over)
            await self._erase()
            if len(over) < _BATCH:
                return count


def _proof(row: AnyRow) -> dict[str, Any]:
    """What it was: enough to recognise a copy, and nothing to hear."""
    times = {name: getattr(row, name) for name in ("began_at", "created_at", "keep_until")}
    return {
        "call_id": str(row.call_id),
        "pbx": row.pbx,
        "file": row.file,
        "state": row.state,
        "sha256": row.sha256,
        "bytes": row.bytes,
        "seconds": row.seconds,
        "key_id": row.key_id,
        **{name: at.isoformat() if at else None for name, at in times.items()},
    }


def _no_sound() -> NotFound:
    return NotFound("recording_gone", "There is no sound of this recording.")


def _unreadable(path: Path, error: Exception) -> Unavailable:
    log.error("recording_unreadable", path=str(path), problem=str(error))
    return Unavailable("recording_unreadable", "This recording cannot be read.")


def _length(path: Path, key: bytes) -> int:
    with SealedFile(path, key) as file:
        return len(file)


async def _pieces(path: Path, key: bytes, start: int, stop: int) -> AsyncGenerator[bytes, None]:
    file = None
    try:
        file = await asyncio.to_thread(SealedFile, path, key)
        while start < stop:
            end = min(stop, (start // PIECE + 1) * PIECE)
            yield await asyncio.to_thread(file.read, start, end)
            start = end
    except (Tampered, OSError) as error:
        raise _unreadable(path, error) from None
    finally:
        if file is not None:
            file.close()


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def _row(found: AnyRow, people: Mapping[UUID, AnyRow], actor: Actor) -> RecordingRow:
    return RecordingRow(
        id=found.id,
        call_id=found.call_id,
        state=found.state,
        problems=tuple(map(RecordingProblem.of, found.problems)),
        playable=found.key is not None and found.seconds > 0,
        began_at=found.began_at,
        seconds=found.seconds,
        bytes=found.bytes,
        parts=tuple(_part(part, people) for part in found.parts),
        pauses=tuple(RecordingPause(*pause) for pause in found.pauses),
        keep_until=found.keep_until,
        deleted_at=found.deleted_at,
        deleted_by=found.deleted_by_name or "",
        may_delete=found.state != "deleted" and actor.scope("recording", "delete") is Scope.ALL,
    )


def _part(part: Mapping[str, Any], people: Mapping[UUID, AnyRow]) -> RecordingPart:
    leg = UUID(part["leg"])
    who = people.get(leg)
    return RecordingPart(
        leg=leg,
        user_id=UUID(part["user_id"]) if part["user_id"] else None,
        agent=(who.name or who.interface) if who else "",
        from_s=part["from_s"],
        to_s=part["to_s"],
    )
