"""Tasks: what is to be done next for a customer, by whom, until when.

Rules
1. A task belongs to whom it is assigned; one assigned to nobody is anybody's who may change it.
2. What it is about (customer, ticket, call) must be readable to who writes it.
3. Done is done once: whoever ticks it off later changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.services.clock import Clock
from callcenter.services.errors import Forbidden, Invalid, NotFound
from callcenter.services.news import News
from callcenter.services.records import TaskRow
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, audit, customers
from callcenter.store.queries import tasks as queries
from callcenter.store.queries import tickets as ticket_queries


class Tasks:
    def __init__(self, database: Database, clock: Clock, news: News) -> None:
        self._database = database
        self._clock = clock
        self._news = news

    async def listed(
        self, actor: Actor, *, mine: bool, party_id: UUID | None, done: bool, limit: int
    ) -> Sequence[TaskRow]:
        """The first due first, those without a time last."""
        async with self._database.read() as connection:
            found = await queries.listed(
                connection, actor, mine=mine, party_id=party_id, done=done, limit=limit
            )
        return [_row(one) for one in found]

    async def create(
        self,
        actor: Actor,
        *,
        body: str,
        due_at: datetime | None,
        owner: str,
        party_id: UUID | None,
        ticket_id: UUID | None,
        call_id: UUID | None,
    ) -> TaskRow:
        """`owner`: "me" or "anyone". Raises Forbidden, Invalid."""
        if actor.scope("task", "create") is Scope.NONE:
            raise Forbidden("task_create", "You may not make tasks.")
        about = {"party_id": party_id, "ticket_id": ticket_id, "call_id": call_id}
        async with self._database.begin() as connection:
            about = await _readable(connection, actor, about)
            values = {"body": body, "due_at": due_at, "assignee_id": _assignee(actor, owner)}
            task_id = await insert_task(
                connection, actor, new_id(), values | about, self._clock.now()
            )
            made = await queries.find(connection, SYSTEM, "read", task_id)
        assert made is not None, "it was just made"
        self.tell(made)
        return _row(made)

    async def update(self, actor: Actor, task_id: UUID, changes: Mapping[str, Any]) -> TaskRow:
        """`changes`: body, done, due_at, owner. Raises NotFound, Forbidden."""
        wanted = dict(changes)
        if "owner" in wanted:
            wanted["assignee_id"] = _assignee(actor, wanted.pop("owner"))
        async with self._database.begin() as connection:
            await queries.lock(connection, task_id)
            before = await queries.find(connection, actor, "read", task_id)
            if before is None:
                raise NotFound("no_such_task", "There is no such task.")
            if await queries.find(connection, actor, "update", task_id) is None:
                raise Forbidden("task_update", "You may not change this task.")
            if "done" in wanted:
                now = before.done_at or self._clock.now()
                wanted["done_at"] = now if wanted.pop("done") else None
            values = {name: new for name, new in wanted.items() if getattr(before, name) != new}
            if values:
                await queries.change(connection, task_id, values)
                former = {name: getattr(before, name) for name in values}
                await _audit(
                    connection, actor, "update", task_id, self._clock.now(), former, values
                )
            after = await queries.find(connection, SYSTEM, "read", task_id)
        assert after is not None, "it is locked"
        if values:
            self.tell(before)
            self.tell(after)
        return _row(after)

    def tell(self, task: AnyRow) -> None:
        """After the commit: who has it on their list, and who looks at the customer."""
        people = {task.assignee_id, task.author_id} - {None}
        self._news.changed("tasks", None, people if task.assignee_id else None)
        if task.party_id:
            self._news.changed("customer", task.party_id)


async def insert_task(
    connection: AsyncConnection,
    actor: Actor,
    task_id: UUID,
    values: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Within the transaction of whatever caused it; audited."""
    about = {"id": task_id, **values}
    await queries.insert(connection, **about, at=now, author_id=actor.user_id)
    await _audit(connection, actor, "create", task_id, now, None, about)
    return task_id


async def _audit(
    connection: AsyncConnection,
    actor: Actor,
    verb: str,
    task_id: UUID,
    now: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    await audit.record(
        connection,
        at=now,
        actor=actor,
        action=f"task.{verb}",
        object_="task",
        object_id=str(task_id),
        before=before,
        after=after,
    )


async def _readable(
    connection: AsyncConnection, actor: Actor, about: dict[str, UUID | None]
) -> dict[str, UUID | None]:
    """What the task is about; its customer is the ticket's, or the call's, when none is named."""
    found = dict(about)
    wrong: dict[str, str] = {}
    if about["ticket_id"]:
        ticket = await ticket_queries.find(connection, actor, "read", about["ticket_id"])
        if ticket is None:
            wrong["ticket_id"] = "there is no such ticket"
        else:
            found["party_id"] = found["party_id"] or ticket.party_id
            if found["party_id"] != ticket.party_id:
                wrong["ticket_id"] = "this ticket is another customer's"
    if about["call_id"]:
        call = await ticket_queries.call_of(connection, actor, about["call_id"])
        if call is None:
            wrong["call_id"] = "there is no such call"
        else:
            found["party_id"] = found["party_id"] or call.party_id
    party_id = about["party_id"]
    if party_id and await customers.find(connection, actor, party_id) is None:
        wrong["party_id"] = "there is no such customer"
    if wrong:
        raise Invalid("invalid_task", "This task cannot be saved.", wrong)
    return found


def _assignee(actor: Actor, owner: str) -> UUID | None:
    return actor.user_id if owner == "me" else None


def _row(found: AnyRow) -> TaskRow:
    return TaskRow(
        id=found.id,
        at=found.at,
        body=found.body,
        due_at=found.due_at,
        done_at=found.done_at,
        party_id=found.party_id,
        party_name=found.party_name or "",
        ticket_id=found.ticket_id,
        ticket_number=found.ticket_number,
        call_id=found.call_id,
        assignee_id=found.assignee_id,
        assignee=found.assignee or "",
        author=found.author or "",
    )
