"""The one way in which people change a call: who may, as they saw it, audited, and then shown.

Rules
1. A call may be changed by whom the role allows, and by the agent on whose desk it lies now: the
   log learns of the answer a moment after the screen did. Whoever talked in it may change it as
   their own, also when others had it before and after them.
2. What cannot be read cannot be changed.
3. The row is locked from the look at it to the commit: of two who write at the same moment the
   second sees what the first one wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, NotYet
from callcenter.services.live import Live
from callcenter.store.queries import AnyRow, audit, calls

LOG_DEADLINE_S: Final = 5.0
"""A person waits this long for the log to catch up with the screen, and is then told."""


class CallChanges:
    def __init__(
        self,
        *,
        live: Live,
        directory: Directory,
        clock: Clock,
        caught_up: Callable[[], Awaitable[None]],
        deadline_s: float = LOG_DEADLINE_S,
    ) -> None:
        """`caught_up` returns once every call that is on a screen is in the database."""
        self._live = live
        self._directory = directory
        self._clock = clock
        self._caught_up = caught_up
        self._deadline_s = deadline_s

    async def caught_up(self) -> None:
        """Before the transaction: a call on the screen is in the log. Raises NotYet."""
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._caught_up()
        except TimeoutError:
            raise NotYet(
                "log_behind", "The call log is behind; nothing was changed, try again in a moment."
            ) from None

    async def changeable(
        self, connection: AsyncConnection, actor: Actor, call_id: UUID
    ) -> AnyRow | None:
        """The call, locked. None when there is none for this actor's eyes; raises Forbidden."""
        await calls.lock(connection, call_id)
        if actor.user_id is not None and self._live.place(actor.user_id, call_id):
            return await calls.one(connection, SYSTEM, "update", call_id)
        if await calls.one(connection, actor, "read", call_id) is None:
            return None
        found = await calls.one(connection, actor, "update", call_id)
        if found is None and await _had(connection, actor, call_id):
            found = await calls.one(connection, SYSTEM, "update", call_id)
        if found is None:
            raise Forbidden("not_your_call", "Only who had the call may change it.")
        return found

    async def change(
        self,
        connection: AsyncConnection,
        actor: Actor,
        before: AnyRow,
        wanted: Mapping[str, Any],
    ) -> AnyRow:
        """The call after it. `wanted` holds columns; those that stay as they were cost nothing."""
        values = {name: new for name, new in wanted.items() if getattr(before, name) != new}
        if not values:
            return before
        if not await calls.change(connection, before.id, before.version, values):
            raise stale()
        after = await calls.one(connection, SYSTEM, "read", before.id)
        assert after is not None, "it is locked"
        await audit.record(
            connection,
            at=self._clock.now(),
            actor=actor,
            action="call.update",
            object_="call",
            object_id=str(before.id),
            before={name: getattr(before, name) for name in values},
            after=values,
        )
        return after

    async def tell(self, before: AnyRow, after: AnyRow) -> None:
        """Screens and cards, after the commit."""
        live = self._live.call(after.id)
        if live is not None:
            if before.party_id != after.party_id:
                card = await self._directory.card(after.party_id) if after.party_id else None
                caller = replace(live.caller, card=card)
                self._live.customer_chosen(after.id, after.party_id, caller)
            if before.ticket_id != after.ticket_id or before.party_id != after.party_id:
                self._live.set_ticket(after.id, after.ticket_id)
            self._live.set_note(after.id, after.note)
        await self._directory.refresh({before.party_id, after.party_id} - {None})


async def _had(connection: AsyncConnection, actor: Actor, call_id: UUID) -> bool:
    if actor.user_id is None or actor.scope("call", "update") is Scope.NONE:
        return False
    return await calls.had(connection, actor.user_id, call_id)


def stale() -> Conflict:
    return Conflict("changed_meanwhile", "Somebody else changed it meanwhile; look again.")
