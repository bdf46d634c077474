"""Rows of the one timeline as the records that screens get."""

from __future__ import annotations

from typing import cast

from callcenter.services.records import TimelineEntry, TimelineKind
from callcenter.store.queries import AnyRow


def entry(row: AnyRow) -> TimelineEntry:
    """`data` of an activity: title, status and direction of a mail or order, its amount (minor
    units) and currency, as far as they have them."""
    data = row.data or {}
    return TimelineEntry(
        kind=cast("TimelineKind", row.kind),
        id=row.id,
        at=row.at,
        title=row.title or data.get("title", ""),
        body=row.body or "",
        author=row.author or "",
        direction=row.direction or data.get("direction", ""),
        status=row.status or data.get("status", ""),
        connected_s=row.connected_s or 0.0,
        disposition=row.disposition,
        ticket_id=row.ticket_id,
        ticket_number=row.ticket_number,
        call_id=row.call_id,
        due_at=row.due_at,
        done_at=row.done_at,
        amount=data.get("amount"),
        currency=data.get("currency", ""),
    )
