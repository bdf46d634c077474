"""A process that logs calls as fast as it can and says which are safe: to be killed.

Arguments: database address, journal folder, number of the first call. Each line of standard output
is the number of a call whose end is on the disk.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

import structlog

from callcenter.store.database import Database
from tests.services.log_house import Story, opened


async def main(url: str, journal: Path, first: int) -> None:
    database = Database(url)
    async with opened(database, journal) as house:
        for number in count(first):
            for event in Story(f"9.{number}").arrives().waits().talks().ends().events:
                house.log.on_event(event)
            await asyncio.sleep(0)  # the turn ends: the events are appended
            if number % 5 == 0:
                await house.inbox.flush()
                sys.stdout.write(f"{number}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
