"""Customers and how they are reached."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from callcenter.store.tables.columns import (
    UtcDateTime,
    business,
    metadata,
    primary_id,
    ref,
    sorted_text,
)

tier = Table(
    "tier",
    metadata,
    primary_id(),
    Column("code", String(20), nullable=False, unique=True),  # platinum, gold, silver, standard
    Column("name", JSON, nullable=False),  # {"en": "Platinum", "zh-CN": "白金"}
    Column("rank", Integer, nullable=False),  # 1 is the highest
    Column("priority", Integer, nullable=False),  # queue priority; higher goes first
    Column("is_default", Boolean, nullable=False, default=False),
)

party = Table(
    "party",
    metadata,
    *business(),
    Column("kind", String(12), nullable=False),  # person / organisation
    ref("parent_id", "party"),  # a person's company
    Column("code", String(40), unique=True),
    Column("name", String(300), nullable=False),
    Column("name_key", sorted_text(600), nullable=False, index=True),  # folded, with pinyin
    ref("tier_id", "tier"),
    Column("language", String(12), nullable=False, default=""),
    Column("region", String(80), nullable=False, default=""),
    Column("zone", String(60), nullable=False, default=""),  # IANA
    Column("note", Text, nullable=False, default=""),  # what the agent must know when they call
    ref("merged_into_id", "party"),
)

contact_point = Table(
    "contact_point",
    metadata,
    primary_id(),
    ref("party_id", "party", nullable=False),
    Column("kind", String(12), nullable=False),  # phone / email / …
    Column("raw", String(200), nullable=False),  # as typed
    Column("norm", sorted_text(200), nullable=False),  # E.164, or digits when it does not parse
    # norm's digits reversed: a search by a number's end is a range
    Column("rev", sorted_text(200), nullable=False),
    Column("ext", String(20), nullable=False, default=""),
    Column("primary", Boolean, nullable=False, default=False),
    Column("valid", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
    # A number may belong to several customers: deliberately not unique.
    Index("ix_contact_point_kind_norm", "kind", "norm"),
    Index("ix_contact_point_kind_rev", "kind", "rev"),
    Index("ix_contact_point_party_id", "party_id"),
)
