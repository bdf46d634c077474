"""A run of journal records, folded into the rows that one commit writes.

Each row is written once per batch, whatever the number of events behind it; the statements that
write them (`store.queries.call_log`) may run twice. Pure: no database, no clock. Of a call that is
told to have ended more than once the record of the higher standing counts (`domain.truth`), with
its legs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.domain.truth import Standing
from callcenter.services import log_rows
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
    visits: dict[UUID, list[Row]] = field(default_factory=dict)  # of calls that ended
    domains: dict[UUID, Row] = field(default_factory=dict)
    merges: list[Row] = field(default_factory=list)
    wraps: list[Row] = field(default_factory=list)
    heard: dict[tuple[str, str], LineQuality] = field(default_factory=dict)  # by (pbx, leg)
    states: list[Row] = field(default_factory=list)  # and runs of ours, in order
    alive_at: datetime | None = None  # by our own clock
    carried: set[tuple[str, str]] = field(default_factory=set)  # legs of calls that were merged
    told_of: dict[UUID, set[tuple[str, str]]] = field(default_factory=dict)  # legs, by their call

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
                self._leg_ended(record)
            case events.CallEnded():
                self._end(record.log)
            case AgentStateBegan():
                self.states.append(log_rows.agent_state(record))
                self._alive(record.at)
            case RunBegan():
                self.states.append({"run_began": record.at, "alive_until": record.alive_until})
            case Alive():
                self._alive(record.at)
            case LineHeard():
                leg = record.pbx, log_rows.text(record.leg_id, 150)
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

    def going_on(self) -> frozenset[UUID]:
        """Calls whose beginning is worth a write of its own: not those whose end says it all."""
        told = {*self.queues, *self.agents, *(row["call_id"] for row in self.answers)}
        return frozenset(
            call_id
            for call_id in told
            if call_id not in self.ended or self.ended[call_id]["standing"] is not Standing.COMPLETE
        )

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
        self.begun[told.call_id] = log_rows.begun(told)
        if told.direction is not Direction.INTERNAL:
            self.callers[told.call_id] = log_rows.customer(told)

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
        moved = self._legs_of(event.call_id)
        for key in moved:
            self.legs[key]["call_id"] = event.into
        self.carried |= moved
        self.told_of.setdefault(event.into, set()).update(moved)

    def _leg_ended(self, event: events.LegEnded) -> None:
        known = self.ended.get(event.call_id)
        if known is None or known["standing"] < Standing.HISTORY:
            self._leg(event.pbx, event.call_id, event.log)

    def _end(self, log: CallLog) -> None:
        self._begin(log)
        row = log_rows.ended(log, self.roster)
        before = self.ended.get(log.call_id)
        if before is not None and before["standing"] >= row["standing"]:
            return
        if log.direction is not Direction.INTERNAL:
            self.callers[log.call_id] = log_rows.customer(log)
        if row["standing"] >= Standing.HISTORY:  # it has them all: what was told before is less
            for key in self._legs_of(log.call_id) - self.carried:
                del self.legs[key]
        self.ended[log.call_id] = row
        self.visits[log.call_id] = [
            log_rows.visit(log.call_id, position, one, self.roster)
            for position, one in enumerate(log.visits)
        ]
        for leg in log.legs:
            self._leg(log.pbx, log.call_id, leg)
        self._domain(log.call_id, log.queues[-1] if log.queues else "")

    def _legs_of(self, call_id: UUID) -> set[tuple[str, str]]:
        """Takes them out of `told_of`."""
        told = self.told_of.pop(call_id, set())
        return {key for key in told if key in self.legs and self.legs[key]["call_id"] == call_id}

    def _leg(self, pbx: str, call_id: UUID, log: LegLog) -> None:
        self.legs[pbx, log.leg_id] = log_rows.leg(pbx, call_id, log, self.roster)
        self.told_of.setdefault(call_id, set()).add((pbx, log.leg_id))

    def _domain(self, call_id: UUID, queue: str) -> None:
        info = self.roster.queue(queue)
        if info is not None:
            self.domains[call_id] = {"call_id": call_id, "ticket_domain": info.domain}
