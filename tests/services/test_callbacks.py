"""Callbacks: promised, due, taken by one, and kept by the call that reached the customer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from callcenter.services.callbacks_due import LONGEST_S
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.services.records import CallbackRow
from callcenter.store.database import Database
from telephony.events import CallMerged, CallResult
from tests import people
from tests.services.after_house import Afterwards, afterwards
from tests.services.log_house import WANG, Story

OWN_ONLY = {"read": "own", "create": "own", "update": "own"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Afterwards]:
    async with afterwards(database, tmp_path / "journal") as made:
        yield made


async def promise(house: Afterwards, login: str = "lina", **given: Any) -> CallbackRow:
    fixed = {"number": "138 0013 8000", "due_at": house.later(hours=2)}
    return await house.after.callbacks.create(house.agent(login), fixed | given)


async def listed(house: Afterwards, state: str, login: str = "lina") -> list[UUID]:
    rows = await house.after.callbacks.listed(house.agent(login), state, 50)
    return [row.id for row in rows]


async def test_what_a_call_knows_its_callback_knows(house: Afterwards) -> None:
    wang = await people.add_customer(
        house.database, "王小明", WANG, zone="Asia/Shanghai", tier="gold"
    )
    call = await house.call("1")
    made = await promise(house, call_id=call, note="invoice")
    assert (made.party_id, made.party_name, made.zone) == (wang, "王小明", "Asia/Shanghai")
    assert made.tier is not None
    assert (made.tier.code, made.queue, made.call_id) == ("gold", "support", call)
    assert (made.number, made.display) == (WANG, "+86 138 0013 8000")
    assert (made.owner, made.status, made.version) == ("Lina", "pending", 1)
    [row] = await house.after.callbacks.listed(house.agent(), "mine", 50)
    assert row == made


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"number": "nobody"}, "number"),
        ({"number": "12"}, "number"),
        ({"number": "1002"}, "number"),  # a colleague's extension is no customer's number
        ({"queue": "nowhere"}, "queue"),
        ({"party_id": uuid4()}, "party_id"),
        ({"call_id": uuid4()}, "call_id"),
        ({"ticket_id": uuid4()}, "ticket_id"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    house: Afterwards, given: dict[str, Any], field: str
) -> None:
    house.log.directory.set_own_numbers(house.log.roster.extensions())
    with pytest.raises(Invalid) as caught:
        await promise(house, **given)
    assert (caught.value.code, list(caught.value.fields)) == ("invalid_callback", [field])
    assert await house.rows("callback") == []


@pytest.mark.parametrize("away", [timedelta(minutes=-2), timedelta(days=800)])
async def test_a_due_time_lies_ahead(house: Afterwards, away: timedelta) -> None:
    with pytest.raises(Invalid) as caught:
        await promise(house, due_at=house.now + away)
    assert list(caught.value.fields) == ["due_at"]
    made = await promise(house)
    with pytest.raises(Invalid):
        await house.after.callbacks.update(house.agent(), made.id, 1, {"due_at": house.now + away})


async def test_whose_it_is_decides_on_whose_list_it_stands(house: Afterwards) -> None:
    mine = await promise(house)
    anyones = await promise(house, owner="anyone", queue="support", due_at=house.later(hours=1))
    of_vip = await promise(house, owner="anyone", queue="vip")
    of_nobody = await promise(house, owner="anyone", due_at=house.later(hours=3))
    assert await listed(house, "mine") == [mine.id]
    assert await listed(house, "mine", "zhang") == []
    everything = [anyones.id, mine.id, of_vip.id, of_nobody.id]
    assert sorted(await listed(house, "open", "zhang")) == sorted(everything)
    assert await listed(house, "due") == []
    house.clock.advance(4 * 3600)
    assert await listed(house, "due") == [anyones.id, mine.id, of_nobody.id]
    assert await listed(house, "due", "zhang") == [anyones.id, of_nobody.id]


async def test_of_two_who_take_it_one_is_told(house: Afterwards) -> None:
    made = await promise(house, owner="anyone", queue="support")
    house.changed("callbacks")
    take = house.after.callbacks.update
    taken = await asyncio.gather(
        take(house.agent("lina"), made.id, made.version, {"owner": "me"}),
        take(house.agent("zhang"), made.id, made.version, {"owner": "me"}),
        return_exceptions=True,
    )
    [refused] = [one for one in taken if isinstance(one, Conflict)]
    assert refused.code == "changed_meanwhile"
    [winner] = [one for one in taken if isinstance(one, CallbackRow)]
    row = await house.row("callback", made.id)
    assert (row.owner_id, row.version) == (winner.owner_id, 2)
    both = frozenset(house.log.agents.values())
    assert house.changed("callbacks") == [both], "the other one's list is old"
    back = await take(house.agent("lina"), made.id, 2, {"owner": "anyone"})
    assert (back.owner_id, back.owner) == (None, "")


async def test_done_by_hand_and_taken_back(house: Afterwards) -> None:
    made = await promise(house)
    change = house.after.callbacks.update
    done = await change(house.agent(), made.id, 1, {"status": "done"})
    assert (done.status, await listed(house, "open")) == ("done", [])
    assert (await house.row("callback", made.id)).done_at == house.now
    again = await change(house.agent(), made.id, done.version, {"status": "done"})
    assert again.version == done.version, "nothing changed"
    back = await change(house.agent(), made.id, done.version, {"status": "pending"})
    assert (back.status, await listed(house, "open")) == ("pending", [made.id])
    assert (await house.row("callback", made.id)).done_at is None


async def test_who_may(house: Afterwards) -> None:
    made = await promise(house)
    free = await promise(house, owner="anyone", queue="support")
    other = house.agent("zhang", callback=OWN_ONLY)
    update = house.after.callbacks.update
    with pytest.raises(NotFound):
        await update(other, made.id, 1, {"note": "x"})
    with pytest.raises(NotFound):
        await update(other, uuid4(), 1, {"note": "x"})
    assert (await update(other, free.id, 1, {"owner": "me"})).owner == "Zhang"
    reader = house.agent("zhang", callback={"read": "all"})
    with pytest.raises(Forbidden) as caught:
        await update(reader, made.id, 1, {"note": "x"})
    assert caught.value.code == "callback_update"
    with pytest.raises(Forbidden):
        await house.after.callbacks.create(reader, {"number": WANG, "due_at": house.later(hours=1)})
    actions = [row.action for row in await house.rows("audit")]
    assert actions == ["callback.create", "callback.create", "callback.update"]


async def dialled(
    house: Afterwards, uniqueid: str, number: str, result: CallResult, minutes: float = 10
) -> UUID:
    """An outbound call of lina's, so many minutes from now."""
    story = Story(uniqueid, at=house.later(minutes=minutes)).dials(number)
    if result is CallResult.ANSWERED:
        story.queues.append("")
        story.talks()
        story.queues.clear()
    await house.log.tell(story.ends(result).events)
    return story.id


async def test_the_call_that_reaches_the_number_keeps_the_promise(house: Afterwards) -> None:
    due = await promise(house, due_at=house.later(minutes=30))
    far = await promise(house, due_at=house.later(days=1))
    others = await promise(house, "zhang", due_at=house.later(minutes=30))
    house.changed("callbacks")
    await dialled(house, "1", "013800138000", CallResult.NO_ANSWER)
    assert (await house.row("callback", due.id)).status == "pending", "nobody was reached"
    call = await dialled(house, "2", "013800138000", CallResult.ANSWERED, minutes=12)
    row = await house.row("callback", due.id)
    assert (row.status, row.done_call_id, row.version) == ("done", call, 2)
    assert row.done_at is not None
    for kept in (far, others):
        assert (await house.row("callback", kept.id)).status == "pending"
    assert house.changed("callbacks") == [frozenset({house.log.agents["lina"]})]


async def test_a_call_does_not_keep_what_was_promised_in_it(house: Afterwards) -> None:
    story = Story("1", at=house.later(minutes=-5)).dials(WANG)
    story.queues.append("")
    story.talks(seconds=600)
    story.queues.clear()
    await house.log.tell(story.events[:1])
    made = await promise(house, due_at=house.later(minutes=20))
    await house.log.tell(story.ends().events[1:])
    assert (await house.row("callback", made.id)).status == "pending"


async def test_a_merged_call_leaves_its_promises_with_the_other(house: Afterwards) -> None:
    into, merged = await house.call("1"), await house.call("2")
    made = await promise(house, call_id=merged)
    await house.log.tell([CallMerged("pbx1", merged, 9, house.now, into)])
    assert (await house.row("callback", made.id)).call_id == into


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 (what happens in the background tells nobody)
            await asyncio.sleep(0.005)


async def looked(house: Afterwards, times: int) -> None:
    """Until whoever watches over due callbacks has looked so often, and sleeps."""
    await until(lambda: house.after.due.looks >= times)
    await asyncio.sleep(0.005)


async def told(house: Afterwards) -> list[frozenset[UUID] | None]:
    heard: list[frozenset[UUID] | None] = []

    def hear() -> bool:
        heard.extend(house.changed("callbacks"))
        return bool(heard)

    await until(hear)
    return heard


async def test_one_that_falls_due_announces_itself(house: Afterwards) -> None:
    soon = await promise(house, due_at=house.later(minutes=5))
    due_at = house.later(minutes=8)
    free = await promise(house, "zhang", owner="anyone", queue="support", due_at=due_at)
    due = house.after.due
    due.start()
    try:
        await looked(house, 1)
        house.changed("callbacks")
        house.clock.advance(4 * 60 + 59)
        await looked(house, 1)
        assert due.looks == 1, "nothing is asked before its time"
        house.clock.advance(1)
        assert await told(house) == [frozenset({house.log.agents["lina"]})]
        assert await listed(house, "due") == [soon.id]
        await looked(house, 3)
        house.clock.advance(180)
        assert await told(house) == [frozenset(house.log.agents.values())]
        assert await listed(house, "due", "zhang") == [free.id]
        await looked(house, 5)
        house.clock.advance(LONGEST_S)
        await looked(house, 6)
        assert house.changed("callbacks") == [], "once is enough"
    finally:
        await due.stop()


async def test_one_that_is_made_meanwhile_is_announced_too(house: Afterwards) -> None:
    house.after.due.start()
    try:
        await looked(house, 1)
        await promise(house, due_at=house.later(minutes=1))
        await looked(house, 2)
        house.changed("callbacks")
        house.clock.advance(60)
        assert await told(house) == [frozenset({house.log.agents["lina"]})]
    finally:
        await house.after.due.stop()
