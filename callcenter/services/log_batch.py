"""A run of journal records, folded into the rows that one commit writes.

Each row is written once per batch, whatever the number of events behind it; the statements that
write them (`store.queries.call_log`) may run twice. Pure: no database, no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from callcenter.services.journal import (
    AgentStateBegan,
    Alive,
    LineHeard,
    LineQuality,
    Record,
    RunBegan,
    WrapUpDone,
)
from callcenter.services.roster import Roster
from telephony import events
from telephony.events import CallLog, Direction, LegLog, LegRole

Row = dict[str, Any]


@dataclass(slots=True)
class LogBatch:
    """Rows by what they are for; `callers` are those to be looked up: call → (raw, name)."""

    roster: Roster
    begun: dict[UUID, Row] = field(default_factory=dict)
    callers: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    queues: dict[UUID, list[Row]] = field(default_factory=dict)
    answers: list[Row] = field(default_factory=list)
    agents: dict[UUID, list[Row]] = field(default_factory=dict)
    ended: dict[UUID, Row] = field(default_factory=dict)
    legs: dict[tuple[str, str], Row] = field(default_factory=dict)
    domains: dict[UUID, Row] = field(default_factory=dict)
    merges: list[Row] = field(default_factory=list)
    wraps: list[Row] = field(default_factory=list)
    heard: dict[tuple[str, str], LineQuality] = field(default_factory=dict)  # by (pbx, leg)
    states: list[Row] = field(default_factory=list)  # and runs of ours, in order
    alive_at: datetime | None = None  # by our own clock

    def add(self, record: Record) -> None:
        match record:
            case events.CallArrived():
                self._begin(record)
            case events.CallQueued():
                self._queued(record)
            case events.CallAnswered():
                self._answered(record)
            case events.CallMerged():
                self._merged(record)
            case events.LegEnded():
                self._leg(record.pbx, record.call_id, record.log)
            case events.CallEnded():
                self._end(record.log)
            case AgentStateBegan():
                self.states.append(_state(record))
                self._alive(record.at)
            case RunBegan():
                self.states.append({"run_began": record.at, "alive_until": record.alive_until})
            case Alive():
                self._alive(record.at)
            case LineHeard():
                leg = record.pbx, _text(record.leg_id, 150)
                self.heard[leg] = record.quality.worst(self.heard.get(leg, record.quality))
            case WrapUpDone():
                self.wraps.append(
                    {
                        "wrapped_call": record.call_id,
                        "wrapped_by": record.user_id,
                        "seconds": record.seconds,
                    }
                )

    def _alive(self, at: datetime) -> None:
        self.alive_at = max(at, self.alive_at or at)

    def heard_of(self) -> dict[UUID, frozenset[UUID]]:
        """Calls that ended, that somebody missed, or the work after which is over, with the users
        whose phones they were on."""
        users: dict[UUID, set[UUID]] = {call_id: set() for call_id in self.ended}
        for wrap in self.wraps:
            users.setdefault(wrap["wrapped_call"], set()).add(wrap["wrapped_by"])
        for leg in self.legs.values():
            if leg["user_id"] and (leg["call_id"] in self.ended or leg["answered_at"] is None):
                users.setdefault(leg["call_id"], set()).add(leg["user_id"])
        return {call_id: frozenset(of_it) for call_id, of_it in users.items()}

    def reached(self) -> Iterator[tuple[UUID, Row]]:
        """Calls of ours that somebody answered: (id, {agents, began, answered})."""
        for call_id, row in self.ended.items():
            agents = {row["first_agent"], row["last_agent"]} - {None}
            if row["kind"] == Direction.OUTBOUND and row["answered"] and agents:
                began = self.begun[call_id]["started_at"]
                yield call_id, {"agents": agents, "began": began, "answered": row["answered"]}

    def _begin(self, told: events.CallArrived | CallLog) -> None:
        if told.call_id in self.begun:
            return
        started_at = told.started_at if isinstance(told, CallLog) else told.at
        self.begun[told.call_id] = {
            "id": told.call_id,
            "pbx": told.pbx,
            "uniqueid": _text(told.uniqueid, 150),
            "direction": str(told.direction),
            "caller": _text(told.caller, 80),
            "caller_name": _text(told.caller_name, 300),
            "dialled": _text(told.dialled, 80),
            "started_at": started_at,
            "party_id": None,
            "match": "unknown",
        }
        if told.direction is not Direction.INTERNAL:
            self.callers[told.call_id] = _customer(told)

    def _queued(self, event: events.CallQueued) -> None:
        info = self.roster.queues.get(event.queue)
        joined = {"name": event.queue, "id": info.id if info else None, "at": event.at}
        self.queues.setdefault(event.call_id, []).append(joined)
        self._domain(event.call_id, event.queue)

    def _answered(self, event: events.CallAnswered) -> None:
        seat = self.roster.at(event.interface)
        agent = event.role is LegRole.AGENT
        self.answers.append(
            {
                "call_id": event.call_id,
                "at": event.at,
                "role": str(event.role),
                "extension": seat.extension if seat else "",
            }
        )
        if agent and seat is not None:
            row = {"call_id": event.call_id, "agent_id": seat.user_id}
            self.agents.setdefault(event.call_id, []).append(row)

    def _merged(self, event: events.CallMerged) -> None:
        """One contact is one row: the consultation's legs go on as the customer's call's."""
        self.merges.append({"merged": event.call_id, "into": event.into})
        for leg in self.legs.values():
            if leg["call_id"] == event.call_id:
                leg["call_id"] = event.into

    def _end(self, log: CallLog) -> None:
        self._begin(log)
        if log.call_id in self.ended:
            return
        if log.direction is not Direction.INTERNAL:
            self.callers[log.call_id] = _customer(log)
        users = [
            seat.user_id
            for leg in sorted(log.legs, key=lambda leg: leg.answered_at or log.ended_at)
            if leg.answered_at and leg.role is LegRole.AGENT
            if (seat := self.roster.at(leg.interface))
        ]
        info = self.roster.queues.get(log.queues[-1]) if log.queues else None
        self.ended[log.call_id] = {
            "call_id": log.call_id,
            "kind": str(log.direction),
            "result": str(log.result),
            "queues": list(log.queues),
            "number": _text(log.dialled, 80),
            "last_queue_id": info.id if info else None,
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
        }
        for leg in log.legs:
            self._leg(log.pbx, log.call_id, leg)
        self._domain(log.call_id, log.queues[-1] if log.queues else "")

    def _leg(self, pbx: str, call_id: UUID, log: LegLog) -> None:
        seat = self.roster.at(log.interface)
        self.legs[pbx, log.leg_id] = {
            "id": uuid5(events.NAMESPACE, f"{pbx}/leg/{log.leg_id}"),
            "call_id": call_id,
            "pbx": pbx,
            "uniqueid": _text(log.leg_id, 150),
            "interface": _text(log.interface, 80),
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
            "ended_by": str(log.ended_by) if log.ended_by else None,
        }

    def _domain(self, call_id: UUID, queue: str) -> None:
        info = self.roster.queue(queue)
        if info is not None:
            self.domains[call_id] = {"call_id": call_id, "ticket_domain": info.domain}


def _customer(told: events.CallArrived | CallLog) -> tuple[str, str]:
    """(number, name) of the customer, whoever called whom."""
    if told.direction is Direction.OUTBOUND:
        return told.dialled, ""
    return told.caller, told.caller_name


def _state(record: AgentStateBegan) -> Row:
    name = f"{record.user_id}/{record.at.isoformat()}/{record.state}"
    return {
        "id": uuid5(events.NAMESPACE, name),
        "user_id": record.user_id,
        "state": record.state,
        "reason": _text(record.reason, 40),
        "from": record.at,
        "then": record.then,
        "then_reason": _text(record.then_reason, 40),
        "until": record.until,
        "paused_at": record.paused_at,
    }


def _text(value: str, length: int) -> str:
    """What a caller may present is long and odd; a database refuses NUL and what does not fit."""
    return value.replace("\x00", "")[:length]
