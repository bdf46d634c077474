"""The work after a call, saved in one go: disposition, tags, note, ticket, callback, next task.

Rules
1. All of it or nothing: one transaction, and nothing is refused after the commit.
2. A disposition is a leaf of the tree, of the call's queue or of every queue; a call outside of any
   queue takes any. Where the queue requires one, the work is not done without it: neither is it
   saved, nor does an agent leave the wrap-up for the next call. The clock that ends a wrap-up is
   not stopped by that: the call then stays among the agent's open ones (`FiguresView.undisposed`).
3. The note takes the place of the one it was made of (`note_was`); what somebody wrote there
   meanwhile stays. It is kept in the call's ticket as well, where the ticket's readers look.
4. Saved twice (a page that did not hear the answer) it is there once: the ids of callback and task
   follow from the call and from what they say.
5. Who changes the call, and its ticket: as everywhere (`call_changes`, `calls`, `tickets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.notes import merged
from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.services import call_rows
from callcenter.services.call_changes import CallChanges
from callcenter.services.callbacks import LATE, Callbacks, NewCallback
from callcenter.services.calls import Calls, no_such_call
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotYet
from callcenter.services.live import Live
from callcenter.services.new_tickets import NewTicket, invalid_ticket, may_open, open_ticket
from callcenter.services.news import News
from callcenter.services.records import CallDetail
from callcenter.services.roster import Roster
from callcenter.services.tasks import Tasks, insert_task
from callcenter.services.tickets import Tickets
from callcenter.store.database import Database
from callcenter.store.queries import AnyRow, calls, customers, desk
from callcenter.store.queries import tasks as task_queries
from callcenter.store.queries import tickets as ticket_queries

log = structlog.get_logger(__name__)

Given = Mapping[str, Any]


@dataclass(slots=True)
class _Saved:
    """What a transaction made, to be told after it."""

    before: AnyRow
    after: AnyRow
    parts: calls.Parts = field(default_factory=calls.Parts)
    callback: AnyRow | None = None
    task: AnyRow | None = None


class WrapUps:
    def __init__(
        self,
        *,
        database: Database,
        directory: Directory,
        roster: Roster,
        live: Live,
        clock: Clock,
        news: News,
        changes: CallChanges,
        calls: Calls,
        tickets: Tickets,
        callbacks: Callbacks,
        tasks: Tasks,
    ) -> None:
        self._database = database
        self._directory = directory
        self._roster = roster
        self._live = live
        self._clock = clock
        self._news = news
        self._changes = changes
        self._calls = calls
        self._tickets = tickets
        self._callbacks = callbacks
        self._tasks = tasks

    async def save(self, actor: Actor, call_id: UUID, given: Given) -> CallDetail:
        """`given`: disposition_id, tags, note, note_was, callback {due_at, zone, number, owner,
        note}, task {body, due_at, owner}, ticket {id or subject, status}; what is left out stays.

        Raises NotFound, Forbidden, Invalid, Conflict, and NotYet while the log is behind.
        """
        await self._changes.caught_up()
        async with self._database.begin() as connection:
            before = await self._changes.changeable(connection, actor, call_id)
            if before is None:
                raise no_such_call()
            saved = await self._save(connection, actor, before, given)
        await self._tell(actor, saved)
        return call_rows.detail(saved.after, saved.parts, self._directory)

    async def expect_disposed(self, user_id: UUID) -> None:
        """Before an agent leaves the wrap-up by themselves. Raises Conflict when a call on their
        desk still lacks the disposition that its queue requires."""
        over = [
            call.id
            for call in self._live.snapshot(user_id).calls
            if call.state == "ended" and call.answered_at and self._requires(call.queue)
        ]
        if not over:
            return
        try:
            await self._changes.caught_up()
            async with self._database.read() as connection:
                lacking = await calls.lacks_disposition(connection, over)
        except (NotYet, SQLAlchemyError, OSError) as error:  # our trouble keeps nobody from working
            log.warning("dispositions_not_looked_at", reason=str(error))
            return
        if lacking:
            raise Conflict("disposition_required", "Say first how this call ended.")

    def _requires(self, queue: str) -> bool:
        info = self._roster.queues.get(queue)
        return info is not None and info.disposition_required

    # --- one transaction --------------------------------------------------------------------------

    async def _save(
        self, connection: AsyncConnection, actor: Actor, before: AnyRow, given: Given
    ) -> _Saved:
        changes: dict[str, Any] = {}
        if "disposition_id" in given:
            changes["disposition_id"] = given["disposition_id"]
            await _check_disposition(connection, before, given["disposition_id"])
        await self._expect_disposition(connection, before, changes)
        if "tags" in given:
            changes["tags"] = _tags(given["tags"])
        if "note" in given:
            changes["note"] = merged(before.note, given["note"], given.get("note_was"))
        ticket = given.get("ticket") or {}
        chosen = await self._chosen_ticket(connection, actor, before, ticket)
        if chosen is not None:
            changes["ticket_id"] = chosen
        wanted = await self._calls.wanted(connection, actor, before, changes)
        saved = _Saved(before, await self._changes.change(connection, actor, before, wanted))
        await self._in_ticket(connection, actor, saved.after, ticket, given.get("note", ""))
        if given.get("callback"):
            saved.callback = await self._promise(connection, actor, saved.after, given["callback"])
        if given.get("task"):
            saved.task = await self._next_task(connection, actor, saved.after, given["task"])
        saved.parts = await calls.parts(connection, actor, saved.after)
        return saved

    async def _expect_disposition(
        self, connection: AsyncConnection, before: AnyRow, changes: Given
    ) -> None:
        if changes.get("disposition_id", before.disposition_id) is not None:
            return
        if before.answered_at and await calls.requires_disposition(connection, before.id):
            raise Invalid(
                "disposition_required",
                "Say first how this call ended.",
                {"disposition_id": "required after calls of this queue"},
            )

    async def _chosen_ticket(
        self, connection: AsyncConnection, actor: Actor, before: AnyRow, ticket: Given
    ) -> UUID | None:
        """The one that is named, or a new one; None: the call's own, whichever that is. As with a
        note: without a customer, or for whom may not open one, there is none."""
        if ticket.get("id"):
            found: UUID = ticket["id"]
            return found
        subject = ticket.get("subject")
        if not subject or before.party_id is None:
            return None
        if not await may_open(connection, actor, before.party_id):
            return None
        if before.ticket_id is not None:  # saved before, and not heard of
            own = await ticket_queries.find(connection, SYSTEM, "read", before.ticket_id)
            if own is not None and own.subject == subject:
                number: UUID = own.id
                return number
        new = NewTicket(subject, before.party_id, queue=before.queue_name or "", call_id=before.id)
        return await open_ticket(connection, actor, new, self._clock.now())

    async def _in_ticket(
        self, connection: AsyncConnection, actor: Actor, after: AnyRow, ticket: Given, note: str
    ) -> None:
        status = ticket.get("status")
        if after.ticket_id is None:
            if status and not ticket.get("subject"):
                raise invalid_ticket({"status": "the call has no ticket"})
            return
        await self._tickets.keep_note(connection, actor, after.ticket_id, after.id, note)
        if status:
            await self._tickets.set_status(connection, actor, after.ticket_id, status)

    async def _promise(
        self, connection: AsyncConnection, actor: Actor, after: AnyRow, given: Given
    ) -> AnyRow:
        if actor.scope("callback", "create") is Scope.NONE:
            raise Forbidden("callback_create", "You may not promise callbacks.")
        number = given.get("number") or after.number
        zone = given.get("zone") or ""
        if not zone and after.party_id:
            party = await customers.find(connection, SYSTEM, after.party_id)
            zone = party.zone if party else ""
        new = NewCallback(
            number=number,
            due_at=given["due_at"],
            zone=zone,
            owner=given.get("owner", "me"),
            note=given.get("note", ""),
            party_id=after.party_id,
            queue_id=after.queue_id,
            call_id=after.id,
            ticket_id=after.ticket_id,
        )
        said = f"callback/{actor.user_id}/{number}/{new.due_at.isoformat()}"
        return await self._callbacks.insert(
            connection, actor, new, uuid5(after.id, said), late=LATE
        )

    async def _next_task(
        self, connection: AsyncConnection, actor: Actor, after: AnyRow, given: Given
    ) -> AnyRow:
        if actor.scope("task", "create") is Scope.NONE:
            raise Forbidden("task_create", "You may not make tasks.")
        task_id = uuid5(after.id, f"task/{actor.user_id}/{given['body']}")
        known = await task_queries.find(connection, SYSTEM, "read", task_id)
        if known is None:
            values = {
                "body": given["body"],
                "due_at": given.get("due_at"),
                "assignee_id": actor.user_id if given.get("owner", "me") == "me" else None,
                "party_id": after.party_id,
                "ticket_id": after.ticket_id,
                "call_id": after.id,
            }
            await insert_task(connection, actor, task_id, values, self._clock.now())
            known = await task_queries.find(connection, SYSTEM, "read", task_id)
        assert known is not None, "it was just made"
        return known

    # --- after it ---------------------------------------------------------------------------------

    async def _tell(self, actor: Actor, saved: _Saved) -> None:
        await self._changes.tell(saved.before, saved.after)
        if saved.after.ticket_id is not None:
            await self._tickets.tell(saved.after.ticket_id, saved.after.party_id)
        elif saved.after.party_id is not None:
            self._news.changed("customer", saved.after.party_id)
        if saved.callback is not None:
            self._callbacks.tell([saved.callback], actor)
        if saved.task is not None:
            self._tasks.tell(saved.task)
        if actor.user_id is not None:
            self._news.changed("figures", None, (actor.user_id,))


async def _check_disposition(
    connection: AsyncConnection, call: AnyRow, disposition_id: UUID | None
) -> None:
    if disposition_id is None:
        return
    found = await desk.find_disposition(connection, disposition_id)
    if found is None:
        raise _wrong("there is no such disposition")
    if found.branch:
        raise _wrong("choose one beneath it")
    if found.queue_id and call.queue_id and found.queue_id != call.queue_id:
        raise _wrong("it belongs to another queue")


def _wrong(why: str) -> Invalid:
    return Invalid(
        "invalid_disposition", "This call cannot end like that.", {"disposition_id": why}
    )


def _tags(given: tuple[str, ...]) -> list[str]:
    """Each once, however its letters are written, as it was written first."""
    once: dict[str, str] = {}
    for tag in given:
        once.setdefault(tag.casefold(), tag)
    return list(once.values())
