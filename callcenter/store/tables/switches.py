"""Switches, and what their own records say of the call log."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Uuid

from callcenter.store.tables.columns import UtcDateTime, metadata, primary_id

pbx = Table(
    "pbx",
    metadata,
    Column("id", String(40), primary_key=True),  # settings: its name in the call log
    Column("owner", String(120), nullable=False, default=""),  # the process that works for it
    Column("lease_until", UtcDateTime),  # by the database's clock; whose is past is nobody's
    Column("history_until", UtcDateTime),  # by the switch's clock: CEL before it has been read
)

reconciliation = Table(
    "reconciliation",
    metadata,
    primary_id(),
    Column("pbx", String(40), nullable=False),
    Column("from", UtcDateTime, nullable=False),
    Column("to", UtcDateTime, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("calls", Integer, nullable=False, default=0),  # compared
    Column("differences", Integer, nullable=False, default=0),
    Column("bad_lines", Integer, nullable=False, default=0),  # of the switch's records
    Column("problem", String(300), nullable=False, default=""),  # why it could not be done
    Index("ix_reconciliation_pbx_began_at", "pbx", "began_at"),
)

difference = Table(
    "difference",
    metadata,
    primary_id(),
    Column("reconciliation_id", Uuid, ForeignKey("reconciliation.id"), nullable=False),
    Column("call_id", Uuid, nullable=False),  # may lack in `call`: that is a difference
    Column("uniqueid", String(150), nullable=False),
    Column("kind", String(20), nullable=False),  # domain.reconciliation.Kind
    Column("ours", JSON(none_as_null=True)),
    Column("theirs", JSON(none_as_null=True)),
    Index("ix_difference_reconciliation_id", "reconciliation_id"),
)
