"""A running web server for each test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest_asyncio

from callcenter.store.database import Database
from tests.databases import Templates
from tests.web.house import House


@pytest_asyncio.fixture(loop_scope="session")
async def stopped(database_templates: Templates, tmp_path: Path) -> AsyncIterator[House]:
    """Not started yet: for a test that changes settings first."""
    file = tmp_path / "web.db"
    shutil.copyfile(await database_templates.sqlite(), file)
    database = Database(f"sqlite:///{file}")
    house = House(database, tmp_path / "dist")
    await house.add_user("agent", extension="1001")
    yield house
    await house.stop()
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def house(stopped: House) -> House:
    await stopped.start()
    return stopped


@pytest_asyncio.fixture(loop_scope="session")
async def other(house: House) -> UUID:
    """Another agent, `other`."""
    return await house.add_user("other", extension="1002")
