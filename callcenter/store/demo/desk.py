"""What a demo desk shows besides calls and tickets: scripts, knowledge, callbacks, missed calls,
tasks, and what else happened with customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final

from callcenter.store.demo import texts
from callcenter.store.demo.cast import LINE, UNKNOWN
from callcenter.store.demo.people import LABEL, Agent, Customer, Row
from callcenter.store.demo.work import DAYS, PBX, TRUNK, Work
from callcenter.store.ids import default_id, id_at
from telephony.events import call_id_for

QUEUES: Final[dict[str, dict[str, Any]]] = {
    "support": {"recording": "on_demand"},
    "sales": {"recording": "on_demand", "disposition_required": True},
    "vip": {"recording": "always"},
}
"""What the demo's queues ask for, so that every part of the desk has something to do."""

# Minutes from now at which a callback is due, and whether it is the demo's agent's or anybody's.
_DUE: Final = (
    (-25, True), (-4, False), (3, True), (12, False), (45, True), (90, False), (24 * 60, True),
    (26 * 60, False), (50 * 60, True),
)  # fmt: skip
# Minutes ago, and whether it rang at the demo's agent or was given up in the queue before. The
# second and the third are one customer's.
_MISSED: Final = ((8, True), (15, True), (17, True), (31, True), (52, False))
_SHIFT: Final = (("not_ready", 58), ("ready", 56), ("not_ready", 6), ("signed_out", 2))

_DISPOSITIONS: Final = {
    "inbound": (
        ("support.solved.answered", 8), ("support.solved.fixed", 4), ("support.solved.changed", 3),
        ("support.open.handed_on", 2), ("support.open.customer", 2), ("support.open.call_back", 1),
        ("support.complaint.delivery", 1), ("no_matter.wrong_number", 1),
    ),
    "outbound": (("not_reached.another_person", 1), ("not_reached.voicemail", 2)),
}  # fmt: skip


@dataclass(slots=True)
class Desk:
    articles: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)  # missed ones
    legs: list[Row] = field(default_factory=list)
    callbacks: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)


def desk(
    random: Random,
    now: datetime,
    agents: Sequence[Agent],
    known: list[Customer],
    work: Work,
) -> Desk:
    """For the first of these agents, who is signed in with. Gives `work`'s calls dispositions."""
    maker = _Maker(random, now, agents, known)
    _dispose(random, work.calls)
    made = Desk(articles=list(_articles(now)))
    made.activities += maker.happened()
    made.callbacks += maker.callbacks()
    busy = {call["party_id"] for call in work.calls if call["started_at"] > now - timedelta(days=1)}
    quiet = [customer for customer in known if customer.id not in busy and customer.chinese]
    for who, (minutes, rang) in zip(_missed_by(quiet), _MISSED, strict=True):
        _missed(made, agents[0] if rang else None, who, now - timedelta(minutes=minutes))
    made.states += _shift(random, now, agents[0])
    return made


class _Maker:
    def __init__(
        self, random: Random, now: datetime, agents: Sequence[Agent], known: list[Customer]
    ) -> None:
        self._random = random
        self._now = now
        self._agents = agents
        self._known = known
        self._weights = list(accumulate(customer.weight for customer in known))

    def _customer(self) -> Customer:
        (chosen,) = self._random.choices(self._known, cum_weights=self._weights)
        return chosen

    def _moment(self) -> datetime:
        return self._now - timedelta(days=DAYS * self._random.random(), hours=1)

    def happened(self) -> Iterator[Row]:
        """Orders, mails, campaigns, tasks: as many as there are customers, about."""
        count = len(self._known)
        for _ in range(count // 2):
            yield self._activity("order", self._order())
        for kind, of_kind, many in (
            ("mail", texts.MAILS, count // 3),
            ("campaign", texts.CAMPAIGNS, count // 6),
        ):
            for _ in range(many):
                titles = self._random.choice(of_kind)
                direction = self._random.choice(("in", "out")) if kind == "mail" else "out"
                yield self._activity(kind, {"direction": direction}, titles)
        for number in range(max(8, count // 40)):
            yield self._task(number)

    def _order(self) -> dict[str, Any]:
        status = self._random.choices(("confirmed", "shipped", "delivered"), (1, 1, 6))[0]
        amount = self._random.randint(40, 9_000) * 1_000  # 10 yuan at the least step, in fen
        number = f"SO-{self._random.randint(20_000, 99_999)}"
        return {"title": number, "status": status, "amount": amount, "currency": "CNY"}

    def _activity(
        self, kind: str, data: dict[str, Any], titles: tuple[str, str] | None = None
    ) -> Row:
        customer, at = self._customer(), self._moment()
        told = {"title": titles[customer.chinese]} if titles else {}
        return {
            "id": id_at(at, self._random),
            "kind": kind,
            "at": at,
            "due_at": None,
            "done_at": None,
            "assignee_id": None,
            "body": "",
            "data": data | told,
            "author_id": (customer.owner or self._random.choice(self._agents)).id,
            "party_id": customer.id,
        }

    def _task(self, number: int) -> Row:
        """Every other one is the demo's agent's; half of the rest are done."""
        random, customer = self._random, self._customer()
        mine = number % 2 == 0
        at = self._now - timedelta(hours=random.uniform(2, 60))
        due_at = self._now + timedelta(hours=random.uniform(-3, 40))
        done = not mine and random.random() < 0.5
        agent = self._agents[0] if mine else random.choice(self._agents)
        return self._activity("task", {}) | {
            "id": id_at(at, random),
            "at": at,
            "due_at": due_at,
            "done_at": at + timedelta(hours=1) if done else None,
            "assignee_id": agent.id,
            "author_id": agent.id,
            "body": random.choice(texts.TASKS)[customer.chinese],
            "party_id": customer.id,
        }

    def callbacks(self) -> Iterator[Row]:
        promised = self._now - timedelta(hours=20)
        agent = self._agents[0]
        for minutes, mine in _DUE:
            customer = self._customer()
            yield {
                "id": id_at(promised, self._random),
                "owner_id": agent.id if mine else None,
                "team_id": agent.team_id,
                "custom": LABEL,
                "created_at": promised,
                "updated_at": promised,
                "party_id": customer.id,
                "number": customer.number,
                "due_at": (self._now + timedelta(minutes=minutes)).replace(second=0, microsecond=0),
                "zone": "Asia/Shanghai" if customer.chinese else "Europe/London",
                "queue_id": default_id("queue", "support"),
                "note": self._random.choice(texts.CALLBACKS)[customer.chinese],
            }


def _articles(now: datetime) -> Iterator[Row]:
    for position, (kind, queue, *by_locale) in enumerate(texts.ARTICLES):
        for locale, (title, body) in zip(("en", "zh-CN"), by_locale, strict=True):
            yield {
                "id": default_id("article", f"demo-{position}-{locale}"),
                "kind": kind,
                "queue_id": default_id("queue", queue) if queue else None,
                "locale": locale,
                "title": title,
                "body": body,
                "position": position,
                "updated_at": now,
            }


def _dispose(random: Random, calls: list[Row]) -> None:
    """Into the calls themselves: how they ended, and a tag on some."""
    for call in calls:
        answered = call["result"] == "answered"
        choices = _DISPOSITIONS[call["direction"]]
        codes, shares = [code for code, _ in choices], [share for _, share in choices]
        chosen = random.choices(codes, shares)[0] if answered and random.random() < 0.9 else None
        call["disposition_id"] = default_id("disposition", chosen) if chosen else None
        tagged = answered and random.random() < 0.3
        call["tags"] = [random.choice(texts.TAGS)] if tagged else []


def _missed_by(quiet: list[Customer]) -> Iterator[Customer | None]:
    """Customers nobody spoke with since yesterday; None is a number nobody knows."""
    first, second, third, *_ = quiet
    yield from (first, second, second, None, third)


def _missed(made: Desk, agent: Agent | None, who: Customer | None, at: datetime) -> None:
    """It rang at the agent for fifteen seconds, if at anybody, then the caller gave up."""
    uniqueid = f"demo-missed-{len(made.calls)}"
    caller = who.number if who else UNKNOWN[0]
    rang_at, ended_at = at + timedelta(seconds=6), at + timedelta(seconds=24)
    call: Row = {
        "id": call_id_for(PBX, uniqueid),
        "pbx": PBX,
        "uniqueid": uniqueid,
        "direction": "inbound",
        "result": "abandoned",
        "caller": caller,
        "dialled": LINE,
        "queues": ["support"],
        "queue_id": default_id("queue", "support"),
        "started_at": at,
        "ended_at": ended_at,
        "wait_s": 24.0,
        "party_id": who.id if who else None,
        "match": "exact" if who else "unknown",
    }
    made.calls.append(call)
    made.legs.append(_leg(call, 1, TRUNK, "customer", "abandoned", at))
    if agent is not None:
        rang = _leg(call, 2, f"PJSIP/{agent.extension}", "agent", "no_answer", rang_at)
        made.legs.append(rang | {"user_id": agent.id, "ring_s": 15.0})


def _leg(
    call: Row, place: int, interface: str, role: str, result: str, started_at: datetime
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
        "result": result,
        "started_at": started_at,
        "ended_at": call["ended_at"],
        "ring_s": 0.0,
    }


def _shift(random: Random, now: datetime, agent: Agent) -> Iterator[Row]:
    """What the agent did today, so that there are figures; signed out now."""
    begins = [now - timedelta(minutes=minutes) for _, minutes in _SHIFT]
    for (state, _), began, ended in zip(_SHIFT, begins, [*begins[1:], None], strict=True):
        reason = "signed_in" if state == "not_ready" else ""
        yield {
            "id": id_at(began, random),
            "user_id": agent.id,
            "state": state,
            "reason": reason,
            "from": began,
            "to": ended,
        }
