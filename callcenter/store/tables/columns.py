"""What the columns of all tables are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time. Refuses naive values; reads back aware UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


def sorted_text(length: int) -> TypeEngine[str]:
    """Text that is searched by its beginning: PostgreSQL sorts it byte by byte, as SQLite does."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def primary_id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def ref(name: str, target: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{target}.id"), nullable=nullable)


def business() -> list[Column[Any]]:
    """What every business table carries (data model)."""
    return [
        primary_id(),
        ref("owner_id", "user"),
        ref("team_id", "team"),
        Column("custom", JSON, nullable=False, default=dict),
        Column("version", Integer, nullable=False, default=1),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("deleted_at", UtcDateTime),
    ]
