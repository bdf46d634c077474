"""Customers: looked for, read, and made in a hurry while somebody is on the line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.names import MAX_NAME, name_key
from callcenter.domain.permissions import SYSTEM, Actor, Scope
from callcenter.domain.phone import Number
from callcenter.services.cards import badge, load
from callcenter.services.clock import Clock
from callcenter.services.directory import Directory
from callcenter.services.errors import Forbidden, Invalid, NotFound
from callcenter.services.news import News
from callcenter.services.records import (
    CustomerDetail,
    CustomerRow,
    NumberRow,
    PartyKind,
    TimelineEntry,
)
from callcenter.services.timelines import entry
from callcenter.store.database import Database
from callcenter.store.ids import new_id
from callcenter.store.queries import AnyRow, audit, tickets, timeline
from callcenter.store.queries import customers as queries

TIMELINE_LENGTH: Final = 50
_MIN_DIGITS: Final = 3
_ANY_ID: Final = UUID(int=(1 << 128) - 1)  # the last of a moment, whatever its id


class Customers:
    def __init__(self, database: Database, directory: Directory, clock: Clock, news: News) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._news = news

    async def search(self, actor: Actor, text: str, limit: int) -> Sequence[CustomerRow]:
        """By name, pinyin, company, code or the beginning or end of a number; best first."""
        async with self._database.read() as connection:
            found = await queries.search(
                connection,
                actor,
                text,
                digits=self._digits(text),
                country_code=self._directory.country_code,
                limit=limit,
            )
            numbers = await queries.numbers(connection, [row.id for row in found])
        first: dict[UUID, AnyRow] = {}
        for row in numbers:
            first.setdefault(row.party_id, row)
        return [self._row(row, first.get(row.id)) for row in found]

    async def get(self, actor: Actor, party_id: UUID) -> CustomerDetail:
        """Raises NotFound, also for a customer the actor may not read."""
        async with self._database.read() as connection:
            if await queries.find(connection, actor, party_id) is None:
                raise no_such_customer()
            return await self._detail(connection, actor, party_id)

    async def timeline(
        self,
        actor: Actor,
        party_id: UUID,
        *,
        kinds: Collection[str],
        before: datetime | None,
        before_id: UUID | None,
        limit: int,
    ) -> tuple[Sequence[TimelineEntry], bool]:
        """(entries, whether there are older ones), newest first; `kinds`: none means all.

        `before`, `before_id`: the entry after which the page begins. Raises NotFound.
        """
        mark = (before, before_id) if before else None
        async with self._database.read() as connection:
            if await queries.find(connection, actor, party_id) is None:
                raise no_such_customer()
            found = await timeline.of_customer(
                connection, actor, party_id, kinds=kinds, before=mark, limit=limit + 1
            )
        return [entry(row) for row in found[:limit]], len(found) > limit

    async def add_note(self, actor: Actor, party_id: UUID, body: str) -> TimelineEntry:
        """On the customer, for everybody who may read them. Raises NotFound, Forbidden."""
        now, note_id = self._clock.now(), new_id()
        async with self._database.begin() as connection:
            if await queries.find(connection, actor, party_id) is None:
                raise no_such_customer()
            if await queries.find(connection, actor, party_id, "update") is None:
                raise Forbidden("customer_update", "You may not change this customer.")
            values = {"id": note_id, "party_id": party_id, "body": body}
            await tickets.insert_note(connection, **values, at=now, author_id=actor.user_id)
            await self._audit(connection, actor, "note", party_id, values)
            made = await timeline.of_customer(
                connection, actor, party_id, kinds=("note",), before=(now, _ANY_ID), limit=1
            )
        self._news.changed("customer", party_id)
        return entry(made[0])

    async def quick_create(
        self, actor: Actor, *, name: str, number: str, kind: str = "person", company: str = ""
    ) -> CustomerDetail:
        """A customer with one number, in the default tier, the actor's own. The company is found
        by its name or made as well. The number may already be somebody else's.

        Raises Forbidden, Invalid.
        """
        if actor.scope("customer", "create") is Scope.NONE:
            raise Forbidden("customer_create", "You may not add customers.")
        name, company = name.strip(), company.strip()
        phone = self._checked(name, number, kind, company)
        async with self._database.begin() as connection:
            parent_id = await self._company(connection, actor, company)
            party_id = await self._insert(connection, actor, name, kind, parent_id)
            await queries.insert_number(
                connection,
                id=new_id(),
                party_id=party_id,
                kind="phone",
                raw=number.strip(),
                norm=phone.norm,
                rev=phone.rev,
                ext=phone.ext,
                primary=True,
                created_at=self._clock.now(),
            )
            after = {"name": name, "number": phone.norm, "kind": kind, "company": company}
            await self._audit(connection, actor, "create", party_id, after)
            made = await self._detail(connection, actor, party_id)
        await self._directory.refresh([party_id])
        return made

    async def _detail(
        self, connection: AsyncConnection, actor: Actor, party_id: UUID
    ) -> CustomerDetail:
        """For somebody of whom is known already that they may see this customer; of the calls
        and tickets they get those that they may read."""
        found = await queries.find(connection, SYSTEM, party_id)
        known = await connection.run_sync(load, [party_id], actor)
        if found is None or party_id not in known:
            raise no_such_customer()
        numbers = await queries.numbers(connection, [party_id])
        happened = await timeline.of_customer(
            connection, actor, party_id, limit=TIMELINE_LENGTH + 1
        )
        return CustomerDetail(
            id=party_id,
            kind=cast("PartyKind", found.kind),
            version=found.version,
            card=known[party_id].card,
            numbers=tuple(
                NumberRow(row.norm, self._directory.number(row.raw).display, row.ext, row.primary)
                for row in numbers
            ),
            timeline=tuple(map(entry, happened[:TIMELINE_LENGTH])),
            timeline_more=len(happened) > TIMELINE_LENGTH,
        )

    def _checked(self, name: str, number: str, kind: str, company: str) -> Number:
        phone = self._directory.number(number)
        wrong: dict[str, str] = {}
        if not 0 < len(name) <= MAX_NAME:
            wrong["name"] = f"1 to {MAX_NAME} letters"
        if len(company) > MAX_NAME:
            wrong["company"] = f"at most {MAX_NAME} letters"
        if kind not in {"person", "organisation"}:
            wrong["kind"] = "person or organisation"
        if len(phone.digits) < _MIN_DIGITS:
            wrong["number"] = "not a telephone number"
        elif self._directory.is_own(phone):
            wrong["number"] = "this is one of our own numbers"
        if wrong:
            raise Invalid("invalid_customer", "This customer cannot be saved.", wrong)
        return phone

    async def _company(
        self, connection: AsyncConnection, actor: Actor, company: str
    ) -> UUID | None:
        if not company:
            return None
        found = await queries.organisation_named(connection, actor, company)
        if found is not None:
            return found
        made = await self._insert(connection, actor, company, "organisation", None)
        after = {"name": company, "kind": "organisation"}
        await self._audit(connection, actor, "create", made, after)
        return made

    async def _audit(
        self,
        connection: AsyncConnection,
        actor: Actor,
        verb: str,
        party_id: UUID,
        after: dict[str, Any],
    ) -> None:
        await audit.record(
            connection,
            at=self._clock.now(),
            actor=actor,
            action=f"customer.{verb}",
            object_="customer",
            object_id=str(party_id),
            after=after,
        )

    async def _insert(
        self,
        connection: AsyncConnection,
        actor: Actor,
        name: str,
        kind: str,
        parent_id: UUID | None,
    ) -> UUID:
        party_id, now = new_id(), self._clock.now()
        await queries.insert(
            connection,
            id=party_id,
            owner_id=actor.user_id,
            team_id=actor.team_id,
            kind=kind,
            parent_id=parent_id,
            name=name,
            name_key=name_key(name),
            tier_id=await queries.default_tier(connection),
            created_at=now,
            updated_at=now,
        )
        return party_id

    def _digits(self, text: str) -> str:
        """The digits somebody looks for: of a number as it is stored, or of a piece of one."""
        number = self._directory.number(text)
        if number.kind == "e164":
            return number.digits
        bare = text.translate(str.maketrans("", "", " +-()./"))
        return bare if bare.isascii() and bare.isdigit() else ""

    def _row(self, row: AnyRow, number: AnyRow | None) -> CustomerRow:
        return CustomerRow(
            id=row.id,
            kind=cast("PartyKind", row.kind),
            name=row.name,
            company=row.company or "",
            tier=badge(row),
            number=number.norm if number else "",
            display=self._directory.number(number.raw).display if number else "",
        )


def no_such_customer() -> NotFound:
    return NotFound("no_such_customer", "There is no such customer.")
