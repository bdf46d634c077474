"""What every test shares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

pytest_plugins = ("tests.databases",)


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def reactor() -> AsyncIterator[None]:
    """Twisted on the test session's own loop, installed before anybody imports the reactor."""
    from twisted.internet import asyncioreactor  # noqa: PLC0415 (must come before the reactor)

    asyncioreactor.install(asyncio.get_running_loop())
    yield
