"""The database goes away for minutes while calls go on; then the log catches up.

The real PostgreSQL is stopped and started; the events are those of complete calls, at a steady
rate; the journal is a real one on the disk.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from callcenter.store import tables
from callcenter.store.database import Database
from tests.databases import PostgresServer
from tests.fakes import START
from tests.services.log_house import LogHouse, Story, opened, two_agents

EVENTS_PER_S = 200
DONE = tables.call.c.ended_at.is_not(None)


@dataclass(frozen=True)
class Outage:
    away_s: float
    events: int
    calls: int
    found: int  # calls in the database afterwards, with an end
    rows: int  # … with or without
    legs: int
    drain_s: float
    most_waiting: int

    @property
    def drained_per_s(self) -> float:
        return self.events / self.drain_s

    @property
    def is_clean(self) -> bool:
        return self.calls == self.found == self.rows == self.legs

    def line(self) -> str:
        return (
            f"database away {self.away_s:.0f} s at {EVENTS_PER_S} events/s: {self.calls} calls,"
            f" {self.calls - self.found} lost, {self.rows - self.calls} doubled,"
            f" {self.events} events drained in {self.drain_s:.1f} s"
            f" ({self.drained_per_s:,.0f}/s)"
        )


async def outage(folder: Path, seconds: float) -> Outage:
    """Raises what PostgreSQL's own programs raise."""
    server = PostgresServer()
    await asyncio.to_thread(server.start)
    try:
        await server.execute("CREATE DATABASE outage")
        database = Database(server.url("outage"))
        await database.migrate()
        await two_agents(database)
        async with opened(database, folder / "journal") as house:
            await house.log.caught_up()
            await asyncio.to_thread(server.go_away)
            events, calls, waiting = await _calls_go_on(house, seconds)
            await asyncio.to_thread(server.come_back)
            began = time.monotonic()
            await house.log.caught_up()
            drained = time.monotonic() - began
        async with database.read() as connection:
            rows = await connection.scalar(select(func.count()).select_from(tables.call))
            found = await connection.scalar(select(func.count()).where(DONE))
            legs = await connection.scalar(select(func.count()).select_from(tables.call_leg))
        await database.close()
    finally:
        await asyncio.to_thread(server.stop)
    return Outage(seconds, events, calls, found or 0, rows or 0, legs or 0, drained, waiting)


async def _calls_go_on(house: LogHouse, seconds: float) -> tuple[int, int, int]:
    """(events told, calls they were of, most that waited at a time)."""
    began = time.monotonic()
    events = waiting = 0
    for number in count(1):
        at = START + timedelta(seconds=number)
        story = Story(f"7.{number}", at=at).arrives().waits().talks().ends()
        for event in story.events:
            house.log.on_event(event)
        events += len(story.events)
        waiting = max(waiting, house.log.backlog())
        ahead = events / EVENTS_PER_S - (time.monotonic() - began)
        await asyncio.sleep(max(0.0, ahead))
        if time.monotonic() - began >= seconds:
            return events, number, waiting
    raise AssertionError
