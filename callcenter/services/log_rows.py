"""Rows of the call log, made of what telephony tells. Pure: no database, no clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import orjson

from callcenter.domain.truth import standing
from callcenter.services.journal import AgentStateBegan
from callcenter.services.roster import Roster
from telephony import events
from telephony.events import CallLog, Direction, LegLog, LegRole, QueueVisit

Row = dict[str, Any]


def begun(told: events.CallArrived | CallLog) -> Row:
    """A full row of `call` that is going on; whose it is, is looked up later."""
    return {
        "id": told.call_id,
        "pbx": told.pbx,
        "uniqueid": text(told.uniqueid, 150),
        "direction": str(told.direction),
        "caller": text(told.caller, 80),
        "caller_name": text(told.caller_name, 300),
        "dialled": text(told.dialled, 80),
        "started_at": told.started_at if isinstance(told, CallLog) else told.at,
        "party_id": None,
        "match": "unknown",
    }


def ended(log: CallLog, roster: Roster) -> Row:
    """The parameters of a call's end (`store.queries.call_log`), and its `standing`."""
    users = [
        seat.user_id
        for leg in sorted(log.legs, key=lambda leg: leg.answered_at or log.ended_at)
        if leg.answered_at and leg.role is LegRole.AGENT
        if (seat := roster.at(leg.interface))
    ]
    info = roster.queues.get(log.queues[-1]) if log.queues else None
    return {
        "call_id": log.call_id,
        "kind": str(log.direction),
        "result": str(log.result),
        "queues": list(log.queues),
        "number": text(log.dialled, 80),
        "last_queue_id": info.id if info else None,
        "cost_centre": info.cost_centre if info else "",
        "began": log.started_at,
        "queued": log.visits[-1].joined_at if log.visits else None,
        "answered": log.answered_at,
        "ended_at": log.ended_at,
        "wait_s": log.wait_s,
        "connected_s": log.connected_s,
        "transfers": orjson.loads(orjson.dumps(log.transfers)),
        "linked": [str(call_id) for call_id in log.linked],
        "first_agent": users[0] if users else None,
        "last_agent": users[-1] if users else None,
        "inferred": log.inferred,
        "recovered": log.recovered,
        "from_history": log.from_history,
        "standing": standing(
            ended=True,
            inferred=log.inferred,
            recovered=log.recovered,
            from_history=log.from_history,
        ),
    }


def leg(pbx: str, call_id: UUID, log: LegLog, roster: Roster) -> Row:
    """A row of `call_leg`."""
    seat = roster.at(log.interface)
    return {
        "id": uuid5(events.NAMESPACE, f"{pbx}/leg/{log.leg_id}"),
        "call_id": call_id,
        "pbx": pbx,
        "uniqueid": text(log.leg_id, 150),
        "interface": text(log.interface, 80),
        "role": str(log.role),
        "user_id": seat.user_id if seat and log.role is LegRole.AGENT else None,
        "result": str(log.result),
        "started_at": log.started_at,
        "answered_at": log.answered_at,
        "ended_at": log.ended_at,
        "ring_s": log.ring_s,
        "connected_s": log.connected_s,
        "talk_s": log.talk_s,
        "hold_s": log.hold_s,
        "consult_s": log.consult_s,
        "wait_s": log.wait_s,
        "ended_by": str(log.ended_by) if log.ended_by else None,
        "cause": str(log.cause),
    }


def visit(call_id: UUID, position: int, told: QueueVisit, roster: Roster) -> Row:
    """A row of `queue_visit`."""
    info = roster.queues.get(told.queue)
    return {
        "call_id": call_id,
        "position": position,
        "queue": text(told.queue, 60),
        "queue_id": info.id if info else None,
        "joined_at": told.joined_at,
        "left_at": told.left_at,
        "wait_s": told.wait_s,
        "outcome": str(told.outcome),
        "priority": told.priority,
    }


def agent_state(record: AgentStateBegan) -> Row:
    """A row of `agent_event`, with what follows the state."""
    name = f"{record.user_id}/{record.at.isoformat()}/{record.state}"
    return {
        "id": uuid5(events.NAMESPACE, name),
        "user_id": record.user_id,
        "state": record.state,
        "reason": text(record.reason, 40),
        "from": record.at,
        "then": record.then,
        "then_reason": text(record.then_reason, 40),
        "until": record.until,
        "paused_at": record.paused_at,
    }


def customer(told: events.CallArrived | CallLog) -> tuple[str, str]:
    """(number, name) of the customer, whoever called whom."""
    if told.direction is Direction.OUTBOUND:
        return told.dialled, ""
    return told.caller, told.caller_name


def text(value: str, length: int) -> str:
    """What a caller may present is long and odd; a database refuses NUL and what does not fit."""
    return value.replace("\x00", "")[:length]
