"""Tickets: what a customer wants done, until it is done.

Rules
1. A ticket belongs to one customer and to a domain (support, sales …), that of its queue.
2. A ticket made during a call takes the call with it; a call of another customer it does not.
3. Status, priority and subject change only from the version the person was looking at.
4. Notes never conflict: everybody's are kept, also on a ticket that is closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor, Scope
from callcenter.domain.tickets import MAX_NOTE, MAX_SUBJECT, NEXT, OPEN, PRIORITIES, may_become
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.services.records import TicketDetail, TicketNote, TicketRow, TicketStatus
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, audit, customers
from callcenter.store.queries import tickets as queries

Attached = Callable[[UUID, UUID], None]
"""Told (call, ticket) after the commit that attached them."""

CaughtUp = Callable[[], Awaitable[None]]
"""Returns once every call that is on a screen is in the database."""


class Tickets:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Clock,
        *,
        caught_up: CaughtUp,
        attached: Attached,
    ) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._caught_up = caught_up
        self._attached = attached

    async def of_customer(self, actor: Actor, party_id: UUID, limit: int) -> Sequence[TicketRow]:
        """Newest first. Raises NotFound when the actor may not read the customer."""
        async with self._database.read() as connection:
            await _readable_customer(connection, actor, party_id)
            rows = await queries.of_customer(connection, actor, party_id, limit)
        return [TicketRow(**_fields(row)) for row in rows]

    async def get(self, actor: Actor, ticket_id: UUID) -> TicketDetail:
        """Raises NotFound, also for a ticket the actor may not read."""
        async with self._database.read() as connection:
            found = await queries.find(connection, actor, "read", ticket_id)
            if found is None:
                raise _no_such_ticket()
            notes = await queries.notes(connection, ticket_id)
        return TicketDetail(
            **_fields(found),
            notes=tuple(
                TicketNote(row.id, row.at, row.author or "", row.body, row.call_id) for row in notes
            ),
        )

    async def create(
        self,
        actor: Actor,
        *,
        subject: str,
        party_id: UUID,
        queue: str = "",
        domain: str = "",
        priority: int = 3,
        call_id: UUID | None = None,
    ) -> TicketDetail:
        """`domain` is the queue's when it is not given, the default queue's when neither is.

        Raises Forbidden, Invalid; NotFound when the actor may not read the customer.
        """
        if actor.scope("ticket", "create") is Scope.NONE:
            raise Forbidden("ticket_create", "You may not open tickets.")
        subject = subject.strip()
        _check({"subject": subject, "priority": priority})
        if call_id is not None:
            await self._caught_up()
        async with self._database.begin() as connection:
            await _readable_customer(connection, actor, party_id)
            if call_id is not None:
                await _check_call(connection, actor, call_id, party_id)
            queue_id, domain = await _place(connection, queue, domain)
            now = self._clock.now()
            ticket_id = new_id()
            values = {
                "id": ticket_id,
                "owner_id": actor.user_id,
                "team_id": actor.team_id,
                "number": await queries.next_number(connection),
                "subject": subject,
                "party_id": party_id,
                "queue_id": queue_id,
                "domain": domain,
                "priority": priority,
                "created_at": now,
                "updated_at": now,
            }
            await queries.insert(connection, **values)
            if call_id is not None:
                await queries.attach_call(connection, call_id, ticket_id, party_id)
            await self._audit(
                connection, actor, "create", ticket_id, after=values | {"call_id": call_id}
            )
        if call_id is not None:
            self._attached(call_id, ticket_id)
        await self._directory.refresh([party_id])
        return await self.get(actor, ticket_id)

    async def update(
        self, actor: Actor, ticket_id: UUID, version: int, changes: Mapping[str, Any]
    ) -> TicketDetail:
        """`changes`: status, priority, subject.

        Raises NotFound, Forbidden, Invalid, and Conflict when `version` is not current or the
        status cannot become what is wanted.
        """
        wanted = {
            name: value.strip() if name == "subject" else value for name, value in changes.items()
        }
        _check(wanted)
        async with self._database.begin() as connection:
            found = await self._changeable(connection, actor, ticket_id)
            if found.version != version:
                raise _stale()
            values = {name: new for name, new in wanted.items() if getattr(found, name) != new}
            if values:
                before = {name: getattr(found, name) for name in values}
                await self._change(connection, found, values)
                await self._audit(
                    connection, actor, "update", ticket_id, before=before, after=values
                )
        await self._refresh(found.party_id)
        return await self.get(actor, ticket_id)

    async def add_note(
        self, actor: Actor, ticket_id: UUID, body: str, call_id: UUID | None = None
    ) -> TicketDetail:
        """Raises NotFound, Forbidden, Invalid."""
        body = body.strip()
        if not 0 < len(body) <= MAX_NOTE:
            raise _invalid({"body": f"1 to {MAX_NOTE} letters"})
        if call_id is not None:
            await self._caught_up()
        async with self._database.begin() as connection:
            found = await self._changeable(connection, actor, ticket_id)
            if call_id is not None:
                await _check_call(connection, actor, call_id, found.party_id)
            values = {"id": new_id(), "ticket_id": ticket_id, "call_id": call_id, "body": body}
            await queries.insert_note(
                connection,
                **values,
                at=self._clock.now(),
                author_id=actor.user_id,
                party_id=found.party_id,
            )
            await self._audit(connection, actor, "note", ticket_id, after=values)
        return await self.get(actor, ticket_id)

    async def _changeable(
        self, connection: AsyncConnection, actor: Actor, ticket_id: UUID
    ) -> AnyRow:
        found = await queries.find(connection, actor, "update", ticket_id)
        if found is not None:
            return found
        if await queries.find(connection, actor, "read", ticket_id) is None:
            raise _no_such_ticket()
        raise Forbidden("ticket_update", "You may not change this ticket.")

    async def _change(
        self, connection: AsyncConnection, found: AnyRow, values: dict[str, Any]
    ) -> None:
        now = self._clock.now()
        stamps: dict[str, Any] = {"updated_at": now}
        status = values.get("status")
        if status is not None:
            if not may_become(found.status, status):
                message = f"A ticket that is {found.status} cannot become {status}."
                raise Conflict("ticket_status", message)
            stamps["closed_at"] = None if status in OPEN else now
        if not await queries.change(connection, found.id, found.version, values | stamps):
            raise _stale()

    async def _audit(
        self,
        connection: AsyncConnection,
        actor: Actor,
        verb: str,
        ticket_id: UUID,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        await audit.record(
            connection,
            at=self._clock.now(),
            actor=actor,
            action=f"ticket.{verb}",
            object_="ticket",
            object_id=str(ticket_id),
            before=before,
            after=after,
        )

    async def _refresh(self, party_id: UUID | None) -> None:
        if party_id is not None:
            await self._directory.refresh([party_id])


def _check(values: Mapping[str, Any]) -> None:
    wrong: dict[str, str] = {}
    if "subject" in values and not 0 < len(values["subject"]) <= MAX_SUBJECT:
        wrong["subject"] = f"1 to {MAX_SUBJECT} letters"
    if "priority" in values and values["priority"] not in PRIORITIES:
        wrong["priority"] = "1 (urgent) to 4 (low)"
    if "status" in values and values["status"] not in NEXT:
        wrong["status"] = f"one of {', '.join(NEXT)}"
    unknown = values.keys() - {"subject", "priority", "status"}
    wrong |= dict.fromkeys(unknown, "cannot be changed")
    if wrong:
        raise _invalid(wrong)


async def _readable_customer(connection: AsyncConnection, actor: Actor, party_id: UUID) -> None:
    if await customers.find(connection, actor, party_id) is None:
        raise NotFound("no_such_customer", "There is no such customer.")


async def _check_call(
    connection: AsyncConnection, actor: Actor, call_id: UUID, party_id: UUID | None
) -> None:
    found = await queries.call_of(connection, actor, call_id)
    if found is None:
        raise _invalid({"call_id": "there is no such call"})
    if found.party_id not in {None, party_id}:
        raise _invalid({"call_id": "this call was with another customer"})


async def _place(connection: AsyncConnection, queue: str, domain: str) -> tuple[UUID | None, str]:
    """(queue, domain) a new ticket belongs to."""
    if domain and domain not in (known := await queries.domains(connection)):
        raise _invalid({"domain": f"one of {', '.join(sorted(known))}"})
    if not queue:
        return None, domain or await queries.default_domain(connection)
    row = await queries.queue_of(connection, queue)
    if row is None:
        raise _invalid({"queue": f"there is no queue {queue!r}"})
    return row.id, domain or row.domain


def _fields(row: AnyRow) -> dict[str, Any]:
    return dict(row._mapping) | {
        "party_name": row.party_name or "",
        "status": cast("TicketStatus", row.status),
    }


def _invalid(fields: Mapping[str, str]) -> Invalid:
    return Invalid("invalid_ticket", "This ticket cannot be saved.", fields)


def _no_such_ticket() -> NotFound:
    return NotFound("no_such_ticket", "There is no such ticket.")


def _stale() -> Conflict:
    return Conflict("version_conflict", "Somebody else changed it meanwhile; look again.")
