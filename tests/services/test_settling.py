"""What the switch's own record, and what we saw ourselves, make of a call's row: the same, in
whatever order they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from callcenter.services.figures import Figures
from callcenter.services.journal import WrapUpDone
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.events import (
    CallEnded,
    CallLog,
    CallMerged,
    CallResult,
    EndCause,
    LegResult,
    LegRole,
    QueueVisit,
    VisitOutcome,
)
from tests import people
from tests.fakes import START
from tests.services.log_house import (
    AGENT_DEVICE,
    OTHER_DEVICE,
    PBX,
    WANG,
    LogHouse,
    Story,
    opened,
    two_agents,
)

SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    agents = await two_agents(database)
    async with database.begin() as connection:
        support = tables.queue.c.name == "support"
        await connection.execute(update(tables.queue).where(support).values(cost_centre="CC-7"))
    async with opened(database, tmp_path / "journal") as made:
        made.agents = agents
        await made.log.caught_up()
        yield made


def ended(log: CallLog) -> CallEnded:
    return CallEnded(PBX, log.call_id, 0, log.ended_at, log)


def visit(story: Story, waited: float = 7) -> QueueVisit:
    left = START + timedelta(seconds=waited)
    return QueueVisit("support", START, left, waited, VisitOutcome.ANSWERED, priority=10)


def complete(story: Story) -> CallLog:
    """Seen from begin to end."""
    return replace(story.log(CallResult.ANSWERED), visits=(visit(story),))


def from_history(story: Story) -> CallLog:
    """The same call as the switch recorded it: a tenth of a second off here and there, no holds."""
    log = complete(story)
    legs = tuple(
        replace(
            leg,
            ended_at=leg.ended_at + SECOND / 10,
            talk_s=leg.connected_s,
            hold_s=0.0,
            cause=EndCause.TRANSFERRED,
            wait_s=0.5,
        )
        for leg in log.legs
    )
    return replace(log, legs=legs, recovered=True, from_history=True)


def with_gaps(story: Story) -> CallLog:
    """What was left of it when we came back: an end that was concluded, at the last look."""
    log = story.log(CallResult.ANSWERED)
    [leg] = log.legs
    stranger = replace(leg, leg_id=f"{leg.leg_id}/x", interface=OTHER_DEVICE)
    cut = replace(leg, ended_at=leg.ended_at - 30 * SECOND, connected_s=30, talk_s=29)
    return replace(
        log,
        ended_at=log.ended_at - 30 * SECOND,
        connected_s=30,
        legs=(cut, stranger),
        inferred=True,
        recovered=True,
    )


async def everything(house: LogHouse, story: Story) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [dict(await house.call(story.id))]
    rows += map(dict, await house.rows("call_leg", call_id=story.id))
    async with house.database.read() as connection:
        rows += map(dict, (await connection.execute(tables.queue_visit.select())).mappings())
    return rows


def a_call() -> Story:
    return Story("7.1").arrives().waits().talks()


async def test_a_call_that_nobody_saw_is_in_the_log_like_any_other(house: LogHouse) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    story = a_call()
    await house.tell([ended(from_history(story))])
    row = await house.call(story.id)
    assert (row["party_id"], row["match"], row["result"]) == (party, "exact", "answered")
    assert (row["recovered"], row["from_history"], row["inferred"]) == (True, True, False)
    assert (row["last_agent_id"], row["cost_centre"]) == (house.agents["lina"], "CC-7")
    assert row["queue_id"] == default_id("queue", "support")
    [leg] = await house.rows("call_leg", call_id=story.id)
    assert (leg["talk_s"], leg["wait_s"], leg["cause"]) == (60, 0.5, "transferred")
    async with house.database.read() as connection:
        [stay] = (await connection.execute(tables.queue_visit.select())).mappings()
    assert (stay["position"], stay["queue"], stay["outcome"]) == (0, "support", "answered")
    assert (stay["queue_id"], stay["wait_s"], stay["priority"]) == (row["queue_id"], 7, 10)


async def test_what_we_saw_ourselves_has_visits_causes_and_a_cost_centre(house: LogHouse) -> None:
    story = a_call()
    log = complete(story)
    log = replace(log, legs=tuple(replace(one, cause=EndCause.LOST) for one in log.legs))
    await house.tell([*story.events[:-1], ended(log)])
    row, leg, stay = await everything(house, story)
    assert (row["cost_centre"], row["recovered"], row["from_history"]) == ("CC-7", False, False)
    assert (leg["cause"], leg["wait_s"]) == ("lost", 0)
    assert (stay["joined_at"], stay["left_at"]) == (START, START + 7 * SECOND)


async def test_a_concluded_end_is_settled_and_what_people_wrote_stays(house: LogHouse) -> None:
    story = a_call()
    party = await people.add_customer(house.database, "Li Na")
    ticket = await people.add_ticket(house.database, party, 1)
    await house.tell(story.events[:-1])  # we were away when the agent's leg ended
    await house.tell([ended(with_gaps(story))])
    await house.tell([WrapUpDone(story.id, house.agents["lina"], 12.5)])
    own = {"party_id": party, "ticket_id": ticket, "ticket_chosen": True, "note": "call back"}
    own |= {"tags": ["vip"], "version": 4}
    async with house.database.begin() as connection:
        mine = tables.call.c.id == story.id
        own["disposition_id"] = await connection.scalar(tables.disposition.select().limit(1))
        await connection.execute(update(tables.call).where(mine).values(**own))
    await house.tell([ended(from_history(story))])
    row = await house.call(story.id)
    assert {name: row[name] for name in own} == own
    assert (row["inferred"], row["recovered"], row["from_history"]) == (False, True, True)
    assert row["ended_at"] == story.at
    [leg] = await house.rows("call_leg", call_id=story.id)  # the stranger's is gone
    assert (leg["interface"], leg["talk_s"], leg["wrap_s"]) == (AGENT_DEVICE, 60, 12.5)


async def test_a_leg_that_we_saw_whole_keeps_its_holds(house: LogHouse) -> None:
    story = a_call()
    await house.tell(story.events)  # its end, too; but not the call's
    await house.tell([ended(from_history(story))])
    [leg] = await house.rows("call_leg", call_id=story.id)
    assert (leg["talk_s"], leg["hold_s"], leg["connected_s"]) == (59, 1, 60)
    assert leg["cause"] == "transferred"


async def test_a_leg_that_we_saw_a_second_less_of_has_the_switchs_times(house: LogHouse) -> None:
    """It was answered while we came back: `now` is not when."""
    story = a_call()
    whole = from_history(story)
    [leg] = whole.legs
    assert leg.answered_at is not None
    cut = replace(leg, answered_at=leg.answered_at + 0.8 * SECOND, connected_s=59.2, talk_s=59.2)
    await house.tell([ended(replace(whole, legs=(cut,), from_history=False))])
    await house.tell([ended(whole)])
    [row] = await house.rows("call_leg", call_id=story.id)
    assert (row["answered_at"], row["talk_s"], row["connected_s"]) == (leg.answered_at, 60, 60)


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
async def test_the_order_in_which_it_is_told_makes_no_difference(
    house: LogHouse, together: bool
) -> None:
    story = a_call()
    live, history, gaps = (
        ended(complete(story)),
        ended(from_history(story)),
        ended(with_gaps(story)),
    )
    beginning = story.events[:-1]
    seen: list[list[dict[str, Any]]] = []
    told: list[list[Any]] = [beginning, [live], [history], [gaps], [history]]
    for parts in permutations(told):
        if together:
            await house.tell([one for part in parts for one in part])
        else:
            for part in parts:
                await house.tell(part)
        seen.append(await everything(house, story))
        await _forget(house, story)
    for rows in seen:
        assert rows == seen[0]
    row, leg, stay = seen[0]
    assert (row["inferred"], row["recovered"], row["from_history"]) == (False, False, False)
    assert (leg["talk_s"], leg["hold_s"], leg["ended_at"]) == (59, 1, story.at)
    assert stay["wait_s"] == 7
    assert house.log.refused == 0


async def _forget(house: LogHouse, story: Story) -> None:
    async with house.database.begin() as connection:
        for table in (tables.queue_visit, tables.call_leg):
            await connection.execute(table.delete().where(table.c.call_id == story.id))
        await connection.execute(tables.call.delete().where(tables.call.c.id == story.id))


async def test_history_that_comes_twice_or_differently_changes_nothing(house: LogHouse) -> None:
    story = a_call()
    await house.tell([ended(from_history(story))])
    before = await everything(house, story)
    other = replace(from_history(story), legs=(), result=CallResult.FAILED, visits=())
    await house.tell([ended(from_history(story)), ended(other), ended(with_gaps(story))])
    assert await everything(house, story) == before


async def test_the_agents_figures_after_a_recovery(house: LogHouse) -> None:
    """The leg that was concluded is not counted beside the one that was."""
    lina, zhang = house.agents["lina"], house.agents["zhang"]
    story = a_call()
    await house.tell([*story.events[:-1], ended(with_gaps(story)), ended(from_history(story))])
    rang = Story("7.2", at=START + 90 * SECOND).arrives().waits()
    rang.misses(OTHER_DEVICE)
    missed = replace(rang.log(CallResult.ABANDONED), recovered=True, from_history=True)
    await house.tell([ended(missed)])
    house.clock.advance(600)
    figures = Figures(house.database, house.clock, "UTC")
    assert (await figures.today(lina)).talk_s == 60
    day = await figures.today(zhang)
    assert (day.calls, day.missed, day.talk_s) == (0, 1, 0)


async def test_a_consultation_of_which_we_saw_half_goes_into_the_call_it_was_part_of(
    house: LogHouse,
) -> None:
    consult, main = Story("7.4").arrives().waits().talks(OTHER_DEVICE), a_call()
    main.legs.extend(consult.legs)
    both = replace(from_history(main), visits=(visit(main),))
    halves = [ended(with_gaps(Story("7.4").arrives().waits().talks(OTHER_DEVICE)))]
    merged = CallMerged(PBX, consult.id, 9, main.at, main.id)
    await house.tell([*consult.events, *halves])
    for _ in range(2):
        await house.tell([merged, ended(both)])
        assert [row["id"] for row in await house.rows("call")] == [main.id]
        legs = await house.rows("call_leg", call_id=main.id)
        assert sorted((leg["interface"], leg["role"], leg["result"]) for leg in legs) == [
            (AGENT_DEVICE, LegRole.AGENT, LegResult.ANSWERED),
            (OTHER_DEVICE, LegRole.AGENT, LegResult.ANSWERED),
        ]
    assert house.log.refused == 0
