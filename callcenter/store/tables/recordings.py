"""The sound of calls."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from callcenter.store.tables.columns import UtcDateTime, metadata, primary_id, ref

recording = Table(
    "recording",
    metadata,
    primary_id(),
    Column("call_id", Uuid, ForeignKey("call.id"), nullable=False),
    Column("pbx", String(40), nullable=False),
    Column("file", String(300), nullable=False),  # as the switch named it, below its folder
    Column("parts", JSON, nullable=False, default=list),  # [{leg, user_id, from_s, to_s}]
    Column("pauses", JSON, nullable=False, default=list),  # [[from_s, to_s]]
    Column("began_at", UtcDateTime),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("bytes", BigInteger, nullable=False, default=0),  # of the sound, before encryption
    Column("sha256", String(64), nullable=False, default=""),  # of the sound
    Column("path", String(300), nullable=False, default=""),  # in our store, encrypted
    Column("key", LargeBinary),  # its own, wrapped by the master key; null once deleted
    Column("key_id", String(40), nullable=False, default=""),  # of that master key
    Column("peaks", LargeBinary),  # the waveform: one byte 0 … 255 per slice
    Column("state", String(12), nullable=False),  # stored / short / damaged / missing / deleted
    Column("problems", JSON, nullable=False, default=list),  # domain.recording_problems
    Column("created_at", UtcDateTime, nullable=False),
    Column("keep_until", UtcDateTime),  # null: for ever
    Column("deleted_at", UtcDateTime),
    ref("deleted_by", "user"),  # null: by its time
    UniqueConstraint("pbx", "file"),
    Index("ix_recording_call_id", "call_id"),
    Index("ix_recording_state_keep_until", "state", "keep_until"),
    Index("ix_recording_state_created_at", "state", "created_at"),  # how many today
)
