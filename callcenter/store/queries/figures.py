"""One agent's day, by one statement over the legs and the agent's states."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store.queries import AnyRow
from callcenter.store.tables import UtcDateTime, agent_event, call, call_leg, queue


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


_since, _now = _moment("since"), _moment("now")
_USER = bindparam("user_id", type_=call_leg.c.user_id.type)

_talked = call_leg.c.answered_at.is_not(None)
_inbound = and_(_talked, call.c.direction == "inbound")
_outbound = and_(_talked, call.c.direction == "outbound", call.c.answered_at.is_not(None))
_handled = or_(_inbound, _outbound)
_undisposed = and_(
    _handled,
    queue.c.disposition_required,
    call.c.disposition_id.is_(None),
    call.c.ended_at.is_not(None),
)


def _calls(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many calls; one that came back to the agent is one call."""
    return func.count(case((which, call_leg.c.call_id)).distinct())


def _seconds(of_leg: ColumnElement[float]) -> ColumnElement[float]:
    return func.coalesce(func.sum(case((_handled, of_leg), else_=0.0)), 0.0)


def _epoch(moment: ColumnElement[datetime]) -> ColumnElement[float]:
    return cast(extract("epoch", moment), Float)


def _ready_s() -> ColumnElement[float]:
    """Of the states *ready* since then, in whole seconds."""
    began, ended = agent_event.c["from"], func.coalesce(agent_event.c["to"], _now)
    begin = case((began < _since, _since), else_=began)
    return (
        select(func.coalesce(func.sum(_epoch(ended) - _epoch(begin)), 0.0))
        .where(
            agent_event.c.user_id == _USER,
            agent_event.c.state == "ready",
            or_(agent_event.c["to"].is_(None), agent_event.c["to"] > _since),
        )
        .scalar_subquery()
    )


_DAY = (
    select(
        _calls(_handled).label("calls"),
        _calls(_inbound).label("answered_in"),
        _calls(_outbound).label("outbound"),
        _seconds(call_leg.c.talk_s).label("talk_s"),
        _seconds(call_leg.c.hold_s).label("hold_s"),
        _seconds(call_leg.c.consult_s).label("consult_s"),
        _seconds(call_leg.c.wrap_s).label("wrap_s"),
        _calls(and_(call_leg.c.result == "no_answer", call.c.direction == "inbound")).label(
            "missed"
        ),
        _calls(_undisposed).label("undisposed"),
        _ready_s().label("ready_s"),
    )
    .select_from(call_leg)
    .join(call, call_leg.c.call_id == call.c.id)
    .outerjoin(queue, call.c.queue_id == queue.c.id)
    .where(
        call_leg.c.user_id == _USER,
        call_leg.c.role == "agent",
        call_leg.c.started_at >= _since,
    )
)


async def day(connection: AsyncConnection, user_id: UUID, since: datetime, now: datetime) -> AnyRow:
    """calls, answered_in, outbound, talk_s, hold_s, consult_s, wrap_s, missed, undisposed,
    ready_s."""
    rows = await connection.execute(_DAY, {"user_id": user_id, "since": since, "now": now})
    return rows.one()
