"""What is asked for after each call finds its rows by an index, however many calls there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql, sqlite

from callcenter.store.database import Database
from callcenter.store.queries import recordings as rows
from tests.fakes import START

ASKED = {
    "started_at>": rows.lacking(["pbx1"], START - timedelta(days=2), START),
    "created_at>": rows.taken_since(START, rows.WITH_SOUND),
    "keep_until<": rows.over(START, 200),
}


@pytest.mark.parametrize("bound", ASKED)
async def test_it_goes_by_an_index(bound: str, database: Database) -> None:
    lines = await plan(database, ASKED[bound])
    by_index = [line for line in lines if "SEARCH" in line or "Index Cond" in line]
    assert any(bound in line.replace(" ", "") for line in by_index), lines


async def plan(database: Database, statement: Select[Any]) -> list[str]:
    """How the database would go about it if it were large."""
    kind: Any = sqlite if database.is_sqlite else postgresql
    written = str(statement.compile(dialect=kind.dialect(), compile_kwargs={"literal_binds": True}))
    async with database.read() as connection:
        if not database.is_sqlite:
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        found = await connection.exec_driver_sql(explain + written)
        return [str(row[-1]) for row in found]
