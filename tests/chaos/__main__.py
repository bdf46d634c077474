"""``make chaos`` and ``make soak``: how often to break what; prints what was found.

Exit code 1 when a call was lost, doubled, stuck or wrong, differs by `calls reconcile`, or when a
half-open line went unnoticed for too long.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress

from tests.chaos.outage import outage
from tests.chaos.world import World, world

console = Console()


def main(
    server_kills: Annotated[int, typer.Option(help="kill -9 of the product.")] = 200,
    switch_kills: Annotated[int, typer.Option(help="kill -9 of Asterisk.")] = 50,
    cuts: Annotated[int, typer.Option(help="Cut, half-open or slow AMI connections.")] = 30,
    outage_minutes: Annotated[float, typer.Option(help="Without the database.")] = 10.0,
    soak: Annotated[float, typer.Option(help="Hours of load, with a fault every minute.")] = 0.0,
    per_s: Annotated[float, typer.Option(help="Callers a second.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Where logs and databases are left.")] = None,
) -> None:
    """Break it, and hold the call log against what Asterisk recorded."""
    seed = seed or random.SystemRandom().randrange(1, 1 << 32)
    folder = keep or Path(tempfile.mkdtemp(prefix="callcenter-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    console.print(f"seed {seed}, everything is in {folder}")
    kinds = ["server"] * server_kills + ["switch"] * switch_kills + ["line"] * cuts
    random.Random(seed).shuffle(kinds)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        clean = runner.run(_run(folder, kinds, soak, per_s, seed))
        if outage_minutes and not soak:
            clean = runner.run(_outage(folder, outage_minutes * 60)) and clean
    sys.exit(0 if clean else 1)


async def _outage(folder: Path, seconds: float) -> bool:
    with console.status(f"the database is away for {seconds:.0f} s"):
        found = await outage(folder, seconds)
    console.print(found.line(), highlight=False)
    return found.is_clean


async def _run(folder: Path, kinds: list[str], soak: float, per_s: float, seed: int) -> bool:
    async with world(folder, per_s, seed) as here:
        if soak:
            await _soak(here, soak * 3600)
        else:
            await _break(here, kinds)
        verdict = await here.verdict()
        console.print("\n".join(verdict.lines()), markup=False, highlight=False)
        if here.spoilt:
            lines = ", ".join(f"{count} {how}" for how, count in sorted(here.spoilt.items()))
            console.print(f"spoilt lines: {lines}")
        for name, seconds in (
            ("ready again after kill -9 of the product", here.ready_s),
            ("well again once Asterisk is back", here.switch_s),
            ("half-open line noticed", here.noticed),
        ):
            if seconds:
                middle = sorted(seconds)[len(seconds) // 2]
                console.print(f"{name}: {middle:.2f} s median, {max(seconds):.2f} s at worst")
        return verdict.is_clean


async def _break(here: World, kinds: list[str]) -> None:
    with Progress(console=console) as progress:
        task = progress.add_task("breaking", total=len(kinds))
        for kind in kinds:
            await _one(here, kind)
            progress.advance(task)


async def _soak(here: World, seconds: float) -> None:
    end = time.monotonic() + seconds
    with Progress(console=console) as progress:
        task = progress.add_task("soaking", total=seconds)
        while (left := end - time.monotonic()) > 0:
            progress.update(task, completed=seconds - left)
            await asyncio.sleep(min(left, 50))
            await _one(here, here.chance.choice(["server", "line", "switch"]))


async def _one(here: World, kind: str) -> None:
    match kind:
        case "server":
            await here.kill_server()
        case "switch":
            await here.kill_switch()
        case _:
            await here.spoil_line()


if __name__ == "__main__":
    typer.run(main)
