"""Agents' states in memory: `domain.agents` applied, published, and kept in time.

The wrap-up clock ticks here, on the server: a hidden browser tab throttles its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from callcenter.domain import agents
from callcenter.domain.agents import Input, Status
from callcenter.feed import Feed
from callcenter.services.clock import Clock, Timer
from callcenter.services.roster import Roster
from callcenter.services.views import AgentView

Listener = Callable[[UUID, Status, Status], None]
"""Called with (user, before, after) for every change, `then` included; must not raise or block."""


class Presence:
    def __init__(self, roster: Roster, feed: Feed, clock: Clock) -> None:
        self._roster = roster
        self._feed = feed
        self._clock = clock
        self._began = clock.now()
        self._statuses: dict[UUID, Status] = {}
        self._timers: dict[UUID, Timer] = {}
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def status(self, user_id: UUID) -> Status:
        return self._statuses.get(user_id) or agents.signed_out(self._began)

    def ready_since(self, user_id: UUID) -> datetime | None:
        status = self.status(user_id)
        return status.since if status.state == "ready" else None

    def view(self, user_id: UUID) -> AgentView:
        return self._view(user_id, self.status(user_id))

    def busy(self, user_id: UUID) -> bool:
        """With a call, or with the work after it."""
        return self.status(user_id).state in agents.BUSY

    def restore(self, statuses: Mapping[UUID, Status]) -> None:
        """What a former run left, before anything else happens. Raises ValueError afterwards."""
        for user_id, status in statuses.items():
            if user_id in self._statuses:
                raise ValueError("their state is known already")
            self._enter(user_id, self.status(user_id), status)

    def roster_changed(self) -> None:
        """Screens show a name, an extension, queues: tell them what these are now."""
        for user_id in self._statuses:
            self._feed.publish(frozenset((user_id,)), "agent", self.view(user_id))

    def apply(
        self,
        user_id: UUID,
        given: Input,
        *,
        reason: str = "",
        wrap_until: datetime | None = None,
        extra_s: float = 0.0,
    ) -> Status:
        """Step, publish to the agent's own screen, tell listeners.

        Raises InvalidTransition when the agent's state does not know this input.
        """
        before, now = self.status(user_id), self._clock.now()
        after = agents.step(
            before, given, now, reason=reason, wrap_until=wrap_until, extra_s=extra_s
        )
        if after is not before:
            self._enter(user_id, before, after)
        return after

    def _enter(self, user_id: UUID, before: Status, after: Status) -> None:
        self._statuses[user_id] = after
        self._set_timer(user_id, after)
        view = self._view(user_id, after)
        if view != self._view(user_id, before):
            self._feed.publish(frozenset((user_id,)), "agent", view)
        for listener in self._listeners:
            listener(user_id, before, after)

    def _set_timer(self, user_id: UUID, status: Status) -> None:
        timer = self._timers.pop(user_id, None)
        if timer is not None:
            timer.cancel()
        if status.state == "wrap_up" and status.until is not None:
            left = (status.until - self._clock.now()).total_seconds()
            self._timers[user_id] = self._clock.call_later(
                left, lambda: self._wrap_up_over(user_id, status)
            )

    def _wrap_up_over(self, user_id: UUID, status: Status) -> None:
        if self.status(user_id).until == status.until:
            self.apply(user_id, Input.WRAP_UP_ENDED)

    def _view(self, user_id: UUID, status: Status) -> AgentView:
        seat = self._roster.seat(user_id)
        pause = self._roster.reasons.get(status.reason)
        return AgentView(
            user_id=user_id,
            name=seat.name if seat else "",
            extension=seat.extension if seat else "",
            state=status.state,
            # While a call lasts: why the agent will not be ready after it ("" when they will be).
            reason=status.then_reason if status.state in agents.BUSY else status.reason,
            since=status.since,
            until=status.until,
            afterwards=status.then,
            queues=seat.queues if seat else (),
            may_extend=status.state == "wrap_up" and status.extra_s > 0,
            limit_at=agents.limit_at(status, pause.allowed_minutes if pause else None),
        )
