"""What people do with calls: read the log, say who it was, attach a ticket, write a note.

Rules
1. A call may be changed by whom the role allows, and by the agent on whose desk it lies now: the
   log learns of the answer a moment after the screen did.
2. A note saved on a call of a known customer without a ticket opens one (first save), in the
   domain of the call's queue; its subject is the note's first line.
3. Another customer means another ticket: their open one in the queue's domain, or none yet.
4. A ticket belongs to the call's customer.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from callcenter.domain.permissions import SYSTEM, Actor
from callcenter.services import call_rows
from callcenter.services.call_log import CallLog
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.services.live import Live
from callcenter.services.records import CallDetail, CallRow, TicketDetail
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow, audit, call_log, calls

_SUBJECT = 80


class TicketMaker(Protocol):
    async def create(
        self,
        actor: Actor,
        *,
        subject: str,
        party_id: UUID,
        queue: str,
        domain: str,
        priority: int,
        call_id: UUID | None,
    ) -> TicketDetail: ...


class Calls:
    def __init__(
        self,
        *,
        database: Database,
        log: CallLog,
        live: Live,
        directory: Directory,
        roster: Roster,
        tickets: TicketMaker,
        clock: Clock,
    ) -> None:
        self._database = database
        self._log = log
        self._live = live
        self._directory = directory
        self._roster = roster
        self._tickets = tickets
        self._clock = clock
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def recent(
        self,
        actor: Actor,
        *,
        mine: bool,
        party_id: UUID | None,
        before: datetime | None,
        limit: int,
    ) -> Sequence[CallRow]:
        """Newest first."""
        async with self._database.read() as connection:
            found = await calls.recent(
                connection, actor, mine=mine, party_id=party_id, before=before, limit=limit
            )
        return [call_rows.row(one, self._directory) for one in found]

    async def get(self, actor: Actor, call_id: UUID) -> CallDetail:
        async with self._database.read() as connection:
            found = await calls.one(connection, actor, "read", call_id)
            if found is None:
                raise _no_such_call()
            legs = await calls.legs(connection, call_id)
        return call_rows.detail(found, legs, self._directory)

    async def update(
        self, actor: Actor, call_id: UUID, version: int, changes: Mapping[str, Any]
    ) -> CallDetail:
        """`changes`: party_id, ticket_id, note. Raises Conflict when `version` is not current."""
        await self._change(actor, call_id, changes, version)
        return await self.get(actor, call_id)

    async def choose_customer(self, actor: Actor, call_id: UUID, party_id: UUID) -> None:
        """Of several owners of the number, this one is calling (also while it still rings)."""
        await self._change(actor, call_id, {"party_id": party_id})

    async def set_note(self, actor: Actor, call_id: UUID, note: str) -> None:
        await self._change(actor, call_id, {"note": note})

    async def _change(
        self,
        actor: Actor,
        call_id: UUID,
        changes: Mapping[str, Any],
        version: int | None = None,
    ) -> None:
        await self._log.caught_up()  # a call on the screen is in the log
        async with self._locks[call_id]:
            before, after = await self._commit(actor, call_id, changes, version)
            if after.note and not after.ticket_id and after.party_id and "note" in changes:
                await self._open_ticket(actor, after)
                async with self._database.read() as connection:
                    after = await _found(connection, call_id)
        if not self._locks[call_id].locked():
            del self._locks[call_id]
        await self._tell(before, after)

    async def _commit(
        self, actor: Actor, call_id: UUID, changes: Mapping[str, Any], version: int | None
    ) -> tuple[AnyRow, AnyRow]:
        """The call before and after."""
        async with self._database.begin() as connection:
            before = await self._may_change(connection, actor, call_id)
            values = {name: new for name, new in changes.items() if getattr(before, name) != new}
            party_id = values.get("party_id", before.party_id)
            if "party_id" in values:
                if party_id and not await calls.party_exists(connection, party_id):
                    raise Invalid("no_such_customer", "No such customer.", {"party_id": "unknown"})
                values.setdefault("ticket_id", None)
            if values.get("ticket_id"):
                await _check_ticket(connection, values["ticket_id"], party_id)
            if version is not None and version != before.version:
                raise _stale()
            if not values:
                return before, before
            if not await calls.change(connection, call_id, before.version, values):
                raise _stale()
            if values.get("party_id") and not values["ticket_id"]:
                await call_log.attach_open_tickets(connection, [self._domain_of(before)])
            after = await _found(connection, call_id)
            await audit.record(
                connection,
                at=self._clock.now(),
                actor=actor,
                action="call.update",
                object_="call",
                object_id=str(call_id),
                before={name: getattr(before, name) for name in values},
                after={name: getattr(after, name) for name in values},
            )
        return before, after

    async def _may_change(self, connection: Any, actor: Actor, call_id: UUID) -> AnyRow:
        on_desk = actor.user_id is not None and self._live.place(actor.user_id, call_id)
        asks = SYSTEM if on_desk else actor
        found = await calls.one(connection, asks, "update", call_id)
        if found is not None:
            return found
        if await calls.one(connection, actor, "read", call_id) is None:
            raise _no_such_call()
        raise Forbidden("not_your_call", "Only who had the call may change it.")

    async def _open_ticket(self, actor: Actor, call: AnyRow) -> None:
        first_line = call.note.strip().partition("\n")[0]
        subject = first_line if len(first_line) <= _SUBJECT else first_line[: _SUBJECT - 1] + "…"
        domain = self._domain_of(call)["ticket_domain"]
        await self._tickets.create(
            actor,
            subject=subject,
            party_id=call.party_id,
            queue=call.queue_name or "",
            domain=domain,
            priority=3,
            call_id=call.id,
        )

    def _domain_of(self, call: AnyRow) -> dict[str, Any]:
        queue = self._roster.queue(call.queue_name or "")
        return {"call_id": call.id, "ticket_domain": queue.domain if queue else ""}

    async def _tell(self, before: AnyRow, after: AnyRow) -> None:
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


async def _found(connection: Any, call_id: UUID) -> AnyRow:
    found = await calls.one(connection, SYSTEM, "read", call_id)
    if found is None:
        raise _no_such_call()
    return found


async def _check_ticket(connection: Any, ticket_id: UUID, party_id: UUID | None) -> None:
    found = await calls.ticket_party(connection, ticket_id)
    if found is None:
        raise Invalid("no_such_ticket", "No such ticket.", {"ticket_id": "unknown"})
    if found.party_id != party_id:
        raise Invalid(
            "ticket_of_another",
            "That ticket belongs to another customer.",
            {"ticket_id": "another customer's"},
        )


def _no_such_call() -> NotFound:
    return NotFound("no_such_call", "No such call.")


def _stale() -> Conflict:
    return Conflict("version_conflict", "Somebody else changed it meanwhile; look again.")
