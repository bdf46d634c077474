"""What is known of a customer: the card a pop shows, and the facts that routing decides by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from callcenter.domain.permissions import SYSTEM, Actor
from callcenter.domain.routing import CustomerFacts
from callcenter.services.views import (
    Candidate,
    CustomerCard,
    OpenTicket,
    RecentContact,
    TierBadge,
)
from callcenter.store.queries import AnyRow, callers

MAX_TICKETS: Final = 20
"""A card lists the most urgent ones; a page lists them all."""


@dataclass(frozen=True, slots=True)
class Known:
    card: CustomerCard
    facts: CustomerFacts

    @property
    def candidate(self) -> Candidate:
        card = self.card
        return Candidate(card.party_id, card.name, card.company, card.tier)


def load(
    connection: Connection, party_ids: Collection[UUID], actor: Actor = SYSTEM
) -> dict[UUID, Known]:
    """Those of these customers who exist, in three queries; with the calls and tickets that this
    actor may read."""
    if not party_ids:
        return {}
    people = callers.people(connection, party_ids)
    calls = _grouped(callers.recent_calls(connection, party_ids, actor))
    tickets = _grouped(callers.open_tickets(connection, party_ids, actor))
    return {row.id: _known(row, calls[row.id], tickets[row.id]) for row in people}


def masked(card: CustomerCard, reads_all: Collection[str]) -> CustomerCard:
    """A card out of memory, which has everybody's calls and tickets, for one who may read all
    rows only of these objects. Of the others a pop shows none; the customer's page, some."""
    return replace(
        card,
        contacts=card.contacts if "call" in reads_all else (),
        tickets=card.tickets if "ticket" in reads_all else (),
    )


def badge(row: AnyRow) -> TierBadge | None:
    """From the columns tier_code, tier_name and tier_rank."""
    if row.tier_code is None:
        return None
    return TierBadge(row.tier_code, row.tier_name, row.tier_rank)


def _grouped(rows: Collection[AnyRow]) -> defaultdict[UUID, list[AnyRow]]:
    grouped: defaultdict[UUID, list[AnyRow]] = defaultdict(list)
    for row in rows:
        grouped[row.party_id].append(row)
    return grouped


def _known(row: AnyRow, calls: list[AnyRow], tickets: list[AnyRow]) -> Known:
    card = CustomerCard(
        party_id=row.id,
        name=row.name,
        company=row.company or "",
        tier=badge(row),
        language=row.language,
        zone=row.zone,
        note=row.note,
        owner=row.owner or "",
        contacts=tuple(
            RecentContact(
                at=one.started_at,
                direction=one.direction,
                result=one.result,
                agent=one.agent or "",
                connected_s=one.connected_s,
                note=one.note,
            )
            for one in calls
        ),
        tickets=tuple(
            OpenTicket(
                id=one.id,
                number=one.number,
                subject=one.subject,
                status=one.status,
                priority=one.priority,
                domain=one.domain,
                created_at=one.created_at,
            )
            for one in tickets[:MAX_TICKETS]
        ),
    )
    spoke = (one.last_agent_id for one in calls if one.last_agent_id is not None)
    facts = CustomerFacts(
        tier=row.tier_code or "",
        language=row.language,
        owner_id=row.owner_id,
        last_agent_id=next(spoke, None),
        open_tickets=len(tickets),
    )
    return Known(card, facts)
