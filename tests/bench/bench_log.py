"""How many complete calls a second the log branch takes, from CallArrived to a committed row.

Each call: arrives, waits, rings, is answered, leg and call end; journalled and fsynced, then
committed to SQLite with synchronous=FULL, its customer's card refreshed. The events are made
before the clock runs; they are handed over as fast as the branch takes them, a few hundred calls
ahead at most.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from callcenter.store import tables
from callcenter.store.database import Database
from tests import people
from tests.fakes import START
from tests.services.log_house import Story, opened, two_agents

CALLS = 4_000
CUSTOMERS = 500
KEPT = 5  # of a call's events: it arrives, waits, is answered, leg and call end
AHEAD = 400  # calls handed over and not committed


async def _run(folder: Path) -> dict[str, dict[str, float]]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    await database.migrate()
    await two_agents(database)
    numbers = [f"+86138{n:08d}" for n in range(CUSTOMERS)]
    for number in numbers:
        await people.add_customer(database, f"customer {number}", number)
    stories = [
        Story(f"1767603600.{n}", numbers[n % CUSTOMERS], at=START + timedelta(seconds=n))
        .arrives()
        .waits()
        .talks()
        .ends()
        for n in range(CALLS)
    ]
    async with opened(database, folder / "journal") as house:
        began = time.perf_counter()
        for first in range(0, CALLS, AHEAD // 2):
            for story in stories[first : first + AHEAD // 2]:
                for event in story.events:
                    house.log.on_event(event)
            await asyncio.sleep(0)
            if house.log.backlog() > AHEAD * len(stories[0].events):
                await house.log.caught_up()
        await house.log.caught_up()
        seconds = time.perf_counter() - began
    async with database.read() as connection:
        done = tables.call.c.ended_at.is_not(None)
        committed = await connection.scalar(select(func.count()).where(done))
    assert committed == CALLS
    assert house.log.refused == 0
    await database.close()
    return {
        "log": {
            "per_s": round(CALLS / seconds, 1),
            "events_per_s": round(CALLS * KEPT / seconds, 1),
            "calls": CALLS,
            "seconds": seconds,
        }
    }


def run() -> dict[str, dict[str, float]]:
    with TemporaryDirectory(prefix="callcenter-bench-") as folder:
        return asyncio.run(_run(Path(folder)))
