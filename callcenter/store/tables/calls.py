"""The call log: calls, everybody's part in them, and their stays in queues."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from callcenter.store.tables.columns import UtcDateTime, metadata, primary_id, ref

call = Table(
    "call",
    metadata,
    # UUIDv5 of pbx and first Uniqueid: the same call is the same row, however often it is told
    primary_id(),
    Column("pbx", String(40), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("direction", String(10), nullable=False),
    Column("result", String(20)),  # null while it is going on
    Column("caller", String(80), nullable=False, default=""),
    Column("caller_name", String(300), nullable=False, default=""),
    Column("dialled", String(80), nullable=False, default=""),
    Column("queues", JSON, nullable=False, default=list),
    Column("queue_id", Uuid, ForeignKey("queue.id")),  # the last one
    Column("queued_at", UtcDateTime),  # when it joined that one
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("wait_s", Float, nullable=False, default=0.0),
    Column("connected_s", Float, nullable=False, default=0.0),
    Column("transfers", JSON, nullable=False, default=list),
    Column("linked", JSON, nullable=False, default=list),
    ref("party_id", "party"),
    Column("match", String(12), nullable=False, default="unknown"),
    ref("ticket_id", "ticket"),
    Column("ticket_chosen", Boolean, nullable=False, default=False),  # by a person, also "none"
    ref("first_agent_id", "user"),
    ref("last_agent_id", "user"),
    Column("note", Text, nullable=False, default=""),
    ref("disposition_id", "disposition"),
    Column("tags", JSON, nullable=False, default=list),
    Column("inferred", Boolean, nullable=False, default=False),
    Column("recovered", Boolean, nullable=False, default=False),
    Column("from_history", Boolean, nullable=False, default=False),  # made of the switch's CEL
    Column("cost_centre", String(40), nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("pbx", "uniqueid"),
    Index("ix_call_party_id_started_at", "party_id", "started_at"),
    Index("ix_call_started_at", "started_at"),
    Index("ix_call_result_started_at", "result", "started_at"),  # whom to call back
    Index("ix_call_last_agent_id_started_at", "last_agent_id", "started_at"),
    Index("ix_call_ticket_id", "ticket_id"),
)

call_leg = Table(
    "call_leg",
    metadata,
    primary_id(),
    Column("call_id", Uuid, ForeignKey("call.id"), nullable=False),
    Column("pbx", String(40), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("interface", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    ref("user_id", "user"),
    Column("result", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("ring_s", Float, nullable=False, default=0.0),
    Column("connected_s", Float, nullable=False, default=0.0),
    Column("talk_s", Float, nullable=False, default=0.0),
    Column("hold_s", Float, nullable=False, default=0.0),
    Column("consult_s", Float, nullable=False, default=0.0),
    Column("wrap_s", Float, nullable=False, default=0.0),
    Column("wait_s", Float, nullable=False, default=0.0),
    Column("ended_by", String(12)),
    Column("cause", String(20), nullable=False, default="hung_up"),
    Column(
        "quality", JSON(none_as_null=True)
    ),  # {"loss": share, "jitter_ms", "rtt_ms", "mos"}: the worst ten seconds
    UniqueConstraint("pbx", "uniqueid"),
    Index("ix_call_leg_call_id", "call_id"),
    Index("ix_call_leg_user_id_started_at", "user_id", "started_at"),  # one's day
)

queue_visit = Table(
    "queue_visit",
    metadata,
    Column("call_id", Uuid, ForeignKey("call.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # 0 is the first queue of the call
    Column("queue", String(60), nullable=False),
    ref("queue_id", "queue"),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime, nullable=False),
    Column("wait_s", Float, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Index("ix_queue_visit_queue_id_joined_at", "queue_id", "joined_at"),  # a service level
)
