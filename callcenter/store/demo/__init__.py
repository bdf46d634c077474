"""Demo data: labelled as such in every customer's code (DEMO-…) and `custom`, made of chance with a
seed, so that the same seed at the same moment gives the same data. Written in one transaction: a
start that was interrupted leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.demo.cast import (
    LINE,
    LINES,
    SALES_LINE,
    VIP_LINE,
    callers,
    colleagues,
    first_callers,
)
from callcenter.store.demo.desk import QUEUES, desk
from callcenter.store.demo.people import LOGINS, Row, customers, staff
from callcenter.store.demo.truth import tell
from callcenter.store.demo.work import PBX, work
from callcenter.store.ids import default_id
from callcenter.store.seed import LAST_TICKET_NUMBER, VIP_RULE

__all__ = [
    "CUSTOMERS",
    "LINE",
    "LINES",
    "LOGINS",
    "RECORDED",
    "callers",
    "colleagues",
    "fill",
    "first_callers",
    "is_filled",
    "recorded",
]

CUSTOMERS: Final = 2_000
RECORDED: Final = 12
_MARK: Final = "demo"
_BATCH: Final = 500

Progress = Callable[[int, int, str], None]
"""Told (rows done, rows in all, what is being written)."""


async def is_filled(database: Database) -> bool:
    async with database.read() as connection:
        return await connection.scalar(_mark()) is not None


async def fill(
    database: Database,
    now: datetime,
    password_hashes: Mapping[str, str],
    progress: Progress,
    *,
    seed: int = 1,
    count: int = CUSTOMERS,
) -> None:
    """Users, customers, tickets, calls and what else a desk shows into a migrated, empty database;
    whoever is in it stays.

    `password_hashes`: argon2id by login (`LOGINS`); who has none cannot sign in.
    """
    random = Random(seed)  # noqa: S311 (no secret: the same data every time)
    people = staff(random, now, password_hashes)
    known = customers(random, now, people.agents, count)
    async with database.begin() as connection:
        last = await connection.scalar(
            select(tables.setting.c.value).where(tables.setting.c.key == LAST_TICKET_NUMBER)
        )
        done = work(
            random,
            now,
            people.agents,
            known.known,
            tickets=count * 3 // 5,
            calls=count * 2,
            first_ticket=int(last or 0) + 1,
        )
        beside = desk(random, now, people.agents, known.known, done)
        visits = tell(random, [*done.calls, *beside.calls], [*done.legs, *beside.legs])
        steps: list[tuple[Table, list[Row], str]] = [
            (tables.team, people.teams, "users"),
            (tables.user, people.users, "users"),
            (tables.queue_member, people.members, "users"),
            (tables.party, known.parties, "customers"),
            (tables.contact_point, known.numbers, "customers"),
            (tables.ticket, done.tickets, "tickets"),
            (tables.activity, done.notes, "tickets"),
            (tables.call, done.calls, "calls"),
            (tables.call, beside.calls, "calls"),
            (tables.call_leg, done.legs, "calls"),
            (tables.call_leg, beside.legs, "calls"),
            (tables.queue_visit, visits, "calls"),
            (tables.activity, beside.activities, "work"),
            (tables.callback, beside.callbacks, "work"),
            (tables.agent_event, beside.states, "work"),
            (tables.article, beside.articles, "work"),
            (tables.routing_rule, _rules(), "calls"),
        ]
        await _insert(connection, steps, progress)
        await _set(connection, LAST_TICKET_NUMBER, done.last_ticket)
        await connection.execute(
            update(tables.routing_rule)
            .where(tables.routing_rule.c.id == VIP_RULE)
            .values(active=True)
        )
        for name, asks in QUEUES.items():
            named = tables.queue.c.name == name
            await connection.execute(update(tables.queue).where(named).values(**asks))
        mark = {"seed": seed, "customers": count, "made_at": now.isoformat()}
        await connection.execute(tables.setting.insert().values(key=_MARK, value=mark))


async def recorded(connection: AsyncConnection) -> Sequence[Any]:
    """The latest calls (id, started_at, connected_s) of some length: those with a recording."""
    call = tables.call
    found = await connection.execute(
        select(call.c.id, call.c.started_at, call.c.connected_s)
        .where(call.c.pbx == PBX, call.c.result == "answered", call.c.connected_s.between(25, 120))
        .order_by(call.c.started_at.desc())
        .limit(RECORDED)
    )
    return found.all()


def _rules() -> list[Row]:
    """After "Platinum customers go to the VIP queue": what the other lines are for."""
    return [
        {
            "id": default_id("routing_rule", f"demo-{queue}"),
            "position": 11 + number,
            "name": f"Demo: the {queue} line",
            "filter": {"field": "dialled", "op": "eq", "value": line},
            "outcome": {"queue": queue},
            "active": True,
        }
        for number, (queue, line) in enumerate((("sales", SALES_LINE), ("vip", VIP_LINE)))
    ]


async def _insert(
    connection: AsyncConnection, steps: list[tuple[Table, list[Row], str]], progress: Progress
) -> None:
    total = sum(len(rows) for _, rows, _ in steps)
    done = 0
    for table, rows, what in steps:
        for start in range(0, len(rows), _BATCH):
            progress(done, total, what)
            batch = rows[start : start + _BATCH]
            await connection.execute(table.insert(), batch)
            done += len(batch)
    progress(total, total, "done")


async def _set(connection: AsyncConnection, key: str, value: object) -> None:
    await connection.execute(
        update(tables.setting).where(tables.setting.c.key == key).values(value=value)
    )


def _mark() -> Any:
    return select(tables.setting.c.value).where(tables.setting.c.key == _MARK)
