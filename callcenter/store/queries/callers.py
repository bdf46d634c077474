"""Whose number is it, and what does a screen need to know of them: the look-ups behind a pop.

Every function costs a fixed number of indexed queries, however many customers there are. They are
synchronous, for `Database.query`: a caller waits for them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    desc,
    func,
    select,
    true,
)

from callcenter.domain.permissions import Actor, Scope
from callcenter.domain.phone import Number
from callcenter.domain.tickets import OPEN
from callcenter.store.queries import AnyRow
from callcenter.store.scopes import calls_of, tickets_of
from callcenter.store.tables import call, contact_point, party, ticket, tier, user

MAX_OWNERS: Final = 20
"""A switchboard's number may belong to hundreds; a chooser shows this many."""

RECENT_CALLS: Final = 3

_ALIVE = and_(party.c.deleted_at.is_(None), party.c.merged_into_id.is_(None))


# Built once: putting these together takes longer than running them.

_NORM: Final = bindparam("norm", type_=contact_point.c.norm.type)
_PARTY_IDS: Final[BindParameter[Any]] = bindparam("party_ids", expanding=True)


def _owners(place: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    point = contact_point.c
    return (
        select(point.party_id, (point.norm == _NORM).label("exact"))
        .join(party, point.party_id == party.c.id)
        .where(point.kind == "phone", place, _ALIVE)
        .order_by(desc("exact"), point.party_id)
        .limit(MAX_OWNERS)
    )


_OWNERS_BY_SUFFIX: Final = _owners(
    and_(
        contact_point.c.rev >= bindparam("first"),
        contact_point.c.rev < bindparam("behind"),
    )
)
_OWNERS_BY_NORM: Final = _owners(contact_point.c.norm == _NORM)

_company = party.alias("company")
_owner = user.alias("owner")
_PEOPLE: Final = (
    select(
        party.c.id,
        party.c.name,
        party.c.language,
        party.c.zone,
        party.c.note,
        party.c.owner_id,
        _company.c.name.label("company"),
        _owner.c.name.label("owner"),
        tier.c.code.label("tier_code"),
        tier.c.name.label("tier_name"),
        tier.c.rank.label("tier_rank"),
    )
    .outerjoin(_company, party.c.parent_id == _company.c.id)
    .outerjoin(_owner, party.c.owner_id == _owner.c.id)
    .outerjoin(tier, party.c.tier_id == tier.c.id)
    .where(party.c.id.in_(_PARTY_IDS), _ALIVE)
)


def _recent_calls(may: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    ranked = (
        select(
            call.c.id,
            func.row_number()
            .over(partition_by=call.c.party_id, order_by=call.c.started_at.desc())
            .label("place"),
        )
        .where(call.c.party_id.in_(_PARTY_IDS), call.c.result.is_not(None), may)
        .subquery()
    )
    return (
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


def _open_tickets(may: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
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
            ticket.c.party_id.in_(_PARTY_IDS),
            ticket.c.status.in_(OPEN),
            ticket.c.deleted_at.is_(None),
            may,
        )
        .order_by(ticket.c.priority, ticket.c.created_at)
    )


_RECENT_CALLS: Final = _recent_calls(true())
_OPEN_TICKETS: Final = _open_tickets(true())


def owners(connection: Connection, number: Number) -> tuple[bool, list[UUID]]:
    """(exact, customers) of a number: those who have exactly it, else those who share its last
    nine digits. One range of one index finds both.
    """
    if number.suffix:
        place = {"first": number.suffix, "behind": _after(number.suffix)}
        rows = connection.execute(_OWNERS_BY_SUFFIX, place | {"norm": number.norm})
    else:
        rows = connection.execute(_OWNERS_BY_NORM, {"norm": number.norm})
    found = rows.all()
    is_exact = bool(found and found[0].exact)
    return is_exact, list(dict.fromkeys(row.party_id for row in found if row.exact == is_exact))


def _after(digits: str) -> str:
    """The first string behind all that begin with these digits (":" follows "9")."""
    return digits[:-1] + chr(ord(digits[-1]) + 1)


def exact_owners(connection: Connection, norms: Collection[str]) -> Sequence[AnyRow]:
    """(norm, party_id) for many numbers at once, at most `MAX_OWNERS` of each wanted."""
    rows = connection.execute(
        select(contact_point.c.norm, contact_point.c.party_id)
        .join(party, contact_point.c.party_id == party.c.id)
        .where(contact_point.c.kind == "phone", contact_point.c.norm.in_(norms), _ALIVE)
        .order_by(contact_point.c.norm, contact_point.c.party_id)
    )
    return rows.all()


def numbers_of(connection: Connection, party_ids: Collection[UUID]) -> Sequence[str]:
    """The stored form of every number of these customers."""
    rows = connection.scalars(
        select(contact_point.c.norm)
        .where(contact_point.c.kind == "phone", contact_point.c.party_id.in_(party_ids))
        .distinct()
    )
    return rows.all()


def numbers_lately(connection: Connection, limit: int) -> Sequence[str]:
    """Numbers of the customers something happened to last: whom to have in memory first."""
    latest = (
        select(party.c.id).where(_ALIVE).order_by(party.c.updated_at.desc()).limit(limit).subquery()
    )
    rows = connection.scalars(
        select(contact_point.c.norm)
        .join(latest, contact_point.c.party_id == latest.c.id)
        .where(contact_point.c.kind == "phone")
        .distinct()
        .limit(limit)
    )
    return rows.all()


def people(connection: Connection, party_ids: Collection[UUID]) -> Sequence[AnyRow]:
    """Name, company, tier, owner … of these customers."""
    return connection.execute(_PEOPLE, {"party_ids": list(party_ids)}).all()


def recent_calls(
    connection: Connection, party_ids: Collection[UUID], actor: Actor
) -> Sequence[AnyRow]:
    """The last finished calls of each of these customers that the actor may read, newest first."""
    all_of_them = actor.scope("call", "read") is Scope.ALL
    query = _RECENT_CALLS if all_of_them else _recent_calls(calls_of(actor, "read"))
    return connection.execute(query, {"party_ids": list(party_ids)}).all()


def open_tickets(
    connection: Connection, party_ids: Collection[UUID], actor: Actor
) -> Sequence[AnyRow]:
    """Open tickets of these customers that the actor may read, most urgent first, older before
    newer."""
    all_of_them = actor.scope("ticket", "read") is Scope.ALL
    query = _OPEN_TICKETS if all_of_them else _open_tickets(tickets_of(actor, "read"))
    return connection.execute(query, {"party_ids": list(party_ids)}).all()
