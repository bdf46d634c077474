"""kill -9 in the middle of the work, again and again: nothing is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from callcenter.store.database import Database
from tests.services.log_house import Story, opened, two_agents

KILLS = 2
SAFE_BEFORE_KILL = 40  # calls, so that the database has some and the journal has more


async def killed_at_work(url: str, journal: Path, first: int) -> int:
    """The last call that the process said is safe."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.log_process", url, str(journal), str(first)),
        stdout=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    safe = first
    async with asyncio.timeout(30):
        while safe < first + SAFE_BEFORE_KILL:
            safe = int(await process.stdout.readline())
        await asyncio.sleep(random.Random(first).uniform(0, 0.05))
        process.kill()
        out, _ = await process.communicate()
    said = [int(line) for line in out.decode().splitlines(keepends=True) if line.endswith("\n")]
    return max([safe, *said])


async def test_killed_and_replayed(database: Database, tmp_path: Path) -> None:
    agents = await two_agents(database)
    url = database.url.render_as_string(hide_password=False)
    safe: set[int] = set()
    first = 1
    for _ in range(KILLS):
        last = await killed_at_work(url, tmp_path / "journal", first)
        safe |= set(range(first, last + 1))
        first = last + 100_000  # calls that may have been half-way are not told again
    async with opened(database, tmp_path / "journal") as house:
        await house.log.caught_up()
        calls = {row["id"]: row for row in await house.rows("call")}
        legs = await house.rows("call_leg")
        assert house.log.refused == 0
    wanted = {Story(f"9.{number}").id for number in safe}
    assert wanted <= calls.keys()
    assert all(calls[call_id]["result"] == "answered" for call_id in wanted)
    assert all(calls[call_id]["last_agent_id"] == agents["lina"] for call_id in wanted)
    of_wanted = [leg["call_id"] for leg in legs if leg["call_id"] in wanted]
    assert sorted(of_wanted) == sorted(wanted)
