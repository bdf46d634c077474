"""Writes of the call log: each may run twice, in a batch, and late, with the same outcome.

Rules
1. A call is inserted once (its id is derived from the switch's), whoever tells first.
2. What is terminal is never overwritten, unless by what is known better (`settling`): a call that
   was seen to its end stays as it ended.
3. The earliest answer wins.
   A call that was merged into another is gone: one contact is one row.
4. What people set (customer, ticket, note) is never touched: those columns are filled only while
   they are empty, and no ticket comes back that a person took off. `version` counts people's
   edits, so these writes leave it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    String,
    Update,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.tickets import OPEN
from callcenter.store.queries import AnyRow, insert_into
from callcenter.store.tables import (
    UtcDateTime,
    agent_event,
    call,
    call_leg,
    queue,
    setting,
    ticket,
)

Row = dict[str, Any]


def is_settled() -> ColumnElement[bool]:
    """Seen to its end, or rebuilt from the switch's record (`domain.truth`: HISTORY and above)."""
    return and_(
        call.c.ended_at.is_not(None),
        or_(call.c.from_history, and_(~call.c.inferred, ~call.c.recovered)),
    )


_going_on = (call.c.id == bindparam("call_id"), call.c.ended_at.is_(None))


def _id(name: str) -> BindParameter[UUID | None]:
    return bindparam(name, type_=Uuid())


async def begin_calls(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Insert calls that are not there yet; full rows of `call`."""
    if rows:
        await connection.execute(insert_into(connection, call).on_conflict_do_nothing(), rows)


_AGENT: Update = (
    update(call)
    .where(*_going_on)
    .values(
        first_agent_id=func.coalesce(call.c.first_agent_id, _id("agent_id")),
        last_agent_id=_id("agent_id"),
    )
)
_role: BindParameter[str] = bindparam("role", type_=String())
_ANSWER: Update = (
    update(call)
    .where(
        *_going_on,
        or_(  # whose answer counts: never that of the agent who called
            and_(call.c.direction == "inbound", _role == "agent"),
            and_(call.c.direction == "outbound", _role == "customer"),
            and_(call.c.direction == "internal", call.c.caller != bindparam("extension")),
        ),
        or_(call.c.answered_at.is_(None), call.c.answered_at > bindparam("at")),
    )
    .values(answered_at=bindparam("at"))
)
_QUEUE: Update = (
    update(call)
    .where(*_going_on)
    .values(
        queue_id=bindparam("queue_id_now"),
        queues=bindparam("queues_now"),
        queued_at=bindparam("queued_now", type_=UtcDateTime()),
    )
)


async def join_queues(connection: AsyncConnection, joined: Mapping[UUID, Sequence[Row]]) -> None:
    """Of calls that go on: the queues (name, id, at) each joined, in order. A queue that the path
    has already, because it is told again, is the one joined at the same time or before."""
    if not any(joined.values()):
        return
    found = await connection.execute(
        select(call.c.id, call.c.queues, call.c.queued_at).where(
            call.c.id.in_(joined), call.c.ended_at.is_(None)
        )
    )
    rows = []
    for row in found:
        fresh = [one for one in joined[row.id] if not row.queued_at or one["at"] > row.queued_at]
        if fresh:
            rows.append(
                {
                    "call_id": row.id,
                    "queue_id_now": fresh[-1]["id"],
                    "queues_now": [*row.queues, *(one["name"] for one in fresh)],
                    "queued_now": fresh[-1]["at"],
                }
            )
    if rows:
        await connection.execute(_QUEUE, rows)


async def progress(
    connection: AsyncConnection,
    *,
    answers: Sequence[Row],
    agents: Sequence[Row],
) -> None:
    """Of calls that go on: (call_id, at, role, extension), (call_id, agent_id)."""
    for statement, rows in ((_ANSWER, answers), (_AGENT, agents)):
        if rows:
            await connection.execute(statement, rows)


_earliest: BindParameter[datetime | None] = bindparam("answered", type_=UtcDateTime())
_recovered: BindParameter[bool] = bindparam("recovered", type_=Boolean())
_END: Update = (
    update(call)
    .where(*_going_on)
    .values(
        direction=bindparam("kind"),  # click-to-dial of a colleague looked outbound at first
        result=bindparam("result"),
        queues=bindparam("queues"),
        # a call of ours may begin before it is known whom it is for
        dialled=case((call.c.dialled == "", bindparam("number")), else_=call.c.dialled),
        queue_id=func.coalesce(_id("last_queue_id"), call.c.queue_id),
        cost_centre=bindparam("cost_centre"),
        queued_at=func.coalesce(bindparam("queued", type_=UtcDateTime()), call.c.queued_at),
        answered_at=case(
            (call.c.answered_at.is_(None), _earliest),
            (_earliest < call.c.answered_at, _earliest),
            else_=call.c.answered_at,
        ),
        ended_at=bindparam("ended_at"),
        wait_s=bindparam("wait_s"),
        connected_s=bindparam("connected_s"),
        transfers=bindparam("transfers"),
        linked=bindparam("linked"),
        # the log of a call that began before its process did may lack who had it first
        first_agent_id=case(
            (_recovered, func.coalesce(call.c.first_agent_id, _id("first_agent"))),
            else_=func.coalesce(_id("first_agent"), call.c.first_agent_id),
        ),
        last_agent_id=func.coalesce(_id("last_agent"), call.c.last_agent_id),
        inferred=bindparam("inferred"),
        recovered=_recovered,
    )
)


async def end_calls(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Close calls that go on; `rows` hold the parameters of the final log."""
    if rows:
        await connection.execute(_END, rows)


async def heard(connection: AsyncConnection, call_ids: Collection[UUID]) -> Sequence[AnyRow]:
    """Of these calls, as far as they are in the log: id, party_id, direction, number (the
    customer's), queue (the last one's name), answered_at, ended_at."""
    number = case((call.c.direction == "outbound", call.c.dialled), else_=call.c.caller)
    found = await connection.execute(
        select(
            call.c.id,
            call.c.party_id,
            call.c.direction,
            number.label("number"),
            queue.c.name.label("queue"),
            call.c.answered_at,
            call.c.ended_at,
        )
        .outerjoin(queue, call.c.queue_id == queue.c.id)
        .where(call.c.id.in_(call_ids))
    )
    return found.all()


_settled_calls = select(call.c.id).where(call.c.id == call_leg.c.call_id, is_settled())


async def put_legs(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Insert legs that are not there yet; a leg whose call was merged moves to the other call,
    unless the call that it is in is known as well as can be: that one has its own."""
    if rows:
        insert = insert_into(connection, call_leg)
        moved = insert.on_conflict_do_update(
            index_elements=[call_leg.c.pbx, call_leg.c.uniqueid],
            set_={"call_id": insert.excluded.call_id},
            where=call_leg.c.call_id.not_in(
                select(call.c.id).where(call.c.id == call_leg.c.call_id, is_settled())
            ),
        )
        await connection.execute(moved, rows)


_ATTACH: Update = (
    update(call)
    .where(
        call.c.id == bindparam("call_id"),
        call.c.ticket_id.is_(None),
        call.c.ticket_chosen.is_(False),
    )
    .values(ticket_id=_id("open_ticket"))
)


async def attach_open_tickets(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """(call_id, ticket_domain): the customer's most urgent open ticket there, if the call has
    none yet and nobody took it off."""
    without = [one for one in await _calls(connection, rows) if not (one.ticket_id or one.chosen)]
    parties = {one.id: one.party_id for one in without if one.party_id}
    if not parties:
        return
    found = await connection.execute(
        select(ticket.c.party_id, ticket.c.domain, ticket.c.id)
        .where(
            ticket.c.party_id.in_({*parties.values()}),
            ticket.c.status.in_(sorted(OPEN)),
            ticket.c.deleted_at.is_(None),
        )
        .order_by(ticket.c.priority.desc(), ticket.c.created_at.desc())
    )
    most_urgent = {(one.party_id, one.domain): one.id for one in found}  # the last one told
    attached = [
        {"call_id": row["call_id"], "open_ticket": open_ticket}
        for row in rows
        if (party_id := parties.get(row["call_id"]))
        if (open_ticket := most_urgent.get((party_id, row["ticket_domain"])))
    ]
    if attached:
        await connection.execute(_ATTACH, attached)


async def _calls(connection: AsyncConnection, rows: Sequence[Row]) -> Sequence[AnyRow]:
    """What is known of each row's `call_id`: id, party_id, match, ticket_id, chosen.

    By their ids and nothing else: a planner without statistics (of a table that is new) takes "has
    no ticket" for rarer than an id, and walks all calls for each one. Most calls need no write.
    """
    if not rows:
        return ()
    chosen = call.c.ticket_chosen.label("chosen")
    found = await connection.execute(
        select(call.c.id, call.c.party_id, call.c.match, call.c.ticket_id, chosen).where(
            call.c.id.in_([row["call_id"] for row in rows])
        )
    )
    return found.all()


_IDENTIFY: Update = (
    update(call)
    .where(call.c.id == bindparam("call_id"), call.c.party_id.is_(None))
    .values(party_id=_id("party"), match=bindparam("how"))
)


async def identify(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """(call_id, party, how): who it was, for calls of which nobody knew when they began."""
    unknown = {
        one.id: one.match
        for one in await _calls(connection, rows)
        if one.party_id is None and one.match in ("unknown", "withheld")
    }
    better = [
        row
        for row in rows
        if (match := unknown.get(row["call_id"])) and (row["party"] or row["how"] != match)
    ]
    if better:
        await connection.execute(_IDENTIFY, better)


_WRAP: Update = (
    update(call_leg)
    .where(
        call_leg.c.id
        == select(call_leg.c.id)
        .where(
            call_leg.c.call_id == bindparam("wrapped_call"),
            call_leg.c.user_id == bindparam("wrapped_by"),
        )
        .order_by(call_leg.c.ended_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    .values(wrap_s=bindparam("seconds"))
)


async def wrap_up(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """(wrapped_call, wrapped_by, seconds): after-call work, on the agent's last leg of the call."""
    if rows:
        await connection.execute(_WRAP, rows)


async def leg_quality(connection: AsyncConnection, pbx: str, leg_id: str) -> Row | None:
    """How this leg sounded at its worst, as far as it was told; None too when there is no such
    leg."""
    found = await connection.scalar(
        select(call_leg.c.quality).where(call_leg.c.pbx == pbx, call_leg.c.uniqueid == leg_id)
    )
    return dict(found) if found else None


async def set_leg_quality(connection: AsyncConnection, pbx: str, leg_id: str, quality: Row) -> None:
    leg = update(call_leg).where(call_leg.c.pbx == pbx, call_leg.c.uniqueid == leg_id)
    await connection.execute(leg.values(quality=quality))


_ended = agent_event.c["to"]
_CLOSE: Update = (
    update(agent_event)
    .where(
        agent_event.c.user_id == bindparam("agent"),
        _ended.is_(None),
        agent_event.c["from"] <= bindparam("at", type_=UtcDateTime()),
        agent_event.c.id != bindparam("event_id"),
    )
    .values({"to": bindparam("at", type_=UtcDateTime())})
)
# A state that is told again lasts on, though the end of the run it began in had closed it; unless
# that is old news, and another followed.
_next = agent_event.alias("next")
_GOES_ON: Update = (
    update(agent_event)
    .where(
        agent_event.c.id == bindparam("event_id"),
        _ended.is_not(None),
        ~exists().where(
            _next.c.user_id == bindparam("agent"),
            _next.c["from"] > bindparam("at", type_=UtcDateTime()),
        ),
    )
    .values({"to": None})
)


async def agent_states(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """What began, in order: full rows of `agent_event`, where a state ends the same agent's one
    before; and runs of ours (run_began, alive_until), which end everybody's."""
    for row in rows:
        if "run_began" in row:
            await _close_open_states(connection, row["run_began"], row["alive_until"])
            continue
        closing = {"agent": row["user_id"], "at": row["from"], "event_id": row["id"]}
        await connection.execute(_CLOSE, closing)
        await connection.execute(_put_state(connection), row)
        await connection.execute(_GOES_ON, closing)


def _put_state(connection: AsyncConnection) -> sqlite.Insert | postgresql.Insert:
    insert = insert_into(connection, agent_event)
    follows = ("then", "then_reason", "until", "paused_at")
    return insert.on_conflict_do_update(
        index_elements=[agent_event.c.id], set_={name: insert.excluded[name] for name in follows}
    )


async def _close_open_states(connection: AsyncConnection, began: datetime, end: datetime) -> None:
    """Nobody is in a state any more that the run before this one left open."""
    since = agent_event.c["from"]
    await connection.execute(
        update(agent_event)
        .where(_ended.is_(None), since < began)
        .values({"to": case((since > end, since), else_=end)})
    )


_ALIVE_AT: Final = "call_log.alive_at"


async def put_alive_at(connection: AsyncConnection, at: datetime) -> None:
    """The last time we are known to have run."""
    insert = insert_into(connection, setting)
    put = insert.on_conflict_do_update(
        index_elements=[setting.c.key], set_={"value": insert.excluded.value}
    )
    await connection.execute(put, {"key": _ALIVE_AT, "value": at.isoformat()})


async def alive_at(connection: AsyncConnection) -> datetime | None:
    value = await connection.scalar(select(setting.c.value).where(setting.c.key == _ALIVE_AT))
    return datetime.fromisoformat(value) if value else None
