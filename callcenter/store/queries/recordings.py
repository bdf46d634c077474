"""Recordings: what a call says of its own, whose they are, which are over their time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import recordings_of
from callcenter.store.tables import call, call_leg, queue, recording, setting, user

WITH_SOUND: Final = ("stored", "short", "damaged")
_SINCE: Final = "recordings.since"
_LONGEST: Final = timedelta(days=1)  # of a call that is looked for by when it began
_TALKED_S: Final = 3.0  # a shorter call may be over before its recording began
_DEFAULT = select(queue.c.id).where(queue.c.is_default).limit(1).scalar_subquery()

_HAS_SOUND = (
    select(recording.c.id)
    .where(recording.c.call_id == call.c.id, recording.c.state.in_(WITH_SOUND))
    .exists()
)


# --- taking in -----------------------------------------------------------------------------------


async def facts(connection: AsyncConnection, call_id: UUID) -> AnyRow | None:
    """The call as its log has it, with what its queue (or the default one) says of recordings."""
    found: AnyRow | None = (await connection.execute(_calls().where(call.c.id == call_id))).first()
    return found


def _calls() -> Select[Any]:
    return select(
        call.c.id,
        call.c.pbx,
        call.c.direction,
        call.c.started_at,
        call.c.answered_at,
        call.c.ended_at,
        call.c.connected_s,
        queue.c.recording.label("policy"),
        queue.c.recording_days,
        _HAS_SOUND.label("has_sound"),
    ).select_from(call.outerjoin(queue, queue.c.id == func.coalesce(call.c.queue_id, _DEFAULT)))


async def stays(connection: AsyncConnection, call_id: UUID) -> Sequence[AnyRow]:
    """Everybody but the customer who talked in it."""
    found = await connection.execute(
        select(call_leg.c.id, call_leg.c.user_id, call_leg.c.answered_at, call_leg.c.ended_at)
        .where(
            call_leg.c.call_id == call_id,
            call_leg.c.role != "customer",
            call_leg.c.answered_at.is_not(None),
        )
        .order_by(call_leg.c.answered_at, call_leg.c.uniqueid)
    )
    return found.all()


async def with_sound_of(connection: AsyncConnection, call_id: UUID) -> Sequence[AnyRow]:
    wanted = and_(recording.c.call_id == call_id, recording.c.state.in_(WITH_SOUND))
    found = await connection.execute(
        select(recording.c.id, recording.c.began_at, recording.c.seconds, recording.c.parts).where(
            wanted
        )
    )
    return found.all()


async def attach(
    connection: AsyncConnection, recording_id: UUID, parts: Sequence[Mapping[str, Any]]
) -> None:
    await connection.execute(
        update(recording).where(recording.c.id == recording_id).values(parts=list(parts))
    )


async def of_file(connection: AsyncConnection, pbx: str, file: str) -> AnyRow | None:
    named = and_(recording.c.pbx == pbx, recording.c.file == file)
    found: AnyRow | None = (await connection.execute(select(recording).where(named))).first()
    return found


async def put(
    connection: AsyncConnection, row: Mapping[str, Any], instead_of: AnyRow | None
) -> bool:
    """False when another process was faster, or the call became part of another one. `instead_of`:
    the row of this file as it was read."""
    if instead_of is None:
        try:
            async with connection.begin_nested():
                await connection.execute(recording.insert().values(**row))
        except IntegrityError:
            return False
        return True
    same = and_(
        recording.c.id == instead_of.id,
        recording.c.state == instead_of.state,
        recording.c.path == instead_of.path,
    )
    done = await connection.execute(update(recording).where(same).values(**row))
    return done.rowcount == 1


async def since(connection: AsyncConnection, now: datetime) -> datetime:
    """When recordings were first taken in here: calls before that have none to miss."""
    known = await connection.scalar(select(setting.c.value).where(setting.c.key == _SINCE))
    if known is None:
        known = now.isoformat()
        await connection.execute(setting.insert().values(key=_SINCE, value=known))
    return datetime.fromisoformat(known)


async def without_any(
    connection: AsyncConnection, pbxs: Collection[str], after: datetime, before: datetime
) -> Sequence[AnyRow]:
    """Calls, ended in between, that should have been recorded and of which nothing is here."""
    rows = await connection.execute(lacking(pbxs, after, before))
    found: Sequence[AnyRow] = rows.all()
    return found


def lacking(pbxs: Collection[str], after: datetime, before: datetime) -> Select[Any]:
    """What `without_any` asks; by when calls began, of which there is an index."""
    has_one = select(recording.c.id).where(recording.c.call_id == call.c.id).exists()
    had_agent = call.c.first_agent_id.is_not(None)
    return (
        _calls()
        .where(
            call.c.pbx.in_(pbxs),
            call.c.started_at > after - _LONGEST,
            call.c.ended_at > after,
            call.c.ended_at < before,
            call.c.direction != "internal",
            call.c.result == "answered",
            call.c.connected_s >= _TALKED_S,
            queue.c.recording == "always",
            had_agent,
            ~has_one,
        )
        .order_by(call.c.ended_at)
        .limit(500)
    )


# --- listening -----------------------------------------------------------------------------------


async def of_call(connection: AsyncConnection, actor: Actor, call_id: UUID) -> Sequence[AnyRow]:
    """In the order they began; those that the actor may read."""
    rows = await connection.execute(
        _rows()
        .where(recording.c.call_id == call_id, recordings_of(actor, "read"))
        .order_by(recording.c.began_at, recording.c.file)
    )
    found: Sequence[AnyRow] = rows.all()
    return found


async def one(
    connection: AsyncConnection, actor: Actor, action: str, recording_id: UUID
) -> AnyRow | None:
    """That one, when the actor may do `action` to it."""
    wanted = and_(recording.c.id == recording_id, recordings_of(actor, action))
    found: AnyRow | None = (await connection.execute(_rows().where(wanted))).first()
    return found


def _rows() -> Select[Any]:
    who = user.alias("who")
    return select(recording, who.c.name.label("deleted_by_name")).outerjoin(
        who, recording.c.deleted_by == who.c.id
    )


async def people(connection: AsyncConnection, rows: Sequence[AnyRow]) -> Mapping[UUID, AnyRow]:
    """By leg: (interface, name of the user or None)."""
    ids = {UUID(part["leg"]) for row in rows for part in row.parts}
    if not ids:
        return {}
    found = await connection.execute(
        select(call_leg.c.id, call_leg.c.interface, user.c.name)
        .outerjoin(user, call_leg.c.user_id == user.c.id)
        .where(call_leg.c.id.in_(ids))
    )
    return {row.id: row for row in found}


# --- deleting ------------------------------------------------------------------------------------


async def lock(connection: AsyncConnection, recording_id: UUID) -> AnyRow | None:
    """As it is now, and nobody else changes it until the transaction ends."""
    query = select(recording).where(recording.c.id == recording_id).with_for_update()
    found: AnyRow | None = (await connection.execute(query)).first()
    return found


async def destroy(
    connection: AsyncConnection, recording_id: UUID, at: datetime, by: UUID | None
) -> None:
    """Key and waveform are gone; `path` stays until the file is."""
    await connection.execute(
        update(recording)
        .where(recording.c.id == recording_id)
        .values(state="deleted", key=None, peaks=None, deleted_at=at, deleted_by=by)
    )


async def erased(connection: AsyncConnection, recording_id: UUID) -> None:
    """Its file is gone, too."""
    await connection.execute(
        update(recording).where(recording.c.id == recording_id).values(path="")
    )


async def expired(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[UUID]:
    """Whose time is over, the oldest first."""
    return (await connection.scalars(over(now, limit))).all()


def over(now: datetime, limit: int) -> Select[UUID]:
    """What `expired` asks."""
    return (
        select(recording.c.id)
        .where(recording.c.state.in_((*WITH_SOUND, "missing")), recording.c.keep_until <= now)
        .order_by(recording.c.keep_until)
        .limit(limit)
    )


async def to_erase(connection: AsyncConnection) -> Sequence[AnyRow]:
    """Deleted ones whose files are still there."""
    wanted = and_(recording.c.state == "deleted", recording.c.path != "")
    found = await connection.execute(select(recording.c.id, recording.c.path).where(wanted))
    return found.all()


async def paths(connection: AsyncConnection, wanted: Collection[UUID]) -> frozenset[str]:
    """The files that these recordings' rows name."""
    found = await connection.scalars(select(recording.c.path).where(recording.c.id.in_(wanted)))
    return frozenset(found.all())


# --- keeping an eye on them ----------------------------------------------------------------------


async def counts(connection: AsyncConnection, day: datetime, week: datetime) -> tuple[int, int]:
    """(taken in since `day`, with problems since `week`)."""
    stored = await connection.scalar(taken_since(day, WITH_SOUND))
    problems = await connection.scalar(taken_since(week, ("short", "damaged", "missing")))
    return stored or 0, problems or 0


def taken_since(at: datetime, states: Collection[str]) -> Select[int]:
    """How many."""
    table = select(func.count()).select_from(recording)
    return table.where(recording.c.created_at >= at, recording.c.state.in_(states))


async def listed(
    connection: AsyncConnection, after: datetime | None, before: datetime | None, limit: int
) -> Sequence[AnyRow]:
    """The newest first; of the command line, which asks nobody's permission."""
    wanted: list[ColumnElement[bool]] = []
    if after is not None:
        wanted.append(recording.c.created_at >= after)
    if before is not None:
        wanted.append(recording.c.created_at < before)
    query = _rows().where(*wanted).order_by(recording.c.created_at.desc(), recording.c.id)
    found: Sequence[AnyRow] = (await connection.execute(query.limit(limit))).all()
    return found


async def page_with_sound(
    connection: AsyncConnection, after: UUID | None, limit: int, not_key: str | None = None
) -> Sequence[AnyRow]:
    """By id, behind `after`; `not_key`: only those that another master key wraps."""
    wanted: list[ColumnElement[bool]] = [recording.c.state.in_(WITH_SOUND)]
    if after is not None:
        wanted.append(recording.c.id > after)
    if not_key is not None:
        wanted.append(recording.c.key_id != not_key)
    query = select(recording).where(*wanted).order_by(recording.c.id).limit(limit)
    return (await connection.execute(query)).all()


async def count_with_sound(connection: AsyncConnection, not_key: str | None = None) -> int:
    wanted: list[ColumnElement[bool]] = [recording.c.state.in_(WITH_SOUND)]
    if not_key is not None:
        wanted.append(recording.c.key_id != not_key)
    query = select(func.count()).select_from(recording).where(*wanted)
    return await connection.scalar(query) or 0


async def rewrap(
    connection: AsyncConnection, recording_id: UUID, before: str, key_id: str, key: bytes
) -> None:
    """Another master key wraps it, unless it was deleted meanwhile."""
    same = and_(recording.c.id == recording_id, recording.c.key_id == before)
    there = or_(*(recording.c.state == state for state in WITH_SOUND))
    changed = update(recording).where(same, there).values(key=key, key_id=key_id)
    await connection.execute(changed)


async def key_ids(connection: AsyncConnection) -> frozenset[str]:
    """Of the master keys that still wrap something."""
    found = await connection.scalars(
        select(recording.c.key_id).where(recording.c.state.in_(WITH_SOUND)).distinct()
    )
    return frozenset(found.all())
