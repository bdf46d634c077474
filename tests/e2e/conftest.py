from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, async_playwright

from telephony.pbx.embedded import CARRIER_HOST
from tests.e2e.audio import Keyed
from tests.e2e.floor import Floor, agents_signed_in, open_floor
from tests.e2e.talk import CALLER_HZ


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as driver:
        yield driver


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_floor(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    directory = tmp_path_factory.mktemp("floor")
    async with open_floor(directory) as at, agents_signed_in(at, playwright, directory):
        yield at


@pytest_asyncio.fixture(loop_scope="session")
async def at(shared_floor: Floor) -> AsyncIterator[Floor]:
    """One floor for the tests of a file: each finds everybody signed in, idle and not ready."""
    yield shared_floor
    await shared_floor.rest()


@pytest_asyncio.fixture(loop_scope="session")
async def caller() -> AsyncIterator[Keyed]:
    """The customer's voice, and their ear for key tones."""
    async with Keyed(CARRIER_HOST, CALLER_HZ) as party:
        yield party
