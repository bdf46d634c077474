"""The product killed, frozen and slowed while callers ring in: each is in a queue within 2 s."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from telephony.wire import Frame
from tests.e2e.floor import Floor, open_floor
from tests.e2e.product import PLATINUM, STANDARD, Product

WITHIN_S = 2.0
CALLS = 6
UNKNOWN = "+8613700137000"


@asynccontextmanager
async def killed(product: Product) -> AsyncIterator[None]:
    await product.stop(signal.SIGKILL)
    yield


@asynccontextmanager
async def frozen(product: Product) -> AsyncIterator[None]:
    os.kill(product.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(product.process.pid, signal.SIGCONT)


@asynccontextmanager
async def slowed(product: Product) -> AsyncIterator[None]:
    """Runs for a tenth of each second."""

    async def stutter() -> None:
        while True:
            async with frozen(product):
                await asyncio.sleep(0.9)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(stutter())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def seconds_to_queue(at: Floor, caller: str) -> tuple[float, Frame]:
    """From the caller's first channel to the queue, by the switch's clock."""
    since = len(at.observer.seen)
    joined = await at.call(caller)
    arrived = next(frame for frame in at.observer.seen[since:] if frame.event == "Newchannel")
    assert arrived.get("Uniqueid") == joined.get("Uniqueid")
    return float(joined.get("Timestamp")) - float(arrived.get("Timestamp")), joined


@pytest.mark.parametrize("fault", [killed, frozen, slowed])
async def test_callers_are_queued_all_the_same(
    fault: Callable[[Product], AbstractAsyncContextManager[None]], tmp_path: Path
) -> None:
    async with open_floor(tmp_path) as at:
        _, routed = await seconds_to_queue(at, PLATINUM)
        async with fault(at.product):
            for caller in [PLATINUM, STANDARD, UNKNOWN] * (CALLS // 3):
                took_s, joined = await seconds_to_queue(at, caller)
                assert took_s < WITHIN_S, f"{caller} waited {took_s:.2f} s for a queue"
                assert joined.get("Queue") == "support"
                if caller == PLATINUM:  # the mirror on the switch keeps the tier's place
                    assert joined.get("Priority") == routed.get("Priority") != "0"
