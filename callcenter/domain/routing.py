"""Where a caller goes: who they are + rules + tiers → queue, priority, whom to ring first.

Rules
1. The first active rule whose filter fits decides; what its outcome leaves out comes from the
   caller (priority from the tier, language from the customer). Without one: the default queue.
2. Unknown, withheld and malformed numbers, and our own, are nobody: default tier, no agent to ring
   first. A rule may still tell them apart by `match`.
3. A number of several customers waits as the highest tier among them; language and the agent to
   ring first count only when all of them agree.
4. A rule or queue that does not exist (any more) never stops a call: a broken rule is left out by
   `parse_rule` raising `RuleError`, a caller never sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, cast
from uuid import UUID

from callcenter.domain.filters import Fields, FilterError, Predicate, compile_filter
from callcenter.domain.tiers import Tiers

CallerMatch = Literal["exact", "suffix", "several", "unknown", "withheld", "malformed"]
RingFirst = Literal["owner", "last_agent"]

FIELDS: Final[Fields] = {
    "match": "text",
    "known": "bool",
    "number": "text",
    "dialled": "text",
    "tier": "text",
    "language": "text",
    "open_tickets": "number",
}


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    tier: str  # code, "" for none
    language: str
    owner_id: UUID | None
    last_agent_id: UUID | None
    open_tickets: int


@dataclass(frozen=True, slots=True)
class CallerFacts:
    match: CallerMatch
    number: str
    dialled: str
    customers: tuple[CustomerFacts, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    queue: str
    priority: int | None = None
    ring_first: tuple[RingFirst, ...] = ()
    language: str = ""
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    fits: Predicate
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Policy:
    tiers: Tiers
    rules: tuple[Rule, ...]
    default_queue: str


@dataclass(frozen=True, slots=True)
class RouteDecision:
    queue: str
    priority: int
    ring_first: tuple[UUID, ...]  # users, the first who is ready is rung
    language: str
    greeting: str
    rule: str  # the rule's name, "" when none fitted


class RuleError(ValueError):
    """What is wrong with a routing rule, in one line."""


def parse_rule(
    name: str, condition: object, outcome: Mapping[str, object], queues: Collection[str]
) -> Rule:
    """A rule from its stored form. Raises `RuleError`."""
    try:
        fits = compile_filter(condition, FIELDS)
    except FilterError as error:
        raise RuleError(f"rule {name!r}: {error}") from error
    unknown = outcome.keys() - {"queue", "priority", "ring_first", "language", "greeting"}
    if unknown:
        raise RuleError(f"rule {name!r}: unknown outcome {sorted(unknown)}")
    queue = outcome.get("queue")
    if not isinstance(queue, str) or queue not in queues:
        raise RuleError(f"rule {name!r}: no queue {queue!r}; there are {sorted(queues)}")
    priority = outcome.get("priority")
    if priority is not None and (not isinstance(priority, int) or isinstance(priority, bool)):
        raise RuleError(f"rule {name!r}: priority must be a whole number, not {priority!r}")
    return Rule(
        name,
        fits,
        Outcome(
            queue,
            priority,
            _ring_first(name, outcome.get("ring_first", [])),
            str(outcome.get("language", "")),
            str(outcome.get("greeting", "")),
        ),
    )


def _ring_first(name: str, given: object) -> tuple[RingFirst, ...]:
    wanted = [given] if isinstance(given, str) else given
    if not isinstance(wanted, list) or not all(x in {"owner", "last_agent"} for x in wanted):
        raise RuleError(f'rule {name!r}: ring_first is "owner", "last_agent" or a list of these')
    return cast("tuple[RingFirst, ...]", tuple(wanted))


def decide(caller: CallerFacts, policy: Policy) -> RouteDecision:
    tier = policy.tiers.best(customer.tier for customer in caller.customers)
    language = _agreed(customer.language for customer in caller.customers) or ""
    facts = {
        "match": caller.match,
        "known": bool(caller.customers),
        "number": caller.number,
        "dialled": caller.dialled,
        "tier": tier.code,
        "language": language,
        "open_tickets": sum(customer.open_tickets for customer in caller.customers),
    }
    for rule in policy.rules:
        if rule.fits(facts):
            outcome = rule.outcome
            return RouteDecision(
                queue=outcome.queue,
                priority=tier.priority if outcome.priority is None else outcome.priority,
                ring_first=_agents(caller, outcome.ring_first),
                language=outcome.language or language,
                greeting=outcome.greeting,
                rule=rule.name,
            )
    return RouteDecision(policy.default_queue, tier.priority, (), language, "", "")


def _agents(caller: CallerFacts, wanted: tuple[RingFirst, ...]) -> tuple[UUID, ...]:
    if not wanted:
        return ()
    agreed = {
        "owner": _agreed(customer.owner_id for customer in caller.customers),
        "last_agent": _agreed(customer.last_agent_id for customer in caller.customers),
    }
    found = (agreed[word] for word in wanted)
    return tuple(dict.fromkeys(agent for agent in found if agent is not None))


_Value = TypeVar("_Value")


def _agreed(values: Iterable[_Value]) -> _Value | None:
    """The one value they all have; None when they differ or there are none."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
