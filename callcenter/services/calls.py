"""What people do with calls: read the log, say who it was, attach a ticket, write a note.

Rules (who may change a call at all: `services.call_changes`)
1. A note saved on a call of a known customer without a ticket opens one (first save), in the
   domain of the call's queue; its subject is the note's first line. Not when a person took the
   ticket off, nor when this one may not open tickets: the note is saved all the same.
2. Another customer means another ticket: their open one in the queue's domain, or none yet.
3. A ticket belongs to the call's customer.
4. One chooses among the customers and tickets that one may read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor
from callcenter.services import call_rows
from callcenter.services.call_changes import CallChanges, stale
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Invalid, NotFound
from callcenter.services.new_tickets import NewTicket, may_open, open_ticket
from callcenter.services.records import CallDetail, CallRow
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow, calls, customers, tickets

_SUBJECT: Final = 80


class Calls:
    def __init__(
        self,
        *,
        database: Database,
        directory: Directory,
        roster: Roster,
        clock: Clock,
        changes: CallChanges,
    ) -> None:
        self._database = database
        self._directory = directory
        self._roster = roster
        self._clock = clock
        self._changes = changes

    async def recent(
        self,
        actor: Actor,
        *,
        mine: bool,
        party_id: UUID | None,
        before: datetime | None,
        limit: int,
        undisposed: bool = False,
    ) -> Sequence[CallRow]:
        """Newest first. `undisposed`: one's own whose disposition is required and missing."""
        async with self._database.read() as connection:
            found = await calls.recent(
                connection,
                actor,
                mine=mine,
                undisposed=undisposed,
                party_id=party_id,
                before=before,
                limit=limit,
            )
        return [call_rows.row(one, self._directory) for one in found]

    async def get(self, actor: Actor, call_id: UUID) -> CallDetail:
        async with self._database.read() as connection:
            found = await calls.one(connection, actor, "read", call_id)
            if found is None:
                raise no_such_call()
            parts = await calls.parts(connection, actor, found)
        return call_rows.detail(found, parts, self._directory)

    async def update(
        self, actor: Actor, call_id: UUID, version: int, changes: Mapping[str, Any]
    ) -> CallDetail:
        """`changes`: party_id, ticket_id, note. Raises Conflict when `version` is not current."""
        after = await self._change(actor, call_id, changes, version)
        async with self._database.read() as connection:
            parts = await calls.parts(connection, actor, after)
        return call_rows.detail(after, parts, self._directory)

    async def choose_customer(self, actor: Actor, call_id: UUID, party_id: UUID) -> None:
        """Of several owners of the number, this one is calling (also while it still rings)."""
        await self._change(actor, call_id, {"party_id": party_id})

    async def set_note(
        self, actor: Actor, call_id: UUID, note: str, was: str | None = None
    ) -> None:
        """`was`: the note that this one was made of. Raises Conflict when it is another by now:
        somebody wrote in another window. None: whatever it is."""
        await self._change(actor, call_id, {"note": note}, note_was=was)

    async def _change(
        self,
        actor: Actor,
        call_id: UUID,
        given: Mapping[str, Any],
        version: int | None = None,
        note_was: str | None = None,
    ) -> AnyRow:
        """The call after it."""
        await self._changes.caught_up()
        async with self._database.begin() as connection:
            before = await self._changes.changeable(connection, actor, call_id)
            if before is None:
                raise no_such_call()
            if version is not None and version != before.version:
                raise stale()
            if note_was is not None and before.note not in (note_was, given["note"]):
                raise Conflict("note_changed", "Somebody else wrote a note there meanwhile.")
            wanted = await self.wanted(connection, actor, before, given)
            after = await self._changes.change(connection, actor, before, wanted)
        await self._changes.tell(before, after)
        return after

    async def wanted(
        self, connection: AsyncConnection, actor: Actor, before: AnyRow, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What is given, and what follows from it by the rules. Raises Invalid."""
        wanted = dict(given)
        if "ticket_id" in given:
            wanted["ticket_chosen"] = True
        party_id = given.get("party_id", before.party_id)
        is_another = party_id != before.party_id
        if is_another and party_id:
            await _check_customer(connection, actor, party_id)
        if given.get("ticket_id"):
            await _check_ticket(connection, actor, given["ticket_id"], party_id)
        elif is_another and "ticket_id" not in given:
            domain = self._domain_of(before)
            wanted["ticket_id"] = party_id and await tickets.most_urgent_open(
                connection, party_id, domain
            )
            wanted["ticket_chosen"] = False
        after = before._asdict() | wanted
        if "note" in given and party_id and not (after["ticket_id"] or after["ticket_chosen"]):
            wanted["ticket_id"] = await self._first_ticket(
                connection, actor, before, party_id, given["note"]
            )
        return wanted

    async def _first_ticket(
        self, connection: AsyncConnection, actor: Actor, call: AnyRow, party_id: UUID, note: str
    ) -> UUID | None:
        """Opened by the note; None when it says nothing or the actor may not open one."""
        if not note.strip() or not await may_open(connection, actor, party_id):
            return None
        new = NewTicket(
            subject=_first_line(note),
            party_id=party_id,
            queue=call.queue_name or "",
            domain=self._domain_of(call),
            call_id=call.id,
        )
        return await open_ticket(connection, actor, new, self._clock.now())

    def _domain_of(self, call: AnyRow) -> str:
        queue = self._roster.queue(call.queue_name or "")
        return queue.domain if queue else ""


def _first_line(note: str) -> str:
    line = note.strip().partition("\n")[0]
    return line if len(line) <= _SUBJECT else line[: _SUBJECT - 1] + "…"


async def _check_customer(connection: AsyncConnection, actor: Actor, party_id: UUID) -> None:
    if await customers.find(connection, actor, party_id) is None:
        raise Invalid("no_such_customer", "No such customer.", {"party_id": "unknown"})


async def _check_ticket(
    connection: AsyncConnection, actor: Actor, ticket_id: UUID, party_id: UUID | None
) -> None:
    found = await tickets.find(connection, actor, "read", ticket_id)
    if found is None:
        raise Invalid("no_such_ticket", "No such ticket.", {"ticket_id": "unknown"})
    if found.party_id != party_id:
        raise Invalid(
            "ticket_of_another",
            "That ticket belongs to another customer.",
            {"ticket_id": "another customer's"},
        )


def no_such_call() -> NotFound:
    return NotFound("no_such_call", "No such call.")
