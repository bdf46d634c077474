"""What happened with demo customers so far: tickets with notes, calls with legs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final
from uuid import UUID

from callcenter.store.demo import words
from callcenter.store.demo.cast import LINE
from callcenter.store.demo.people import LABEL, Agent, Customer, Row
from callcenter.store.ids import default_id, id_at
from telephony.events import call_id_for

PBX: Final = "demo"
TRUNK: Final = "PJSIP/carrier"
DAYS: Final = 90

# How a call of a direction ended, and how often.
_RESULTS: Final = {
    "inbound": (("answered", 88), ("abandoned", 12)),
    "outbound": (("answered", 70), ("no_answer", 20), ("busy", 10)),
}


@dataclass(slots=True)
class Work:
    tickets: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    legs: list[Row] = field(default_factory=list)
    last_ticket: int = 0


class _Past:
    """Chooses whom something happened with, and when."""

    def __init__(
        self, random: Random, now: datetime, agents: tuple[Agent, ...], known: list[Customer]
    ) -> None:
        self.random = random
        self.now = now
        self._agents = agents
        self._known = known
        self._weights = list(accumulate(customer.weight for customer in known))

    def customer(self) -> Customer:
        (chosen,) = self.random.choices(self._known, cum_weights=self._weights)
        return chosen

    def agent(self, customer: Customer) -> Agent:
        if customer.owner is not None and self.random.random() < 0.6:
            return customer.owner
        return self.random.choice(self._agents)

    def moment(self, days: float) -> datetime:
        """In office hours of China, within so many days, more of it lately; an hour ago at most."""
        day = self.now - timedelta(days=days * self.random.random() ** 1.5)
        hour, minute = self.random.randint(1, 9), self.random.randint(0, 59)
        at = day.replace(hour=hour, minute=minute, second=self.random.randint(0, 59), microsecond=0)
        return min(at, self.now - timedelta(hours=1))


def work(
    random: Random,
    now: datetime,
    agents: tuple[Agent, ...],
    known: list[Customer],
    *,
    tickets: int,
    calls: int,
    first_ticket: int,
) -> Work:
    past = _Past(random, now, agents, known)
    made = Work(last_ticket=first_ticket + tickets - 1)
    open_tickets: dict[UUID, UUID] = {}
    for moment in sorted(past.moment(DAYS) for _ in range(tickets)):
        customer = past.customer()
        ticket = _ticket(past, customer, moment, first_ticket + len(made.tickets))
        made.tickets.append(ticket)
        made.notes += _notes(past, customer, ticket)
        if ticket["closed_at"] is None:
            open_tickets[customer.id] = ticket["id"]
    for number in range(calls):
        _call(past, made, number, open_tickets)
    return made


def _ticket(past: _Past, customer: Customer, at: datetime, number: int) -> Row:
    random = past.random
    domain, english, chinese = random.choice(words.SUBJECTS)
    age = (past.now - at).days
    status = random.choices(
        ("open", "pending", "solved", "closed"), (6, 3, 3, 2) if age < 14 else (1, 1, 4, 14)
    )[0]
    closed = status in {"solved", "closed"}
    closed_at = at + (past.now - at) * random.random() if closed else None
    agent = past.agent(customer)
    return {
        "id": id_at(at, random),
        "owner_id": agent.id,
        "team_id": agent.team_id,
        "custom": LABEL,
        "number": number,
        "subject": chinese if customer.chinese else english,
        "party_id": customer.id,
        "queue_id": default_id("queue", domain),
        "domain": domain,
        "priority": random.choices((1, 2, 3, 4), (1, 3, 8, 4))[0],
        "status": status,
        "closed_at": closed_at,
        "created_at": at,
        "updated_at": closed_at or at,
    }


def _notes(past: _Past, customer: Customer, ticket: Row) -> list[Row]:
    return [
        {
            "id": id_at(ticket["created_at"], past.random),
            "kind": "note",
            "at": ticket["created_at"]
            + (ticket["updated_at"] - ticket["created_at"]) * past.random.random(),
            "body": past.random.choice(words.NOTES)[customer.chinese],
            "author_id": ticket["owner_id"],
            "party_id": customer.id,
            "ticket_id": ticket["id"],
        }
        for _ in range(past.random.choice((0, 1, 1, 2)))
    ]


def _call(past: _Past, made: Work, number: int, open_tickets: dict[UUID, UUID]) -> None:
    """One call with its legs; ring, talk and hold add up as in a real one."""
    random = past.random
    customer, at = past.customer(), past.moment(DAYS)
    agent = past.agent(customer)
    direction = "inbound" if random.random() < 0.78 else "outbound"
    results = _RESULTS[direction]
    result = random.choices([name for name, _ in results], [share for _, share in results])[0]
    answered, inbound = result == "answered", direction == "inbound"
    ring_s = round(random.uniform(2, 12), 1)
    wait_s = round(ring_s + random.expovariate(1 / 18), 1) if inbound else ring_s
    talk_s = round(min(20 + random.expovariate(1 / 150), 1800), 1) if answered else 0.0
    hold_s = round(random.uniform(5, 60), 1) if answered and random.random() < 0.15 else 0.0
    answered_at = at + timedelta(seconds=wait_s) if answered else None
    ended_at = at + timedelta(seconds=wait_s + talk_s + hold_s)
    talked = random.random() < 0.6
    uniqueid = f"demo-{number:06d}"
    call: Row = {
        "id": call_id_for(PBX, uniqueid),
        "pbx": PBX,
        "uniqueid": uniqueid,
        "direction": direction,
        "result": result,
        "caller": customer.number if inbound else agent.extension,
        "dialled": LINE if inbound else customer.number,
        "queues": ["support"] if inbound else [],
        "queue_id": default_id("queue", "support") if inbound else None,
        "started_at": at,
        "answered_at": answered_at,
        "ended_at": ended_at,
        "wait_s": wait_s,
        "connected_s": round(talk_s + hold_s, 1),
        "party_id": customer.id,
        "match": "exact",
        "ticket_id": open_tickets.get(customer.id) if answered else None,
        "first_agent_id": agent.id if answered or not inbound else None,
        "last_agent_id": agent.id if answered or not inbound else None,
        "note": random.choice(words.NOTES)[customer.chinese] if answered and talked else "",
    }
    made.calls.append(call)
    made.legs.append(_leg(call, 1, TRUNK, "customer", at, 0.0 if inbound else ring_s, hold_s))
    if answered or not inbound:
        rang_at = answered_at - timedelta(seconds=ring_s) if inbound and answered_at else at
        leg = _leg(call, 2, f"PJSIP/{agent.extension}", "agent", rang_at, ring_s, hold_s)
        leg |= {"user_id": agent.id, "wrap_s": round(random.uniform(3, 20), 1) if answered else 0.0}
        made.legs.append(leg)


def _leg(
    call: dict[str, Any],
    place: int,
    interface: str,
    role: str,
    started_at: datetime,
    ring_s: float,
    hold_s: float,
) -> Row:
    uniqueid = f"{call['uniqueid']}.{place}"
    return {
        "id": call_id_for(PBX, uniqueid),
        "call_id": call["id"],
        "pbx": PBX,
        "uniqueid": uniqueid,
        "interface": interface,
        "role": role,
        "user_id": None,
        "result": call["result"],
        "started_at": started_at,
        "answered_at": call["answered_at"],
        "ended_at": call["ended_at"],
        "ring_s": ring_s,
        "connected_s": call["connected_s"],
        "talk_s": round(call["connected_s"] - hold_s, 1),
        "hold_s": hold_s,
        "wrap_s": 0.0,
        "ended_by": "customer" if call["result"] in {"answered", "abandoned"} else None,
    }
