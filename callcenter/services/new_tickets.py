"""How a ticket comes into the world, within the transaction of whatever caused it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor, Scope
from callcenter.services.errors import Invalid
from callcenter.store.ids import new_id
from callcenter.store.queries import audit, customers, tickets


@dataclass(frozen=True, slots=True)
class NewTicket:
    """`domain` is the queue's when it is not given, the default queue's when neither is."""

    subject: str
    party_id: UUID
    queue: str = ""
    domain: str = ""
    priority: int = 3
    call_id: UUID | None = None  # during which it was opened


async def may_open(connection: AsyncConnection, actor: Actor, party_id: UUID) -> bool:
    """Whether the actor may open a ticket for this customer."""
    if actor.scope("ticket", "create") is Scope.NONE:
        return False
    return await customers.find(connection, actor, party_id) is not None


async def open_ticket(
    connection: AsyncConnection, actor: Actor, new: NewTicket, now: datetime
) -> UUID:
    """The actor's own, audited. Raises Invalid for a queue or domain there is not."""
    queue_id, domain = await _place(connection, new.queue, new.domain)
    ticket_id = new_id()
    values = {
        "id": ticket_id,
        "owner_id": actor.user_id,
        "team_id": actor.team_id,
        "number": await tickets.next_number(connection),
        "subject": new.subject,
        "party_id": new.party_id,
        "queue_id": queue_id,
        "domain": domain,
        "priority": new.priority,
        "created_at": now,
        "updated_at": now,
    }
    await tickets.insert(connection, **values)
    await audit.record(
        connection,
        at=now,
        actor=actor,
        action="ticket.create",
        object_="ticket",
        object_id=str(ticket_id),
        after=values | {"call_id": new.call_id},
    )
    return ticket_id


async def _place(connection: AsyncConnection, queue: str, domain: str) -> tuple[UUID | None, str]:
    """(queue, domain) a new ticket belongs to."""
    if domain and domain not in (known := await tickets.domains(connection)):
        raise invalid_ticket({"domain": f"one of {', '.join(sorted(known))}"})
    if not queue:
        return None, domain or await tickets.default_domain(connection)
    row = await tickets.queue_of(connection, queue)
    if row is None:
        raise invalid_ticket({"queue": f"there is no queue {queue!r}"})
    return row.id, domain or row.domain


def invalid_ticket(fields: dict[str, str]) -> Invalid:
    return Invalid("invalid_ticket", "This ticket cannot be saved.", fields)
