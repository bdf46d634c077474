"""What every test shares."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest_asyncio
import structlog
from hypothesis import settings

pytest_plugins = ("tests.databases",)

# The same examples every time: what is green stays green until something changes, however slow the
# machine. `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# A drawn traceback, with the source and the locals of every frame, takes more than a second.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules are there to stay: no collection need look at them."""
    gc.collect()
    gc.freeze()


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def reactor() -> AsyncIterator[None]:
    """Twisted on the test session's own loop, installed before anybody imports the reactor."""
    from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

    asyncioreactor.install(asyncio.get_running_loop())
    yield
