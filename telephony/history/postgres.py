"""The table of cel_pgsql (config/asterisk/cel_pgsql.conf), in PostgreSQL; it is only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from telephony.history.columns import columns_of, row_of
from telephony.history.layouts import NoRow
from telephony.history.lines import Faults
from telephony.history.names import checked_table
from telephony.history.pages import LONGEST_CALL_S, in_order
from telephony.history.rows import CelRow, HistoryUnavailable, Reading
from telephony.problems import Problem

TIMEOUT_S = 10.0  # of connecting
QUERY_S = 60.0
AT_ONCE = 2000  # names of channels in one question
_NUMBERS = frozenset({"float4", "float8", "numeric", "int4", "int8"})


class PostgresTable:
    """A `HistorySource`. A connection for each reading: they are minutes apart."""

    def __init__(self, url: str, table: str = "cel") -> None:
        self._url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._name = table
        self._table = checked_table(table)

    async def read(self, since: datetime, until: datetime) -> Reading:
        try:
            connection = await asyncpg.connect(
                self._url,
                timeout=TIMEOUT_S,
                command_timeout=QUERY_S,
                server_settings={"default_transaction_read_only": "on"},
            )
            try:
                question = await _Question.about(connection, self._name, self._table)
                return await question.read(since.timestamp(), until.timestamp())
            finally:
                await connection.close(timeout=TIMEOUT_S)
        except asyncpg.UndefinedTableError:
            raise HistoryUnavailable(Problem("no_table", {"table": self._name})) from None
        except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            said = {"path": "PostgreSQL", "said": str(error) or type(error).__name__}
            raise HistoryUnavailable(Problem("said", said)) from None


class _Question:
    """What is asked of one table, whose columns are known."""

    def __init__(self, connection: Any, table: str, columns: Sequence[str], kind: str) -> None:
        self._connection = connection
        self._table = table
        names = [f'"{column}"' for column in columns]
        self._time, self._uniqueid, self._linkedid = names[1:4]
        # A parameter is turned into the column's type, not the column: so its index is used.
        self._since, self._until = (
            ("to_timestamp($1)", "to_timestamp($2)") if kind == "timestamptz" else ("$1", "$2")
        )
        epoch = f"extract(epoch FROM {self._time})" if kind == "timestamptz" else self._time
        self._epoch = f"{epoch}::float8"
        texts = [f"{name}::text" for name in names]
        texts[1] = self._epoch
        self._columns = ", ".join(texts)

    @classmethod
    async def about(cls, connection: Any, name: str, table: str) -> _Question:
        """Raises HistoryUnavailable when a column lacks, or time has no zone."""
        statement = await connection.prepare(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
        kinds = {one.name: one.type.name for one in statement.get_attributes()}
        columns = columns_of(name, kinds)
        kind = kinds[columns[1]]
        if kind not in _NUMBERS | {"timestamptz"}:
            raise HistoryUnavailable(Problem("no_zone", {"table": name, "kind": kind}))
        return cls(connection, table, columns, kind)

    async def read(self, since: float, until: float) -> Reading:
        """All calls any of which lies within: what is related to them is asked for until nothing
        new is named."""
        faults = Faults()
        names = await self._names(since, until)
        asked: set[str] = set()
        found: dict[tuple[object, ...], CelRow] = {}
        while names - asked:
            batch = sorted(names - asked)[:AT_ONCE]
            asked.update(batch)
            for record in await self._related(batch, since, until):
                values = tuple(record)
                names.update(text for text in values[2:4] if text)
                try:
                    found[values] = row_of(values)
                except NoRow as error:
                    faults.add(f"{self._table} {values[1:3]}", error.problem)
        rows = in_order(sorted(found.values(), key=_order), self._table, faults)
        first = await self._connection.fetchval(
            f"SELECT {self._epoch} FROM {self._table} ORDER BY {self._time} LIMIT 1"  # noqa: S608
        )
        complete_from = None if first is None else datetime.fromtimestamp(first, UTC)
        return Reading(rows, faults.bad, complete_from, faults.count)

    async def _names(self, since: float, until: float) -> set[str]:
        records: Iterable[Any] = await self._connection.fetch(
            f"SELECT DISTINCT {self._uniqueid}::text, {self._linkedid}::text "  # noqa: S608
            f"FROM {self._table} "
            f"WHERE {self._time} >= {self._since} AND {self._time} <= {self._until}",
            since,
            until,
        )
        return {text for record in records for text in record if text}

    async def _related(self, names: Sequence[str], since: float, until: float) -> Sequence[Any]:
        records: Sequence[Any] = await self._connection.fetch(
            f"SELECT {self._columns} FROM {self._table} "  # noqa: S608
            f"WHERE ({self._uniqueid} = ANY($3) OR {self._linkedid} = ANY($3)) "
            f"AND {self._time} >= {self._since} AND {self._time} <= {self._until} "
            f"ORDER BY {self._time}",
            since - LONGEST_CALL_S,
            until + LONGEST_CALL_S,
            names,
        )
        return records


# What comes last of what the switch writes with one and the same time.
_LAST = {"APP_END": 1, "HANGUP": 2, "CHAN_END": 3, "LINKEDID_END": 4}


def _order(row: CelRow) -> tuple[float, int]:
    return row.at, _LAST.get(row.event, 0)
