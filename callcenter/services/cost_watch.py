"""Tells an agent that the money for today's calls to the outside is nearly spent.

A call that goes on is not cut, whatever it costs: a customer is on the line who does not know of
our limits, and what a hijacked account can still spend is bounded: it dials nothing further. All
of the call counts, what lies beyond the limit, too; so the next number is refused at once
(`services.dial_policy`).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.feed import Feed
from callcenter.services.clock import Clock
from callcenter.services.dial_policy import DialPolicy
from callcenter.services.outside_calls import OutsideCalls
from callcenter.services.views import NoticeView

log = structlog.get_logger(__name__)

AHEAD_S: Final = 60.0
LOOK_S: Final = 5.0  # and so much earlier, at the most, the agent is told


class CostWatch:
    def __init__(self, policy: DialPolicy, outside: OutsideCalls, feed: Feed, clock: Clock) -> None:
        self._policy = policy
        self._outside = outside
        self._feed = feed
        self._clock = clock
        self._told: set[tuple[UUID, UUID]] = set()  # (agent, call)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Nothing is looked at where no limit is set."""
        if self._policy.limits_cost:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Tells each agent, once for each call, a minute before it goes beyond the limit."""
        going_on = {(one.user_id, one.call_id) for one in self._outside.connections()}
        self._told &= going_on
        at = self._clock.now() + timedelta(seconds=AHEAD_S + LOOK_S)
        for user_id in {user_id for user_id, call_id in going_on - self._told}:
            if not await self._policy.is_over(user_id, at):
                continue
            self._told |= {one for one in going_on if one[0] == user_id}
            told = NoticeView(
                "daily_cost_near",
                "In about a minute your calls to the outside have cost what they may today. This"
                " one goes on; further numbers are refused.",
            )
            self._feed.publish(frozenset((user_id,)), "notice", told)

    async def _run(self) -> None:
        while True:
            woken = asyncio.Event()
            timer = self._clock.call_later(LOOK_S, woken.set)
            try:
                await woken.wait()
                await self.look()
            except (SQLAlchemyError, OSError) as error:  # the database is away: later
                log.warning("costs_not_looked_at", reason=str(error))
            finally:
                timer.cancel()
