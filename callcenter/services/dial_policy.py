"""Whether an agent may have this number dialled: what it is, how often they dial, what it costs.

`domain.dialling` says what may be dialled at all. An agent's account that somebody else has got
hold of is held back by two more limits: so many numbers outside in a minute, and so much money in
a day. The first is counted here; the second is what the log says of today, and the connections
that go on (`services.outside_calls`). A call that goes on beyond the limit is not cut: why, is in
`services.cost_watch`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.domain.dialling import DialRules, NotDialable, Target, Tariffs, dialable
from callcenter.services.clock import Clock
from callcenter.services.errors import Conflict, Invalid
from callcenter.services.figures import midnight
from callcenter.services.outside_calls import OutsideCalls
from callcenter.services.roster import Roster
from callcenter.services.throttle import Throttle
from callcenter.store.database import Database
from callcenter.store.queries import dial_costs

_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class DialLimits:
    """Per agent; 0 is no limit. `daily_cost` is in minor units, as the tariffs are."""

    per_minute: int = 0
    daily_cost: int = 0
    tariffs: Tariffs = field(default_factory=Tariffs)


class DialPolicy:
    def __init__(
        self,
        rules: DialRules,
        limits: DialLimits,
        *,
        roster: Roster,
        outside: OutsideCalls,
        database: Database,
        clock: Clock,
        zone: str = "",
    ) -> None:
        """`zone` (IANA; "" is the machine's): where the day of the money begins."""
        self._zone = ZoneInfo(zone) if zone else None
        self._rules = rules
        self._limits = limits
        self._roster = roster
        self._outside = outside
        self._database = database
        self._clock = clock
        self._dials = Throttle(limits.per_minute, _WINDOW_S)

    async def target(self, user_id: UUID, typed: str, field: str) -> Target:
        """Where `typed` leads. Raises Invalid, which names `field`, or Conflict: a limit."""
        try:
            target = dialable(typed, self._rules, self._roster.extensions())
        except NotDialable as error:
            raise Invalid(error.code, str(error), {field: str(error)}) from None
        if not target.internal:
            self._count(user_id)
            await self._check_cost(user_id, target.number)
        return target

    @property
    def limits_cost(self) -> bool:
        return self._limits.daily_cost > 0

    async def is_over(self, user_id: UUID, at: datetime) -> bool:
        """Whether the day's money will not do if what goes on goes on until `at`."""
        return self.limits_cost and await self.spent(user_id, at) > self._limits.daily_cost

    async def spent(self, user_id: UUID, until: datetime | None = None) -> int:
        """Today, in minor units: what is over, and what goes on as if it ended `until` (now)."""
        until, tariffs = until or self._clock.now(), self._limits.tariffs
        since = midnight(self._clock.now(), self._zone)
        async with self._database.read() as connection:
            dialled = await dial_costs.dialled_since(connection, user_id, since)
            passed_on = await dial_costs.passed_on_since(connection, user_id, since)
        total = sum(
            tariffs.cost(row.dialled, (row.ended_at - row.answered_at).total_seconds())
            for row in dialled
        )
        seat = self._roster.seat(user_id)
        interface = seat.interface if seat else ""
        for row in passed_on:
            numbers = [one["to"] for one in row.transfers if one["by"] == interface]
            total += max((tariffs.cost(one, row.seconds) for one in numbers), default=0)
        for one in self._outside.connections():
            if one.user_id == user_id:
                total += tariffs.cost(one.number, (until - one.since).total_seconds())
        return total

    def _count(self, user_id: UUID) -> None:
        """Before anything is waited for, so that orders given at the same time all count."""
        if not self._limits.per_minute:
            return
        key, now = str(user_id), self._clock.now().timestamp()
        wait_s = self._dials.wait_s(key, now)
        if wait_s > 0:
            raise Conflict(
                "too_many_dials", f"Too many numbers in one minute. Wait {ceil(wait_s)} s."
            )
        self._dials.count(key, now)

    async def _check_cost(self, user_id: UUID, number: str) -> None:
        limits = self._limits
        one_minute = limits.tariffs.cost(number, 60)
        if not limits.daily_cost or not one_minute:
            return
        if await self.spent(user_id) + one_minute > limits.daily_cost:
            raise Conflict(
                "daily_cost_reached",
                "What your calls to the outside may cost today is spent; ask your supervisor.",
            )
