"""Tickets, and what is done about customers."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text

from callcenter.store.tables.columns import UtcDateTime, business, metadata, primary_id, ref

ticket = Table(
    "ticket",
    metadata,
    *business(),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("subject", String(300), nullable=False),
    ref("party_id", "party"),
    ref("queue_id", "queue"),
    Column("domain", String(40), nullable=False),
    Column("priority", Integer, nullable=False, default=3),  # 1 urgent … 4 low
    Column(
        "status", String(12), nullable=False, default="open"
    ),  # open / pending / solved / closed
    Column("closed_at", UtcDateTime),
    Index("ix_ticket_party_id_status", "party_id", "status"),
    Index("ix_ticket_party_id_created_at", "party_id", "created_at"),
)

activity = Table(
    "activity",
    metadata,
    primary_id(),
    Column("kind", String(12), nullable=False),  # note / task / mail / order / campaign
    Column("at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # of a task
    Column("done_at", UtcDateTime),
    ref("assignee_id", "user"),
    Column("body", Text, nullable=False, default=""),
    Column("data", JSON, nullable=False, default=dict),
    ref("author_id", "user"),
    ref("party_id", "party"),
    ref("ticket_id", "ticket"),
    ref("call_id", "call"),
    Index("ix_activity_party_id_at", "party_id", "at"),
    Index("ix_activity_ticket_id_at", "ticket_id", "at"),
    Index("ix_activity_assignee_id_due_at", "assignee_id", "due_at"),
)
