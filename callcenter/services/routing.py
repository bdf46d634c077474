"""Where a caller goes: the directory says who it is, the rules decide, the switch gets an answer.

Rules and tiers are kept in memory (`load` reads them anew), so a known caller costs microseconds.
A caller always gets an answer: a look-up that fails or takes too long makes them unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.domain.routing import (
    CallerFacts,
    CallerMatch,
    CustomerFacts,
    Policy,
    RouteDecision,
    Rule,
    RuleError,
    decide,
    parse_rule,
)
from callcenter.domain.tiers import Tiers
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory, Identity
from callcenter.services.views import Caller
from callcenter.store.database import Database
from callcenter.store.queries import routing as queries

log = structlog.get_logger(__name__)

LOOK_UP_PATIENCE_S: Final = 0.5
"""The caller hears nothing yet: rather the default queue now than the right one late."""

PROMISE_S: Final = 3.0
"""From the answer to the ringing of the agent who was named in it, at most."""

_NO_POLICY: Final = Policy(Tiers([]), (), "")


@dataclass(frozen=True, slots=True)
class Route:
    queue: str
    priority: int
    ring_first: str  # interface ("PJSIP/1001"), "" for nobody in particular
    ring_first_user: UUID | None
    language: str
    greeting: str
    rule: str  # the name of the rule that decided, "" when none fitted
    caller: Caller


@dataclass(frozen=True, slots=True)
class MirrorEntry:
    """What the switch does with a number when nobody answers its question."""

    digits: str  # E.164 without "+"
    queue: str
    priority: int


class Router:
    """`ready_since` says since when this user could be rung; None: not now."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Clock,
        ready_since: Callable[[UUID], datetime | None],
    ) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._ready_since = ready_since
        self._promised: dict[UUID, tuple[datetime, datetime]] = {}  # ready since, until
        self._policy = _NO_POLICY
        self._read: object = None  # what the policy was made of
        self._interfaces: dict[UUID, str] = {}

    async def load(self) -> bool:
        """Read tiers, queues, rules and devices; whether any of them changed.

        A broken rule is logged and left out.
        """
        async with self._database.read() as connection:
            tiers = await queries.tiers(connection)
            queues = [row.name for row in await queries.queues(connection)]
            stored = await queries.active_rules(connection)
            interfaces = await queries.interfaces(connection)
        read = tiers, queues, stored, interfaces
        if read == self._read:
            return False
        rules: list[Rule] = []
        for row in stored:
            try:
                rules.append(parse_rule(row.name, row.filter, row.outcome, queues))
            except RuleError as error:
                log.error("routing_rule_ignored", rule=row.name, reason=str(error))
        self._policy = Policy(Tiers(tiers), tuple(rules), queues[0] if queues else "")
        self._interfaces = interfaces
        self._read = read
        return True

    async def route(
        self,
        caller_raw: str,
        dialled: str,
        name: str = "",
        rings: Callable[[str], bool] = lambda _device: True,
    ) -> Route:
        """Never raises for what a caller presents or a database does. `rings`: whether a device can
        be rung from where the caller is; who sits at another switch is not rung first."""
        identity = self._directory.recall(caller_raw, name)
        if not identity.caller.looked_up:
            identity = await self._look_up(identity, caller_raw, name)
        decision = decide(self._facts(identity, caller_raw, dialled), self._policy)
        there = (one for one in decision.ring_first if rings(self._interfaces.get(one, "")))
        agent = next(filter(self._promise, there), None)
        return Route(
            queue=decision.queue,
            priority=decision.priority,
            ring_first=self._interfaces[agent] if agent else "",
            ring_first_user=agent,
            language=decision.language,
            greeting=decision.greeting,
            rule=decision.rule,
            caller=identity.caller,
        )

    async def mirror(self) -> AsyncIterator[MirrorEntry]:
        """Every number that is not treated like an unknown one, for the switch's own database."""
        async with self._database.read() as connection:
            rows = await queries.numbers_above_default(connection)
        for norm, group in groupby(rows, key=lambda row: str(row.norm)):
            customers = tuple(CustomerFacts(r.tier, r.language, None, None, 0) for r in group)
            entry = self._mirrored(norm, customers)
            if entry is not None:
                yield entry

    async def mirror_of(self, norm: str) -> MirrorEntry | None:
        """The same for one stored number, as its customers are now."""
        identity = await self._directory.identify(norm)
        return self._mirrored(
            norm,
            tuple(CustomerFacts(c.tier, c.language, None, None, 0) for c in identity.customers),
        )

    def _mirrored(self, norm: str, customers: tuple[CustomerFacts, ...]) -> MirrorEntry | None:
        nobody = self._decide_by_number("", ())
        made = self._decide_by_number(norm, customers)
        if (made.queue, made.priority) == (nobody.queue, nobody.priority):
            return None
        return MirrorEntry(norm.removeprefix("+"), made.queue, made.priority)

    def _decide_by_number(self, norm: str, customers: tuple[CustomerFacts, ...]) -> RouteDecision:
        match: CallerMatch = "unknown"
        if customers:
            match = "several" if len(customers) > 1 else "exact"
        return decide(CallerFacts(match, norm, "", customers), self._policy)

    async def _look_up(self, unknown: Identity, raw: str, name: str) -> Identity:
        try:
            async with asyncio.timeout(LOOK_UP_PATIENCE_S):
                return await self._directory.identify(raw, name)
        except (TimeoutError, SQLAlchemyError, OSError) as error:
            log.warning("caller_not_looked_up", number=unknown.caller.number, reason=repr(error))
            return unknown

    def _facts(self, identity: Identity, raw: str, dialled: str) -> CallerFacts:
        malformed = self._directory.number(raw).malformed
        return CallerFacts(
            match="malformed" if malformed else identity.caller.match,
            number=identity.caller.number,
            dialled=dialled,
            customers=identity.customers,
        )

    def _promise(self, user_id: UUID) -> bool:
        """True when they can be rung: for this caller, and for no other until they ring.

        Ringing ends the promise, and so does a caller who never gets as far, after a moment.
        """
        since, now = self._ready_since(user_id), self._clock.now()
        if since is None or user_id not in self._interfaces:
            return False
        promised = self._promised.get(user_id)
        if promised is not None and promised[0] == since and now < promised[1]:
            return False
        self._promised[user_id] = since, now + timedelta(seconds=PROMISE_S)
        return True
