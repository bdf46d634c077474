"""While the database is away memory stays bounded, nothing is lost, and the order stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.services.journal import AgentStateBegan, Alive, Record, WrapUpDone
from callcenter.services.log_backlog import Backlog
from callcenter.store.database import Database
from callcenter.store.inbox import Inbox
from tests.fakes import START
from tests.services.log_house import Story, opened, two_agents

SOMEBODY = UUID(int=1)


def numbered(number: int) -> WrapUpDone:
    return WrapUpDone(UUID(int=number), SOMEBODY, float(number))


def numbers(records: Sequence[Record]) -> list[int]:
    return [one.call_id.int for one in records if isinstance(one, WrapUpDone)]


@pytest_asyncio.fixture(loop_scope="session")
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    made = Inbox(tmp_path / "journal", segment_bytes=20_000)
    yield made
    made.close()


async def drain(backlog: Backlog, batch: int) -> list[int]:
    found: list[int] = []
    while records := await backlog.first(batch):
        found += numbers([record for _, record in records])
        backlog.done(len(records))
    return found


@pytest.mark.parametrize("batch", [7, 100, 1_000])
async def test_memory_is_bounded_and_the_order_stays(inbox: Inbox, batch: int) -> None:
    backlog = Backlog(inbox, memory=100)
    for number in range(1_000):
        backlog.append(numbered(number), START)
    assert (len(backlog), backlog.in_memory) == (1_000, 100)
    assert await drain(backlog, batch) == list(range(1_000))
    assert (len(backlog), backlog.in_memory, backlog.spilled) == (0, 0, 900)
    backlog.append(numbered(1), START)
    assert (backlog.in_memory, backlog.spilled) == (1, 900), "no more by way of the disk"


async def test_what_comes_while_it_is_read_back_comes_after_it(inbox: Inbox) -> None:
    backlog = Backlog(inbox, memory=10)
    told, found = 0, []
    for turn in range(200):
        for _ in range(17 if turn < 100 else 0):
            backlog.append(numbered(told), START)
            told += 1
        records = await backlog.first(9)
        found += numbers([record for _, record in records])
        if records:
            backlog.done(len(records))
    assert found == list(range(told))[: len(found)]
    assert found + await drain(backlog, 50) == list(range(told))


async def test_what_a_former_run_left_is_counted_and_read_back(tmp_path: Path) -> None:
    left = Inbox(tmp_path / "left")
    before = Backlog(left)
    for number in range(300):
        before.append(numbered(number), START)
    seen = START + timedelta(minutes=2)
    before.append(AgentStateBegan(SOMEBODY, "ready", "", seen), START)
    before.append(Alive(START), START)
    await left.flush()
    left.close()
    inbox = Inbox(tmp_path / "left")
    backlog = Backlog(inbox, memory=50)
    found = await backlog.recall(START + timedelta(minutes=5))
    assert (found.records, found.alive_at) == (302, seen)
    assert (len(backlog), backlog.in_memory) == (302, 0)
    assert backlog.oldest_s(START + timedelta(minutes=5)) == 180
    backlog.append(numbered(300), START + timedelta(minutes=5))
    assert await drain(backlog, 80) == list(range(301))
    assert backlog.oldest_s(START + timedelta(minutes=5)) == 0
    inbox.close()


async def test_a_record_that_cannot_be_read_holds_up_no_other(inbox: Inbox) -> None:
    backlog = Backlog(inbox, memory=1)
    backlog.append(numbered(0), START)
    inbox.append(b'{"t":"Nothing"}')  # of a newer program, say
    for number in (1, 2):
        backlog.append(numbered(number), START)
    assert await drain(backlog, 10) == [0, 1, 2]


async def test_its_age_is_that_of_the_oldest(inbox: Inbox) -> None:
    backlog = Backlog(inbox)
    for second in range(10):
        backlog.append(numbered(second), START + timedelta(seconds=second))
    now = START + timedelta(seconds=20)
    assert backlog.oldest_s(now) == 20
    assert len(await backlog.first(4)) == 4
    backlog.done(4)
    assert backlog.oldest_s(now) == 16


async def test_the_loop_goes_on_while_thousands_are_read_back(inbox: Inbox) -> None:
    """No turn of the loop takes 20 ms of work of ours (the machine may be busy: of CPU time)."""
    backlog = Backlog(inbox, memory=10)
    for number in range(5_000):
        backlog.append(numbered(number), START)
    await inbox.flush()
    turns: list[float] = []

    async def watch() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            turns.append(time.thread_time() - began)

    watching = asyncio.create_task(watch())
    assert len(await drain(backlog, 2_000)) == 5_000
    watching.cancel()
    assert max(turns) < 0.02


async def test_an_outage_of_the_database_fills_the_journal_and_not_memory(
    database: Database, tmp_path: Path
) -> None:
    await two_agents(database)
    async with opened(database, tmp_path / "journal", memory=200) as house:
        await house.log.caught_up()
        house.stubborn.is_away = True
        house.stubborn.errors = [OSError("away")] * 1_000
        for number in range(300):
            for event in Story(f"9.{number}").arrives().waits().talks().ends().events:
                house.log.on_event(event)
            await asyncio.sleep(0)
        house.clock.advance(600)
        assert house.log.backlog() >= 1_500
        assert house.log.oldest_s() == 600
        house.stubborn.errors.clear()
        house.stubborn.is_away = False
        await house.log.caught_up()
        assert house.log.oldest_s() == 0
        rows = await house.rows("call")
    assert len(rows) == 300
    assert all(row["result"] == "answered" for row in rows)
