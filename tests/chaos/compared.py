"""The product's own comparison of its log with the switch's record, as an operator runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

AHEAD = timedelta(minutes=1)  # a call that began just now has ended as well
FORMAT = "%Y-%m-%dT%H:%M:%S"


async def differing(config: Path, since: datetime) -> list[str]:
    """One line for each difference; also when it could not compare."""
    until = datetime.now(UTC) + AHEAD
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", "calls", "reconcile", "--config", str(config)),
        *("--from", since.strftime(FORMAT), "--to", until.strftime(FORMAT), "--json"),
        env={**os.environ, "TZ": "UTC"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, problem = await process.communicate()
    found = [f"differs: {line}" for line in out.decode().splitlines()]
    if process.returncode and not found:
        found.append(f"differs: exit code {process.returncode}: {problem.decode()[-2000:]}")
    return found
