"""Who calls in a demo, and which of our lines: the first ones show each way a number can match."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.tickets import OPEN
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.tables import contact_point, party, ticket, user

LINE: Final = "4001002000"
SALES_LINE: Final = "4001002001"
VIP_LINE: Final = "4001002002"
LINES: Final = (LINE, LINE, LINE, SALES_LINE, VIP_LINE)
"""As often as they are dialled."""

VIP_DOMAIN: Final = "support"  # of the VIP queue: its callers' tickets are found there
DEMO_AGENT: Final = "agent"
UNKNOWN: Final = ("+8613912340987", "")
WITHHELD: Final = ("", "")
ABROAD: Final = "+44"

Caller = tuple[str, str]
"""(number, name), as a carrier presents them."""


async def callers(database: Database, limit: int) -> list[Caller]:
    """Demo customers, for a simulated carrier to call from."""
    async with database.read() as connection:
        return await _primary(connection, limit=limit)


async def first_callers(database: Database) -> list[Caller]:
    """Those who should call first, in this order: a Platinum customer with a note and open tickets
    (who waits in a queue, because nobody signed in looks after them), a number of several owners,
    nobody's number, one that matches by its last digits, and a withheld one."""
    async with database.read() as connection:
        cared_for = select(user.c.id).where(user.c.login == DEMO_AGENT)
        platinum = await _primary(
            connection,
            party.c.tier_id == default_id("tier", "platinum"),
            party.c.note != "",
            party.c.parent_id.is_not(None),
            party.c.owner_id.not_in(cared_for),
            party.c.id.in_(_with_open_tickets(VIP_DOMAIN, 2)),
            contact_point.c.norm.in_(_shared_by(1)),
            limit=1,
        )
        several = await _primary(connection, contact_point.c.norm.in_(_shared_by(2)), limit=1)
        abroad = await _primary(
            connection,
            contact_point.c.norm.startswith(ABROAD),
            contact_point.c.norm.in_(_shared_by(1)),
            limit=1,
        )
    # As a carrier passes on a call from abroad that does not know where it came from.
    odd = [("0" + number.removeprefix(ABROAD), "") for number, _ in abroad]
    return [*platinum, *several, UNKNOWN, *odd, WITHHELD]


async def colleagues(database: Database) -> dict[UUID, str]:
    """user id → extension of the agents whom nobody can sign in as (they have no password): in a
    demo they are there to be consulted and to be given calls."""
    nobody = (user.c.active, user.c.password_hash == "", user.c.extension.is_not(None))
    async with database.read() as connection:
        rows = await connection.execute(select(user.c.id, user.c.extension).where(*nobody))
        return {row.id: row.extension for row in rows}


async def _primary(
    connection: AsyncConnection, *where: ColumnElement[bool], limit: int
) -> list[Caller]:
    point = contact_point.c
    rows = await connection.execute(
        select(point.norm, party.c.name)
        .join(party, point.party_id == party.c.id)
        .where(party.c.code.startswith("DEMO-"), point.primary, *where)
        .order_by(point.rev)  # as good as shuffled
        .limit(limit)
    )
    return [(row.norm, row.name) for row in rows]


def _with_open_tickets(domain: str, least: int) -> Select[*tuple[Any, ...]]:
    return (
        select(ticket.c.party_id)
        .where(ticket.c.status.in_(sorted(OPEN)), ticket.c.domain == domain)
        .group_by(ticket.c.party_id)
        .having(func.count() >= least)
    )


def _shared_by(owners: int) -> Select[*tuple[Any, ...]]:
    """Numbers that so many customers have."""
    point = contact_point.c
    return select(point.norm).group_by(point.norm).having(func.count() == owners)
