"""The judge of a chaos run finds what it is there to find, and nothing in a log that is right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from callcenter.store.database import Database
from telephony.events import CallEnded, CallLog, CallResult, QueueVisit, VisitOutcome
from tests.chaos.compared import differing
from tests.chaos.oracle import Call, Stay, calls
from tests.chaos.verdict import Verdict, judge
from tests.e2e.fault_proxy import FaultProxy
from tests.fakes import START
from tests.services.log_house import PBX, LogHouse, Story, opened, two_agents

RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    await two_agents(database)
    async with opened(database, tmp_path / "journal") as made:
        yield made


def story() -> Story:
    return Story("4.1").arrives().waits().talks()


def seen(**more: Any) -> CallLog:
    """As our log has it."""
    told = story()
    came, picked_up = told.events[0].at, told.legs[0].started_at
    visit = QueueVisit("support", came, picked_up, 5.0, VisitOutcome.ANSWERED)
    return replace(told.log(CallResult.ANSWERED), **({"visits": (visit,)} | more))


def recorded(**more: Any) -> Call:
    """As the switch has it; `more` is of the caller."""
    caller = Stay("4.1", "PJSIP/carrier-1", 0.0, together=60.0, ended=True, queued=1)
    phone = Stay("4.1/0", "PJSIP/1001-2", 5.0, bridged=60.0, ended=True, answered=True)
    return Call(replace(caller, **more), (phone,), frozenset({"4.1/0"}))


async def judged(house: LogHouse, log: CallLog, call: Call) -> Verdict:
    await house.tell([*story().events, CallEnded(PBX, log.call_id, 99, log.ended_at, log)])
    return await judge(house.database, PBX, {"4.1": call})


async def test_a_log_that_is_right_is_clean(house: LogHouse) -> None:
    found = await judged(house, seen(), recorded())
    assert found.is_clean, found.lines()
    assert found.kinds == {"live": 1}


async def test_an_agent_who_did_not_answer(house: LogHouse) -> None:
    """In our log alone: the switch has that telephone ring, or knows nothing of it."""
    log = seen()
    second = replace(log.legs[0], leg_id="4.1/1", interface="PJSIP/1002")
    found = await judged(house, replace(log, legs=(*log.legs, second)), recorded())
    assert found.wrong == ["wrong: 4.1 (live) has PJSIP/1002 answer, who did not"]


@pytest.mark.parametrize("stays", [0, 2])
async def test_a_stay_in_a_queue_that_is_doubled_or_lost(house: LogHouse, stays: int) -> None:
    log = seen()
    found = await judged(house, replace(log, visits=log.visits * stays), recorded())
    assert found.wrong == [f"wrong: 4.1 (live) has {stays} stays in queues, not 1"]


@pytest.mark.parametrize(
    ("ours", "last", "wrong"),
    [
        ({}, "BRIDGE_ENTER", ["wrong: 4.1 ended with the switch, and we say we saw it"]),
        ({}, "HANGUP", []),  # the switch died before it wrote what it had told us
        ({"inferred": True}, "BRIDGE_ENTER", []),
        ({"recovered": True}, "BRIDGE_ENTER", []),
    ],
)
async def test_a_call_that_died_with_the_switch(
    house: LogHouse, ours: dict[str, bool], last: str, wrong: list[str]
) -> None:
    found = await judged(house, seen(**ours), recorded(ended=False, last=last))
    assert found.wrong == wrong


def test_a_half_open_line_must_be_noticed_soon() -> None:
    found = Verdict()
    found.judge_lines([2.0, 10.0])
    assert found.is_clean
    found.judge_lines([2.0, 10.4])
    assert found.wrong == ["wrong: a half-open line was noticed only after 10.4 s"]


def test_what_the_comparison_says_counts() -> None:
    found = Verdict(differing=["differs: 4.1"])
    assert not found.is_clean
    assert found.lines()[1:] == ["differs: 4.1"]


async def test_a_comparison_that_cannot_be_made_is_no_clean_one(tmp_path: Path) -> None:
    [line] = await differing(tmp_path / "none.toml", START)
    assert line.startswith("differs: exit code")


def test_the_oracle_knows_who_was_picked_up_and_each_stay_in_a_queue() -> None:
    [overflow] = calls(RECORDINGS / "queue_overflow.cel.csv").values()
    assert (overflow.caller.queued, overflow.caller.last) == (2, "CHAN_END")
    [passed_on] = calls(RECORDINGS / "blind_transfer.cel.csv").values()
    assert passed_on.answered == {phone.uniqueid for phone in passed_on.phones}
    assert not passed_on.caller.is_leaving


async def test_a_slow_line_loses_nothing() -> None:
    """A trickle, and all of it in order once the line is well again."""
    sent = bytes(range(256)) * 40

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        writer.close()

    far = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with far, FaultProxy(far.sockets[0].getsockname()[1]) as line:
        line.slow(2000)
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        first = await reader.readexactly(1000)
        assert time.monotonic() - began > 0.3
        line.slow(0)
        assert first + await reader.read(-1) == sent
        assert time.monotonic() - began < 4.0, "at 2000 bytes a second it takes five"
        writer.close()
