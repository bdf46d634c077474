"""Queues, who serves them, and who comes into which."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Uuid

from callcenter.store.tables.columns import metadata, primary_id

queue = Table(
    "queue",
    metadata,
    primary_id(),
    Column("name", String(60), nullable=False, unique=True),  # the switch's name
    Column("label", JSON, nullable=False),  # {"en": …, "zh-CN": …}
    Column("domain", String(40), nullable=False),  # support, sales …: tickets attach by it
    Column("wrap_up_s", Integer, nullable=False, default=15),
    Column("wrap_up_extra_s", Integer, nullable=False, default=60),  # asked for once; 0: never
    Column("disposition_required", Boolean, nullable=False, default=False),
    Column("recording", String(10), nullable=False, default="never"),  # never / on_demand / always
    Column("is_default", Boolean, nullable=False, default=False),
    Column("cost_centre", String(40), nullable=False, default=""),
    Column("recording_days", Integer),  # how long recordings are kept; null: for ever
)

queue_member = Table(
    "queue_member",
    metadata,
    Column("queue_id", Uuid, ForeignKey("queue.id"), primary_key=True),
    Column("user_id", Uuid, ForeignKey("user.id"), primary_key=True),
)

routing_rule = Table(
    "routing_rule",
    metadata,
    primary_id(),
    Column("position", Integer, nullable=False),  # first match wins
    Column("name", String(120), nullable=False),
    Column("filter", JSON, nullable=False),  # the one filter grammar
    Column("outcome", JSON, nullable=False),  # queue, priority, greeting, ring_first …
    Column("active", Boolean, nullable=False, default=True),
)
