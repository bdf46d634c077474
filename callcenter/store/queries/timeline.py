"""One timeline of a customer: calls, tickets and activities in one stream, by one statement.

Each branch takes its newest entries from its own index (customer, time), so that a page costs the
same however long the history is; names are joined to the page only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Float,
    Select,
    String,
    Uuid,
    and_,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor, Scope
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import calls_of, tasks_of, tickets_of
from callcenter.store.tables import UtcDateTime, activity, call, disposition, ticket, user

ACTIVITIES: Final = ("note", "task", "mail", "order", "campaign")
KINDS: Final = ("call", "ticket", *ACTIVITIES)

# What every branch gives, in this order, and its type: what a branch lacks is null.
_COLUMNS: Final[dict[str, Any]] = {
    "kind": String(),
    "id": Uuid(),
    "at": UtcDateTime(),
    "title": String(),
    "body": String(),
    "author_id": Uuid(),
    "direction": String(),
    "status": String(),
    "connected_s": Float(),
    "disposition_id": Uuid(),
    "ticket_id": Uuid(),
    "call_id": Uuid(),
    "due_at": UtcDateTime(),
    "done_at": UtcDateTime(),
    "data": JSON(),
}

Mark = tuple[datetime, UUID | None]
"""The (at, id) of an entry: the page after it begins behind it."""


async def of_customer(
    connection: AsyncConnection,
    actor: Actor,
    party_id: UUID,
    *,
    kinds: Collection[str] = (),
    before: Mark | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Newest first; only what the actor may read. `kinds`: none means all."""
    rows = await connection.execute(page(actor, party_id, kinds=kinds, before=before, limit=limit))
    return rows.all()


def page(
    actor: Actor, party_id: UUID, *, kinds: Collection[str], before: Mark | None, limit: int
) -> Select[*tuple[Any, ...]]:
    wanted = [kind for kind in KINDS if not kinds or kind in kinds]
    branches = []
    if "call" in wanted:
        branches.append(_calls(actor, party_id, before, limit))
    if "ticket" in wanted:
        branches.append(_tickets(actor, party_id, before, limit))
    activities = [kind for kind in wanted if kind in ACTIVITIES]
    if activities:
        branches.append(_activities(actor, party_id, activities, before, limit))
    stream = union_all(*(select(one.subquery()) for one in branches)).subquery("stream")
    return (
        select(
            stream,
            user.c.name.label("author"),
            ticket.c.number.label("ticket_number"),
            disposition.c.label.label("disposition"),
        )
        .outerjoin(user, stream.c.author_id == user.c.id)
        .outerjoin(ticket, stream.c.ticket_id == ticket.c.id)
        .outerjoin(disposition, stream.c.disposition_id == disposition.c.id)
        .order_by(stream.c.at.desc(), stream.c.id.desc())
        .limit(limit)
    )


def _calls(
    actor: Actor, party_id: UUID, before: Mark | None, limit: int
) -> Select[*tuple[Any, ...]]:
    columns = {
        "kind": literal("call"),
        "id": call.c.id,
        "at": call.c.started_at,
        "title": call.c.result,
        "body": call.c.note,
        "author_id": call.c.last_agent_id,
        "direction": call.c.direction,
        "status": case(
            (call.c.inferred, "inferred"),
            (call.c.from_history, "recovered"),
            (call.c.recovered, "partial"),
            else_=None,
        ),
        "connected_s": call.c.connected_s,
        "disposition_id": call.c.disposition_id,
        "ticket_id": call.c.ticket_id,
    }
    of_them = (call.c.party_id == party_id, calls_of(actor, "read"))
    return _newest(columns, of_them, before, limit)


def _tickets(
    actor: Actor, party_id: UUID, before: Mark | None, limit: int
) -> Select[*tuple[Any, ...]]:
    columns = {
        "kind": literal("ticket"),
        "id": ticket.c.id,
        "at": ticket.c.created_at,
        "title": ticket.c.subject,
        "author_id": ticket.c.owner_id,
        "status": ticket.c.status,
        "ticket_id": ticket.c.id,
    }
    of_them = (
        ticket.c.party_id == party_id,
        ticket.c.deleted_at.is_(None),
        tickets_of(actor, "read"),
    )
    return _newest(columns, of_them, before, limit)


def _activities(
    actor: Actor, party_id: UUID, kinds: Sequence[str], before: Mark | None, limit: int
) -> Select[*tuple[Any, ...]]:
    columns = {
        "kind": activity.c.kind,
        "id": activity.c.id,
        "at": activity.c.at,
        "body": activity.c.body,
        "author_id": activity.c.author_id,
        "ticket_id": activity.c.ticket_id,
        "call_id": activity.c.call_id,
        "due_at": activity.c.due_at,
        "done_at": activity.c.done_at,
        "data": activity.c.data,
    }
    of_them = [activity.c.party_id == party_id]
    if len(kinds) < len(ACTIVITIES):
        of_them.append(activity.c.kind.in_(kinds))
    of_them += (_on_readable_ticket(actor, party_id), _readable_task(actor))
    return _newest(columns, of_them, before, limit)


def _on_readable_ticket(actor: Actor, party_id: UUID) -> ColumnElement[bool]:
    """What hangs on a ticket is read by whom may read the ticket."""
    if actor.scope("ticket", "read") is Scope.ALL:
        return true()
    readable = select(ticket.c.id).where(ticket.c.party_id == party_id, tickets_of(actor, "read"))
    return or_(activity.c.ticket_id.is_(None), activity.c.ticket_id.in_(readable))


def _readable_task(actor: Actor) -> ColumnElement[bool]:
    if actor.scope("task", "read") is Scope.ALL:
        return true()
    return or_(activity.c.kind != "task", tasks_of(actor, "read"))


def _newest(
    columns: dict[str, Any],
    of_them: Collection[ColumnElement[bool]],
    before: Mark | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    at, id_ = columns["at"], columns["id"]
    given = [columns.get(name, cast(null(), type_)).label(name) for name, type_ in _COLUMNS.items()]
    query = select(*given).where(*of_them)
    if before is not None:
        query = query.where(_behind(at, id_, *before))
    return query.order_by(at.desc(), id_.desc()).limit(limit)


def _behind(
    at: ColumnElement[Any], id_: ColumnElement[Any], when: datetime, which: UUID | None
) -> ColumnElement[bool]:
    """`at <=` stands by itself so that an index finds the place."""
    if which is None:
        return at < when
    return and_(at <= when, or_(at < when, id_ < which))
