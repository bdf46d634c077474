"""The switch of the pop benchmark, in a process of its own: prints its AMI port, waits for a line,
lets callers come, and at the next line writes when each caller's AgentCalled was handed to the
socket (Uniqueid → CLOCK_MONOTONIC in ns) to the file it was told."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

import orjson
import uvloop
from twisted.internet import asyncioreactor

from telephony.simulator import Account, CallerHabits, Simulator, SimulatorConfig

CALLS_PER_S = 20.0
HABITS = CallerHabits(
    patience_s=(20, 30),
    impatient_share=0,
    talk_s=(2, 4),
    unknown_share=0,
    withheld_share=0,
)


async def main(options: dict[str, Any], callers: list[str]) -> dict[str, int]:
    asyncioreactor.install(asyncio.get_running_loop())
    written: dict[str, int] = {}

    def wrote(event: str, uniqueid: str, at_ns: int) -> None:
        if event == "AgentCalled":
            written.setdefault(uniqueid, at_ns)

    config = SimulatorConfig(
        agents=options["agents"],
        colleagues=options["agents"] if options["colleagues"] else 0,
        callers=tuple((number, "") for number in callers),
        calls_per_s=CALLS_PER_S,
        habits=HABITS,
        auto_answer_s=1.0,
        noise_per_s=options["noise_per_s"],
        filters=not options["noise_per_s"],  # or the switch itself would keep the noise from us
        agi_port=options["agi_port"],
        accounts={"callcenter": Account("callcenter")},
    )
    simulator = Simulator(config, wrote)
    port = await simulator.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    simulator.begin_traffic()
    await asyncio.to_thread(sys.stdin.readline)
    await simulator.stop()
    return written


if __name__ == "__main__":
    gc.disable()  # an instrument has no pauses of its own
    given = orjson.loads(sys.argv[1])
    known = Path(given["callers"]).read_text().split()
    Path(given["written"]).write_bytes(orjson.dumps(uvloop.run(main(given, known))))
