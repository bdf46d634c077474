"""The tables, as SQLAlchemy Core. They know no screen; services are their only writers.

Ids are UUIDv7 (made by us, also offline), times are UTC, text that users search has a folded key.
Every change here is a migration in `callcenter/store/migrations/`.
"""

from __future__ import annotations

from callcenter.store.tables.calls import call, call_leg, queue_visit
from callcenter.store.tables.columns import UtcDateTime, metadata
from callcenter.store.tables.customers import contact_point, party, tier
from callcenter.store.tables.desk import agent_event, article, callback, disposition, pause_reason
from callcenter.store.tables.queues import queue, queue_member, routing_rule
from callcenter.store.tables.recordings import recording
from callcenter.store.tables.safety import audit, idempotency, setting
from callcenter.store.tables.service import activity, ticket
from callcenter.store.tables.staff import role, session, team, user
from callcenter.store.tables.switches import difference, pbx, reconciliation

__all__ = [
    "UtcDateTime",
    "activity",
    "agent_event",
    "article",
    "audit",
    "call",
    "call_leg",
    "callback",
    "contact_point",
    "difference",
    "disposition",
    "idempotency",
    "metadata",
    "party",
    "pause_reason",
    "pbx",
    "queue",
    "queue_member",
    "queue_visit",
    "reconciliation",
    "recording",
    "role",
    "routing_rule",
    "session",
    "setting",
    "team",
    "ticket",
    "tier",
    "user",
]
