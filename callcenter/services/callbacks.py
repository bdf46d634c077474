"""Callbacks: calls that were promised, to whom, by when, and who makes them.

Rules
1. A callback is its owner's; one without an owner is for the agents of its queue, or for everybody
   when it has none.
2. Taking one (`owner` "me") names the version that was seen, so of two who dial at the same moment
   one is told that the other was faster.
3. A due time lies in the future when it is set; after a call it may have come meanwhile: what was
   typed while we were away is kept (`LATE`).
4. It is done by the call that reached the number (`store.queries.callbacks.kept_by_call`, in the
   commit of the call log), or by hand. What is done or cancelled may be made pending again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.permissions import Actor, Scope
from callcenter.services.call_changes import stale
from callcenter.services.cards import badge
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Forbidden, Invalid, NotFound
from callcenter.services.news import News
from callcenter.services.records import CallbackRow, CallbackStatus
from callcenter.services.roster import Roster
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, audit, customers, desk
from callcenter.store.queries import callbacks as queries
from callcenter.store.queries import tickets as ticket_queries

LATE: Final = timedelta(hours=1)
FARTHEST: Final = timedelta(days=2 * 365)
_A_MOMENT: Final = timedelta(minutes=1)  # clocks differ, and saving takes a while
_MIN_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class NewCallback:
    """`number` as somebody wrote it; `owner` "me" or "anyone"; `zone` "" is the customer's."""

    number: str
    due_at: datetime
    zone: str = ""
    owner: str = "me"
    note: str = ""
    party_id: UUID | None = None
    queue_id: UUID | None = None
    call_id: UUID | None = None
    ticket_id: UUID | None = None


class Callbacks:
    def __init__(
        self,
        *,
        database: Database,
        directory: Directory,
        roster: Roster,
        clock: Clock,
        news: News,
    ) -> None:
        self._database = database
        self._directory = directory
        self._roster = roster
        self._clock = clock
        self._news = news
        self._listeners: list[Callable[[], object]] = []

    def subscribe(self, listener: Callable[[], object]) -> None:
        """Called when callbacks have changed, after the commit."""
        self._listeners.append(listener)

    async def listed(self, actor: Actor, state: str, limit: int) -> Sequence[CallbackRow]:
        """The first due first. `state`: "due" (one's own and one's queues', now), "mine", "open"
        (all that one may see)."""
        due_by = self._clock.now() if state == "due" else None
        async with self._database.read() as connection:
            found = await queries.pending(
                connection, actor, mine=state == "mine", due_by=due_by, limit=limit
            )
        return [self._row(one) for one in found]

    async def create(self, actor: Actor, given: Mapping[str, Any]) -> CallbackRow:
        """`given`: number, due_at, zone, owner, note, party_id, queue (its name), call_id,
        ticket_id; what a call knows is taken from it. Raises Forbidden, Invalid."""
        if actor.scope("callback", "create") is Scope.NONE:
            raise Forbidden("callback_create", "You may not promise callbacks.")
        async with self._database.begin() as connection:
            new = await _about(connection, actor, given)
            made = await self.insert(connection, actor, new, new_id(), late=_A_MOMENT)
        self.tell([made], actor)
        return self._row(made)

    async def insert(
        self,
        connection: AsyncConnection,
        actor: Actor,
        new: NewCallback,
        callback_id: UUID,
        *,
        late: timedelta,
    ) -> AnyRow:
        """Within the transaction of whatever caused it, audited; once per id. Raises Invalid.

        `late`: by how much the due time may have passed.
        """
        known = await queries.one(connection, callback_id)
        if known is not None:
            return known
        now = self._clock.now()
        norm = self._number(new.number)
        _check_due(new.due_at, now, late)
        values = {
            "id": callback_id,
            "owner_id": actor.user_id if new.owner == "me" else None,
            "team_id": actor.team_id,
            "number": norm,
            "due_at": new.due_at,
            "zone": new.zone,
            "note": new.note,
            "party_id": new.party_id,
            "queue_id": new.queue_id,
            "call_id": new.call_id,
            "ticket_id": new.ticket_id,
        }
        await queries.insert(connection, **values, created_at=now, updated_at=now)
        await self._audit(connection, actor, "create", callback_id, None, values)
        made = await queries.one(connection, callback_id)
        assert made is not None, "it was just made"
        return made

    async def update(
        self, actor: Actor, callback_id: UUID, version: int, changes: Mapping[str, Any]
    ) -> CallbackRow:
        """`changes`: due_at, zone, owner, status, note.

        Raises NotFound, Forbidden, Invalid, and Conflict when `version` is not current.
        """
        now = self._clock.now()
        wanted = dict(changes)
        if "due_at" in wanted:
            _check_due(wanted["due_at"], now, _A_MOMENT)
        if "owner" in wanted:
            wanted["owner_id"] = actor.user_id if wanted.pop("owner") == "me" else None
        if "status" in wanted:
            wanted |= {"done_at": now if wanted["status"] == "done" else None, "done_call_id": None}
        async with self._database.begin() as connection:
            before = await self._changeable(connection, actor, callback_id)
            if before.version != version:
                raise stale()
            if wanted.get("status") == before.status:
                for name in ("status", "done_at", "done_call_id"):
                    del wanted[name]
            values = {name: new for name, new in wanted.items() if getattr(before, name) != new}
            if values:
                stamped = values | {"updated_at": now}
                if not await queries.change(connection, callback_id, version, stamped):
                    raise stale()
                former = {name: getattr(before, name) for name in values}
                await self._audit(connection, actor, "update", callback_id, former, values)
            after = await queries.one(connection, callback_id)
        assert after is not None, "nobody deletes callbacks"
        if values:
            self.tell([before, after], actor)
        return self._row(after)

    def tell(self, changed: Collection[AnyRow], actor: Actor | None = None) -> None:
        """After the commit: whose list it stands on, or stood on. Also when one falls due."""
        for listener in self._listeners:
            listener()
        users: set[UUID] = {actor.user_id} if actor and actor.user_id else set()
        for one in changed:
            concerned = self._concerned(one)
            if concerned is None:
                self._news.changed("callbacks")
                return
            users |= concerned
        self._news.changed("callbacks", None, users)

    def _concerned(self, one: AnyRow) -> set[UUID] | None:
        """None: everybody."""
        if one.owner_id is not None:
            return {one.owner_id}
        if one.queue is None:
            return None
        return {seat.user_id for seat in self._roster.seats() if one.queue in seat.queues}

    async def _changeable(
        self, connection: AsyncConnection, actor: Actor, callback_id: UUID
    ) -> AnyRow:
        if await queries.find(connection, actor, "read", callback_id) is None:
            raise NotFound("no_such_callback", "There is no such callback.")
        found = await queries.find(connection, actor, "update", callback_id)
        if found is None:
            raise Forbidden("callback_update", "You may not change this callback.")
        return found

    def _number(self, raw: str) -> str:
        """As it is stored and dialled: E.164, or digits."""
        number = self._directory.number(raw)
        if len(number.digits) < _MIN_DIGITS:
            raise _invalid({"number": "not a telephone number"})
        if self._directory.is_own(number):
            raise _invalid({"number": "this is one of our own numbers"})
        return number.norm

    async def _audit(
        self,
        connection: AsyncConnection,
        actor: Actor,
        verb: str,
        callback_id: UUID,
        before: dict[str, Any] | None,
        after: dict[str, Any],
    ) -> None:
        await audit.record(
            connection,
            at=self._clock.now(),
            actor=actor,
            action=f"callback.{verb}",
            object_="callback",
            object_id=str(callback_id),
            before=before,
            after=after,
        )

    def _row(self, found: AnyRow) -> CallbackRow:
        return CallbackRow(
            id=found.id,
            party_id=found.party_id,
            party_name=found.party_name or "",
            tier=badge(found),
            number=found.number,
            display=self._directory.number(found.number).display,
            due_at=found.due_at,
            zone=found.zone,
            queue=found.queue or "",
            owner_id=found.owner_id,
            owner=found.owner or "",
            note=found.note,
            status=cast("CallbackStatus", found.status),
            call_id=found.call_id,
            ticket_id=found.ticket_id,
            version=found.version,
        )


async def _about(
    connection: AsyncConnection, actor: Actor, given: Mapping[str, Any]
) -> NewCallback:
    """What is given, checked, and what the call behind it adds."""
    wrong: dict[str, str] = {}
    about = {name: given.get(name) for name in ("party_id", "call_id", "ticket_id")}
    queue_id = None
    if given.get("queue"):
        queue_id = await desk.queue_named(connection, given["queue"])
        if queue_id is None:
            wrong["queue"] = f"there is no queue {given['queue']!r}"
    if about["call_id"]:
        call = await ticket_queries.call_of(connection, actor, about["call_id"])
        if call is None:
            wrong["call_id"] = "there is no such call"
        else:
            queue_id = queue_id or call.queue_id
            about["party_id"] = about["party_id"] or call.party_id
    if about["ticket_id"]:
        ticket = await ticket_queries.find(connection, actor, "read", about["ticket_id"])
        if ticket is None:
            wrong["ticket_id"] = "there is no such ticket"
        else:
            about["party_id"] = about["party_id"] or ticket.party_id
    zone = given.get("zone") or ""
    if about["party_id"]:
        party = await customers.find(connection, actor, about["party_id"])
        if party is None:
            wrong["party_id"] = "there is no such customer"
        else:
            zone = zone or party.zone
    if wrong:
        raise _invalid(wrong)
    return NewCallback(
        number=given["number"],
        due_at=given["due_at"],
        zone=zone,
        owner=given.get("owner", "me"),
        note=given.get("note", ""),
        queue_id=queue_id,
        **about,
    )


def _check_due(due_at: datetime, now: datetime, late: timedelta) -> None:
    if due_at < now - late:
        raise _invalid({"due_at": "this time is over"})
    if due_at > now + FARTHEST:
        raise _invalid({"due_at": "within two years"})


def _invalid(fields: dict[str, str]) -> Invalid:
    return Invalid("invalid_callback", "This callback cannot be saved.", fields)
