"""Whose number is it, and what does a screen need to know of them: the look-ups behind a pop.

Every function costs a fixed number of indexed queries, however many customers there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import and_, desc, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.phone import Number
from callcenter.domain.tickets import OPEN
from callcenter.store.queries import AnyRow
from callcenter.store.tables import call, contact_point, party, ticket, tier, user

MAX_OWNERS: Final = 20
"""A switchboard's number may belong to hundreds; a chooser shows this many."""

RECENT_CALLS: Final = 3

_ALIVE = and_(party.c.deleted_at.is_(None), party.c.merged_into_id.is_(None))


async def owners(connection: AsyncConnection, number: Number) -> tuple[bool, list[UUID]]:
    """(exact, customers) of a number: those who have exactly it, else those who share its last
    nine digits. One range of one index finds both.
    """
    point = contact_point.c
    if number.suffix:
        place = and_(point.rev >= number.suffix, point.rev < _after(number.suffix))
    else:
        place = point.norm == number.norm
    exact = (point.norm == number.norm).label("exact")
    rows = await connection.execute(
        select(point.party_id, exact)
        .join(party, point.party_id == party.c.id)
        .where(point.kind == "phone", place, _ALIVE)
        .order_by(desc("exact"), point.party_id)
        .limit(MAX_OWNERS)
    )
    found = rows.all()
    is_exact = bool(found and found[0].exact)
    return is_exact, list(dict.fromkeys(row.party_id for row in found if row.exact == is_exact))


def _after(digits: str) -> str:
    """The first string behind all that begin with these digits (":" follows "9")."""
    return digits[:-1] + chr(ord(digits[-1]) + 1)


async def exact_owners(connection: AsyncConnection, norms: Collection[str]) -> Sequence[AnyRow]:
    """(norm, party_id) for many numbers at once, at most `MAX_OWNERS` of each wanted."""
    rows = await connection.execute(
        select(contact_point.c.norm, contact_point.c.party_id)
        .join(party, contact_point.c.party_id == party.c.id)
        .where(contact_point.c.kind == "phone", contact_point.c.norm.in_(norms), _ALIVE)
        .order_by(contact_point.c.norm, contact_point.c.party_id)
    )
    return rows.all()


async def numbers_of(connection: AsyncConnection, party_ids: Collection[UUID]) -> Sequence[str]:
    """The stored form of every number of these customers."""
    rows = await connection.scalars(
        select(contact_point.c.norm)
        .where(contact_point.c.kind == "phone", contact_point.c.party_id.in_(party_ids))
        .distinct()
    )
    return rows.all()


async def numbers_lately(connection: AsyncConnection, limit: int) -> Sequence[str]:
    """Numbers of the customers something happened to last: whom to have in memory first."""
    latest = (
        select(party.c.id).where(_ALIVE).order_by(party.c.updated_at.desc()).limit(limit).subquery()
    )
    rows = await connection.scalars(
        select(contact_point.c.norm)
        .join(latest, contact_point.c.party_id == latest.c.id)
        .where(contact_point.c.kind == "phone")
        .distinct()
        .limit(limit)
    )
    return rows.all()


async def people(connection: AsyncConnection, party_ids: Collection[UUID]) -> Sequence[AnyRow]:
    """Name, company, tier, owner … of these customers."""
    company = party.alias("company")
    owner = user.alias("owner")
    rows = await connection.execute(
        select(
            party.c.id,
            party.c.name,
            party.c.language,
            party.c.zone,
            party.c.note,
            party.c.owner_id,
            company.c.name.label("company"),
            owner.c.name.label("owner"),
            tier.c.code.label("tier_code"),
            tier.c.name.label("tier_name"),
            tier.c.rank.label("tier_rank"),
        )
        .outerjoin(company, party.c.parent_id == company.c.id)
        .outerjoin(owner, party.c.owner_id == owner.c.id)
        .outerjoin(tier, party.c.tier_id == tier.c.id)
        .where(party.c.id.in_(party_ids), _ALIVE)
    )
    return rows.all()


async def recent_calls(
    connection: AsyncConnection, party_ids: Collection[UUID]
) -> Sequence[AnyRow]:
    """The last finished calls of each of these customers, newest first."""
    place = func.row_number().over(partition_by=call.c.party_id, order_by=call.c.started_at.desc())
    ranked = (
        select(call.c.id, place.label("place"))
        .where(call.c.party_id.in_(party_ids), call.c.result.is_not(None))
        .subquery()
    )
    rows = await connection.execute(
        select(
            call.c.party_id,
            call.c.started_at,
            call.c.direction,
            call.c.result,
            call.c.connected_s,
            call.c.note,
            call.c.last_agent_id,
            user.c.name.label("agent"),
        )
        .join(ranked, call.c.id == ranked.c.id)
        .outerjoin(user, call.c.last_agent_id == user.c.id)
        .where(ranked.c.place <= RECENT_CALLS)
        .order_by(call.c.started_at.desc())
    )
    return rows.all()


async def open_tickets(
    connection: AsyncConnection, party_ids: Collection[UUID]
) -> Sequence[AnyRow]:
    """Open tickets of these customers, most urgent first, older before newer."""
    rows = await connection.execute(
        select(
            ticket.c.party_id,
            ticket.c.id,
            ticket.c.number,
            ticket.c.subject,
            ticket.c.status,
            ticket.c.priority,
            ticket.c.domain,
            ticket.c.created_at,
        )
        .where(
            ticket.c.party_id.in_(party_ids),
            ticket.c.status.in_(OPEN),
            ticket.c.deleted_at.is_(None),
        )
        .order_by(ticket.c.priority, ticket.c.created_at)
    )
    return rows.all()
