"""The data that routing decides by, and the customers whose tier the switch must know by itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.tiers import Tier
from callcenter.store.queries import AnyRow
from callcenter.store.tables import contact_point, party, queue, routing_rule, tier, user


async def tiers(connection: AsyncConnection) -> list[Tier]:
    rows = await connection.execute(select(tier))
    return [Tier(row.code, row.rank, row.priority, row.is_default) for row in rows]


async def queues(connection: AsyncConnection) -> Sequence[AnyRow]:
    """name, domain, is_default; the default one first."""
    rows = await connection.execute(
        select(queue.c.name, queue.c.domain, queue.c.is_default).order_by(
            queue.c.is_default.desc(), queue.c.name
        )
    )
    return rows.all()


async def active_rules(connection: AsyncConnection) -> Sequence[AnyRow]:
    """name, filter, outcome; in the order they are tried."""
    rows = await connection.execute(
        select(routing_rule.c.name, routing_rule.c.filter, routing_rule.c.outcome)
        .where(routing_rule.c.active)
        .order_by(routing_rule.c.position, routing_rule.c.id)
    )
    return rows.all()


async def interfaces(connection: AsyncConnection) -> dict[UUID, str]:
    """The device of each active user who has one."""
    rows = await connection.execute(
        select(user.c.id, user.c.interface).where(user.c.active, user.c.interface.is_not(None))
    )
    return {row.id: row.interface for row in rows}


async def numbers_above_default(connection: AsyncConnection) -> Sequence[AnyRow]:
    """norm, tier, language of every number whose customer is of a tier that is not the default;
    rows of the same number one after the other.
    """
    point = contact_point.c
    rows = await connection.execute(
        select(point.norm, tier.c.code.label("tier"), party.c.language)
        .join(party, point.party_id == party.c.id)
        .join(tier, party.c.tier_id == tier.c.id)
        .where(
            point.kind == "phone",
            tier.c.is_default.is_(False),
            party.c.deleted_at.is_(None),
            party.c.merged_into_id.is_(None),
        )
        .order_by(point.norm)
    )
    return rows.all()
