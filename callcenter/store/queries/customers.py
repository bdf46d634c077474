"""Customers as people look for them and read about them; every query sees what the actor may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.names import fold, name_key
from callcenter.domain.permissions import Actor
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import customers_of
from callcenter.store.tables import contact_point, party, tier

_ALIVE = and_(party.c.deleted_at.is_(None), party.c.merged_into_id.is_(None))

MIN_SEARCHED_DIGITS = 3


async def find(
    connection: AsyncConnection, actor: Actor, party_id: UUID, action: str = "read"
) -> AnyRow | None:
    """id, kind, version, zone of a customer to whom the actor may do this."""
    rows = await connection.execute(
        select(party.c.id, party.c.kind, party.c.version, party.c.zone).where(
            party.c.id == party_id, _ALIVE, customers_of(actor, action)
        )
    )
    return rows.first()


async def search(
    connection: AsyncConnection,
    actor: Actor,
    text: str,
    *,
    digits: str,
    country_code: str,
    limit: int,
) -> Sequence[AnyRow]:
    """Customers whose name, pinyin, company or code holds `text`, or whose number ends or begins
    with `digits`; those whose name begins with it first. Without both: the latest ones.
    """
    company = party.alias("company")
    key = fold(text)
    fits: list[Any] = [party.c.name_key.contains(key, autoescape=True)]
    if key:
        fits.append(company.c.name_key.contains(key, autoescape=True))
        fits.append(party.c.code == text)
    if len(digits) >= MIN_SEARCHED_DIGITS:
        fits.append(party.c.id.in_(_with_digits(digits, country_code)))
    begins = case((party.c.name_key.startswith(key, autoescape=True), 0), else_=1)
    order = (begins, party.c.name_key) if key else (party.c.updated_at.desc(),)
    rows = await connection.execute(
        select(
            party.c.id,
            party.c.kind,
            party.c.name,
            company.c.name.label("company"),
            tier.c.code.label("tier_code"),
            tier.c.name.label("tier_name"),
            tier.c.rank.label("tier_rank"),
        )
        .outerjoin(company, party.c.parent_id == company.c.id)
        .outerjoin(tier, party.c.tier_id == tier.c.id)
        .where(_ALIVE, customers_of(actor, "read"), or_(*fits))
        .order_by(*order, party.c.id)
        .limit(limit)
    )
    return rows.all()


def _with_digits(digits: str, country_code: str) -> Any:
    """Numbers that end with these digits, or begin with them, abroad or at home."""
    point = contact_point.c
    national = f"+{country_code}{digits.lstrip('0')}"
    places = [_begins(point.rev, digits[::-1])]
    places += [_begins(point.norm, start) for start in (digits, f"+{digits}", national)]
    return select(point.party_id).where(point.kind == "phone", or_(*places))


def _begins(column: ColumnElement[str], start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + ":")  # ":" follows "9"


async def numbers(connection: AsyncConnection, party_ids: Collection[UUID]) -> Sequence[AnyRow]:
    """party_id, raw, norm, ext, primary; each customer's primary number first."""
    point = contact_point.c
    rows = await connection.execute(
        select(point.party_id, point.raw, point.norm, point.ext, point.primary)
        .where(point.party_id.in_(party_ids), point.kind == "phone")
        .order_by(point.primary.desc(), point.id)
    )
    return rows.all()


async def organisation_named(connection: AsyncConnection, actor: Actor, name: str) -> UUID | None:
    """The oldest organisation of that name (however its letters are written)."""
    rows = await connection.execute(
        select(party.c.id)
        .where(
            party.c.kind == "organisation",
            party.c.name_key == name_key(name),
            _ALIVE,
            customers_of(actor, "read"),
        )
        .order_by(party.c.created_at, party.c.id)
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def default_tier(connection: AsyncConnection) -> UUID | None:
    rows = await connection.execute(select(tier.c.id).where(tier.c.is_default).limit(1))
    return rows.scalar_one_or_none()


async def insert(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(party.insert().values(**values))


async def insert_number(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(contact_point.insert().values(**values))
