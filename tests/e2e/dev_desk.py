"""The desk without a server (`agent_ui/dev.html`): every scenario a page can be in, at once."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

UI = Path(__file__).resolve().parents[2] / "agent_ui"


@asynccontextmanager
async def dev_desk() -> AsyncIterator[str]:
    """The address of dev.html, as the sources are now: files that nothing changes or loads anew
    while somebody writes at them."""
    with tempfile.TemporaryDirectory() as directory:
        await _build(Path(directory))
        application = web.Application()
        application.router.add_static("/", directory)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            ((host, port),) = runner.addresses
            yield f"http://{host}:{port}/dev.html"
        finally:
            await runner.cleanup()


async def _build(directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(UI / "npm.py"), "run", "--silent", "build:dev", "--"),
        *("--logLevel", "warn", "--outDir", str(directory)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise AssertionError(f"dev.html was not built:\n{said.decode()}")
