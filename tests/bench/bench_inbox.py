"""What the log branch costs a pop: the time from an event to the message on its socket, with the
journal (append, fsync, commits to SQLite) beside it and without, in turns of the same run.

200 events a second, as complete calls; a pop is an AgentRinging that is written to a local socket
and read at its other end.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import uvloop

from callcenter.store.database import Database
from telephony.events import AgentRinging, CallEvent
from tests.fakes import START
from tests.services.log_house import Story, opened, two_agents

EVENTS_PER_S = 200
ROUNDS, SECONDS = 6, 5.0


class Wire:
    """Both ends of a socket; how long each message took, in milliseconds."""

    def __init__(self) -> None:
        ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        ours.setblocking(False)
        self._ours = ours
        self.took: list[float] = []

    def start(self) -> None:
        asyncio.get_running_loop().add_reader(self._theirs, self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._theirs)
        self._ours.close()
        self._theirs.close()

    def write(self) -> None:
        self._ours.send(time.perf_counter_ns().to_bytes(8, "big"))

    def _read(self) -> None:
        data = self._theirs.recv(65536)
        now = time.perf_counter_ns()
        for start in range(0, len(data), 8):
            self.took.append((now - int.from_bytes(data[start : start + 8], "big")) / 1e6)


async def _calls(numbers: count[int], log: Callable[[CallEvent], None]) -> list[float]:
    wire = Wire()
    wire.start()
    began, told = time.monotonic(), 0
    while (now := time.monotonic()) - began < SECONDS:
        number = next(numbers)
        story = Story(f"8.{number}", at=START + timedelta(seconds=number))
        for event in story.arrives().waits().talks().ends().events:
            if isinstance(event, AgentRinging):
                wire.write()
            log(event)
            told += 1
        await asyncio.sleep(max(0.0, told / EVENTS_PER_S - (now - began)))
    await asyncio.sleep(0.1)
    wire.close()
    return wire.took


async def _run(folder: Path) -> dict[str, dict[str, float]]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    await database.migrate()
    await two_agents(database)
    numbers, logged, bare = count(1), list[float](), list[float]()
    async with opened(database, folder / "journal") as house:
        for _ in range(ROUNDS):
            bare += await _calls(numbers, lambda _event: None)
            logged += await _calls(numbers, house.log.on_event)
        await house.log.caught_up()
    await database.close()
    with_p50, with_p99 = np.percentile(logged, [50, 99])
    p50, p99 = np.percentile(bare, [50, 99])
    return {
        "inbox": {
            "adds_p50_ms": float(with_p50 - p50),
            "adds_p99_ms": float(with_p99 - p99),
            "p99_ms": float(with_p99),
            "bare_p99_ms": float(p99),
            "pops": len(logged),
        }
    }


def run() -> dict[str, dict[str, float]]:
    with TemporaryDirectory(prefix="callcenter-bench-") as folder:
        return uvloop.run(_run(Path(folder)))
