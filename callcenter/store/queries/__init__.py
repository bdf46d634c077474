"""Named queries, one module per noun: functions that take a connection and return rows."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Row

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row whose columns are read by name."""
