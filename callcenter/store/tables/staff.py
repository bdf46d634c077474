"""Who works here, and what they may."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, String, Table

from callcenter.store.tables.columns import UtcDateTime, metadata, primary_id, ref, sorted_text

team = Table(
    "team",
    metadata,
    primary_id(),
    Column("name", String(120), nullable=False),
    ref("parent_id", "team"),
    # "/1/7/": a team and all below it is a prefix
    Column("path", sorted_text(400), nullable=False, unique=True),
)

role = Table(
    "role",
    metadata,
    primary_id(),
    Column("name", String(60), nullable=False, unique=True),
    # object -> action -> none / own / team / below / all
    Column("permissions", JSON, nullable=False, default=dict),
)

user = Table(
    "user",
    metadata,
    primary_id(),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password_hash", String(200), nullable=False),
    ref("team_id", "team"),
    ref("role_id", "role", nullable=False),
    Column("extension", String(20), unique=True),  # dialled inside the house; "1001"
    Column("interface", String(80), unique=True),  # the device it rings; "PJSIP/1001"
    Column("phone_kind", String(8), nullable=False, default="browser"),  # browser / desk
    Column("locale", String(12), nullable=False, default=""),  # "" as the browser asks
    Column("prefs", JSON, nullable=False, default=dict),
    Column("missed_cleared_at", UtcDateTime),  # missed calls up to here were seen
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
)

session = Table(
    "session",
    metadata,
    primary_id(),
    ref("user_id", "user", nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # sha256 of the cookie's value
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ip", String(45), nullable=False, default=""),
)
