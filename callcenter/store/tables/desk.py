"""What an agent's desk offers and remembers."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from callcenter.store.tables.columns import UtcDateTime, business, metadata, primary_id, ref

agent_event = Table(
    "agent_event",
    metadata,
    primary_id(),
    ref("user_id", "user", nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(40), nullable=False, default=""),
    Column("from", UtcDateTime, nullable=False),
    Column("to", UtcDateTime),
    # What it takes to go on after a restart of ours (domain.agents.Status).
    Column("then", String(12), nullable=False, default=""),  # ready / not_ready
    Column("then_reason", String(40), nullable=False, default=""),
    Column("until", UtcDateTime),  # of a wrap-up
    Column("paused_at", UtcDateTime),
    Index("ix_agent_event_user_id_from", "user_id", "from"),
)

pause_reason = Table(
    "pause_reason",
    metadata,
    primary_id(),
    Column("code", String(40), nullable=False, unique=True),  # break, lunch, training …
    Column("label", JSON, nullable=False),  # {"en": …, "zh-CN": …}
    Column("paid", Boolean, nullable=False, default=True),
    Column("allowed_minutes", Integer),  # null: as long as it takes
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
)

disposition = Table(
    "disposition",
    metadata,
    primary_id(),
    ref("parent_id", "disposition"),
    ref("queue_id", "queue"),  # null: offered after every queue's calls
    Column("code", String(120), nullable=False, unique=True),
    Column("label", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("wants_callback", Boolean, nullable=False, default=False),  # offers the callback form
    Column("active", Boolean, nullable=False, default=True),
)

callback = Table(
    "callback",
    metadata,
    *business(),  # owner_id: whose it is; null: anybody's in the queue
    ref("party_id", "party"),
    Column("number", String(80), nullable=False),  # E.164 or digits
    Column("due_at", UtcDateTime, nullable=False),
    Column("zone", String(60), nullable=False, default=""),  # the customer's, in which it was said
    ref("queue_id", "queue"),
    ref("call_id", "call"),  # after which it was promised
    ref("ticket_id", "ticket"),
    Column("note", Text, nullable=False, default=""),
    Column("status", String(10), nullable=False, default="pending"),  # pending / done / cancelled
    ref("done_call_id", "call"),
    Column("done_at", UtcDateTime),
    Index("ix_callback_status_due_at", "status", "due_at"),
    Index("ix_callback_party_id", "party_id"),
)

article = Table(
    "article",
    metadata,
    primary_id(),
    Column("kind", String(10), nullable=False),  # script / knowledge
    ref("queue_id", "queue"),  # null: every queue
    Column("locale", String(12), nullable=False, default=""),  # "" for every language
    Column("title", String(300), nullable=False),
    Column("body", Text, nullable=False),  # Markdown
    Column("position", Integer, nullable=False, default=0),
    Column("active", Boolean, nullable=False, default=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_article_kind_queue_id", "kind", "queue_id"),
)
