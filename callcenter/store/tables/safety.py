"""Who did what, settings, and requests that came already."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Uuid

from callcenter.store.tables.columns import UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    # INTEGER on SQLite, so that it is the rowid and counts by itself.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", Uuid),
    Column("ip", String(45), nullable=False, default=""),
    Column("action", String(60), nullable=False),
    Column("object", String(40), nullable=False),
    Column("object_id", String(60), nullable=False, default=""),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("ix_audit_object_object_id", "object", "object_id"),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", JSON, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor_id", Uuid, primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("response", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
