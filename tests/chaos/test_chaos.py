"""The short form: some kills of each kind and each spoilt line, under load, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.outage import outage
from tests.chaos.world import Spoilt, world

SERVER_KILLS, SWITCH_KILLS = 5, 1


async def test_nothing_is_lost_doubled_or_stuck(tmp_path: Path) -> None:
    async with world(tmp_path, per_s=2.0, seed=20261122) as here:
        for _ in range(SERVER_KILLS):
            await here.kill_server()
        for how in Spoilt:
            await here.spoil_line(how)
        for _ in range(SWITCH_KILLS):
            await here.kill_switch()
        verdict = await here.verdict()
    assert verdict.is_clean, "\n".join(verdict.lines())
    assert verdict.calls > 20


async def test_the_log_catches_up_when_the_database_is_back(tmp_path: Path) -> None:
    found = await outage(tmp_path, seconds=4.0)
    assert found.is_clean, found.line()
    assert found.most_waiting > 500
