"""The desk without a server (`agent_ui/dev.html`): every scenario a page can be in, at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.e2e.product import free_tcp_ports

UI = Path(__file__).resolve().parents[2] / "agent_ui"
START_S = 30.0


@asynccontextmanager
async def dev_desk() -> AsyncIterator[str]:
    """The address of dev.html, served by Vite."""
    (port,) = free_tcp_ports(1)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(UI / "npm.py"), "run", "--silent", "dev", "--"),
        *("--port", str(port), "--strictPort"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # npm's own child ends with it
    )
    url = f"http://127.0.0.1:{port}/dev.html"
    try:
        await _until_served(url)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def _until_served(url: str) -> None:
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)
