"""Tickets: what a customer wants done, until it is done.

Rules
1. A ticket belongs to one customer and to a domain (support, sales …), that of its queue.
2. A ticket made during a call takes the call with it, if the person may change the call; a call
   of another customer it does not.
3. Status, priority and subject change only from the version the person was looking at.
4. Notes never conflict: everybody's are kept, also on a ticket that is closed.
5. What is answered is read in the transaction that changed it: nothing is refused after a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.domain.tickets import MAX_NOTE, MAX_SUBJECT, NEXT, OPEN, PRIORITIES, may_become
from callcenter.services.call_changes import CallChanges, stale
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, NotFound
from callcenter.services.new_tickets import NewTicket, invalid_ticket, open_ticket
from callcenter.services.news import News
from callcenter.services.records import TicketDetail, TicketNote, TicketRow, TicketStatus
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, audit, customers
from callcenter.store.queries import tickets as queries


class Tickets:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Clock,
        calls: CallChanges,
        news: News,
    ) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._calls = calls
        self._news = news

    async def of_customer(self, actor: Actor, party_id: UUID, limit: int) -> Sequence[TicketRow]:
        """Newest first. Raises NotFound when the actor may not read the customer."""
        async with self._database.read() as connection:
            await _readable_customer(connection, actor, party_id)
            rows = await queries.of_customer(connection, actor, party_id, limit)
        return [TicketRow(**_fields(row)) for row in rows]

    async def get(self, actor: Actor, ticket_id: UUID) -> TicketDetail:
        """Raises NotFound, also for a ticket the actor may not read."""
        async with self._database.read() as connection:
            if await queries.find(connection, actor, "read", ticket_id) is None:
                raise _no_such_ticket()
            return await _detail(connection, ticket_id)

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
        new = NewTicket(subject, party_id, queue, domain, priority, call_id)
        if call_id is not None:
            await self._calls.caught_up()
        async with self._database.begin() as connection:
            await _readable_customer(connection, actor, party_id)
            call = await self._call_of(connection, actor, new)
            ticket_id = await open_ticket(connection, actor, new, self._clock.now())
            taken = call
            if call is not None:
                about = {"ticket_id": ticket_id, "ticket_chosen": True, "party_id": party_id}
                taken = await self._calls.change(connection, actor, call, about)
            made = await _detail(connection, ticket_id)
        if call is not None and taken is not None:
            await self._calls.tell(call, taken)
        await self.tell(ticket_id, party_id)
        return made

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
                raise stale()
            changed = await self._change(connection, actor, found, wanted)
            made = await _detail(connection, ticket_id)
        if changed:
            await self.tell(ticket_id, found.party_id)
        return made

    async def add_note(
        self, actor: Actor, ticket_id: UUID, body: str, call_id: UUID | None = None
    ) -> TicketDetail:
        """Raises NotFound, Forbidden, Invalid."""
        body = body.strip()
        if not 0 < len(body) <= MAX_NOTE:
            raise invalid_ticket({"body": f"1 to {MAX_NOTE} letters"})
        if call_id is not None:
            await self._calls.caught_up()
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
            made = await _detail(connection, ticket_id)
        await self.tell(ticket_id, found.party_id)
        return made

    # --- within the transaction of somebody else --------------------------------------------------

    async def set_status(
        self, connection: AsyncConnection, actor: Actor, ticket_id: UUID, status: str
    ) -> None:
        """Raises NotFound, Forbidden, and Conflict when it cannot become that."""
        found = await self._changeable(connection, actor, ticket_id)
        await self._change(connection, actor, found, {"status": status})

    async def keep_note(
        self, connection: AsyncConnection, actor: Actor, ticket_id: UUID, call_id: UUID, body: str
    ) -> None:
        """What the actor wrote during that call, once: a longer one takes the place of its own
        beginning. Nothing when they may not write into this ticket."""
        found = await queries.find(connection, actor, "update", ticket_id)
        if found is None or not body:
            return
        former = await queries.note_of_call(connection, ticket_id, call_id, actor.user_id)
        if former is not None and body.startswith(former.body):
            if body != former.body:
                await queries.replace_note(connection, former.id, body)
            return
        values = {"id": new_id(), "ticket_id": ticket_id, "call_id": call_id, "body": body}
        await queries.insert_note(
            connection,
            **values,
            at=self._clock.now(),
            author_id=actor.user_id,
            party_id=found.party_id,
        )
        await self._audit(connection, actor, "note", ticket_id, after=values)

    async def tell(self, ticket_id: UUID, party_id: UUID | None) -> None:
        """After the commit: cards, and whoever looks at the ticket or its customer."""
        if party_id is not None:
            await self._directory.refresh([party_id])
            self._news.changed("customer", party_id)
        self._news.changed("ticket", ticket_id)

    async def _call_of(
        self, connection: AsyncConnection, actor: Actor, new: NewTicket
    ) -> AnyRow | None:
        """The call that the ticket takes with it, if there is one. Raises Forbidden, Invalid."""
        if new.call_id is None:
            return None
        call = await self._calls.changeable(connection, actor, new.call_id)
        if call is None:
            raise invalid_ticket({"call_id": "there is no such call"})
        if call.party_id not in {None, new.party_id}:
            raise invalid_ticket({"call_id": "this call was with another customer"})
        return call

    async def _changeable(
        self, connection: AsyncConnection, actor: Actor, ticket_id: UUID
    ) -> AnyRow:
        if await queries.find(connection, actor, "read", ticket_id) is None:
            raise _no_such_ticket()
        found = await queries.find(connection, actor, "update", ticket_id)
        if found is None:
            raise Forbidden("ticket_update", "You may not change this ticket.")
        return found

    async def _change(
        self,
        connection: AsyncConnection,
        actor: Actor,
        found: AnyRow,
        wanted: Mapping[str, Any],
    ) -> bool:
        """Whether anything is different now. Raises Conflict."""
        values = {name: new for name, new in wanted.items() if getattr(found, name) != new}
        if not values:
            return False
        now = self._clock.now()
        stamps: dict[str, Any] = {"updated_at": now}
        status = values.get("status")
        if status is not None:
            if not may_become(found.status, status):
                message = f"A ticket that is {found.status} cannot become {status}."
                raise Conflict("ticket_status", message)
            stamps["closed_at"] = None if status in OPEN else now
        if not await queries.change(connection, found.id, found.version, values | stamps):
            raise stale()
        before = {name: getattr(found, name) for name in values}
        await self._audit(connection, actor, "update", found.id, before=before, after=values)
        return True

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
        raise invalid_ticket(wrong)


async def _readable_customer(connection: AsyncConnection, actor: Actor, party_id: UUID) -> None:
    if await customers.find(connection, actor, party_id) is None:
        raise NotFound("no_such_customer", "There is no such customer.")


async def _check_call(
    connection: AsyncConnection, actor: Actor, call_id: UUID, party_id: UUID | None
) -> None:
    found = await queries.call_of(connection, actor, call_id)
    if found is None:
        raise invalid_ticket({"call_id": "there is no such call"})
    if found.party_id not in {None, party_id}:
        raise invalid_ticket({"call_id": "this call was with another customer"})


async def _detail(connection: AsyncConnection, ticket_id: UUID) -> TicketDetail:
    """For somebody of whom is known already that they may see it."""
    found = await queries.find(connection, SYSTEM, "read", ticket_id)
    if found is None:
        raise _no_such_ticket()
    notes = await queries.notes(connection, ticket_id)
    return TicketDetail(
        **_fields(found),
        notes=tuple(
            TicketNote(row.id, row.at, row.author or "", row.body, row.call_id) for row in notes
        ),
        changed_by=await audit.last_actor(connection, "ticket.update", "ticket", str(ticket_id)),
    )


def _fields(row: AnyRow) -> dict[str, Any]:
    return dict(row._mapping) | {
        "party_name": row.party_name or "",
        "status": cast("TicketStatus", row.status),
    }


def _no_such_ticket() -> NotFound:
    return NotFound("no_such_ticket", "There is no such ticket.")
