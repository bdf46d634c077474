"""The work after a call, saved at once: all of it or nothing, once however often it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from callcenter.domain.agents import Input
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound, NotYet, ServiceError
from callcenter.services.once import Once
from callcenter.services.records import CallDetail
from callcenter.services.views import ChangedView
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.events import CallMerged
from tests import people
from tests.services.after_house import Afterwards, afterwards
from tests.services.log_house import OTHER_DEVICE, WANG, Story

ANSWERED = default_id("disposition", "support.solved.answered")
CALL_BACK = default_id("disposition", "support.open.call_back")
SOLVED = default_id("disposition", "support.solved")
SOLD = default_id("disposition", "sales.sold.new")
WRONG_NUMBER = default_id("disposition", "no_matter.wrong_number")
SUPPORT = default_id("queue", "support")


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Afterwards]:
    async with afterwards(database, tmp_path / "journal") as made:
        yield made


async def save(house: Afterwards, call_id: UUID, login: str = "lina", **given: Any) -> CallDetail:
    return await house.after.wrap_ups.save(house.agent(login), call_id, given)


async def refused(saved: Awaitable[object], kind: type[ServiceError] = Invalid) -> ServiceError:
    with pytest.raises(kind) as caught:
        await saved
    return caught.value


async def test_everything_at_once(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG, zone="Asia/Shanghai")
    ticket = await people.add_ticket(house.database, wang, 7, queue_id=SUPPORT)
    call = await house.call("1")
    due_at = house.later(days=1)
    saved = await save(
        house,
        call,
        disposition_id=CALL_BACK,
        tags=("invoice", "Urgent", "INVOICE"),
        note="promised Friday",
        callback={"due_at": due_at, "owner": "anyone", "note": "ask for Mr Wang"},
        task={"body": "send the invoice", "due_at": due_at},
        ticket={"id": ticket, "status": "pending"},
    )
    assert (saved.disposition_id, saved.tags) == (CALL_BACK, ("invoice", "Urgent"))
    assert saved.disposition == {"en": "To be called back", "zh-CN": "需要回电"}
    assert (saved.note, saved.ticket_id, saved.ticket_number) == ("promised Friday", ticket, 7)
    assert [leg.role for leg in saved.legs] == ["agent"]
    [callback] = await house.after.callbacks.listed(house.agent("zhang"), "open", 9)
    assert (callback.number, callback.zone, callback.queue) == (WANG, "Asia/Shanghai", "support")
    assert (callback.party_id, callback.ticket_id, callback.call_id) == (wang, ticket, call)
    assert (callback.owner_id, callback.note) == (None, "ask for Mr Wang")
    [task] = await house.after.tasks.listed(
        house.agent(), mine=True, party_id=None, done=False, limit=9
    )
    assert (task.body, task.due_at, task.assignee) == ("send the invoice", due_at, "Lina")
    assert (task.party_id, task.ticket_number, task.call_id) == (wang, 7, call)
    assert (await house.row("ticket", ticket)).status == "pending"
    notes = [row.body for row in await house.rows("activity") if row.kind == "note"]
    assert notes == ["promised Friday"], "the ticket's readers look there"
    assert {row.action for row in await house.rows("audit")} == {
        "call.update", "ticket.note", "ticket.update", "callback.create", "task.create",
    }  # fmt: skip


async def test_who_is_told(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    ticket = await people.add_ticket(house.database, wang, 7, queue_id=SUPPORT)
    call = await house.call("1")
    due = {"due_at": house.later(days=1)}
    await save(house, call, note="x", ticket={"id": ticket}, callback=due, task={"body": "y"})
    told = {
        (message.data.what, message.data.id): message.audience
        for message in house.world.messages
        if isinstance(message.data, ChangedView)
    }
    me = frozenset({house.log.agents["lina"]})
    assert told[("callbacks", None)] == told[("tasks", None)] == told[("figures", None)] == me
    assert told[("ticket", ticket)] is told[("customer", wang)] is None, "everybody"


async def test_what_is_left_out_stays(house: Afterwards) -> None:
    call = await house.call("1")
    await save(house, call, disposition_id=ANSWERED, tags=("a",), note="x")
    saved = await save(house, call, tags=())
    assert (saved.disposition_id, saved.tags, saved.note) == (ANSWERED, (), "x")
    assert (await save(house, call, disposition_id=None)).disposition is None


@pytest.mark.parametrize(
    "disposition_id", [uuid4(), SOLVED, SOLD], ids=["unknown", "a branch", "another queue's"]
)
async def test_a_disposition_is_a_leaf_of_the_calls_queue(
    house: Afterwards, disposition_id: UUID
) -> None:
    call = await house.call("1")
    error = await refused(save(house, call, disposition_id=disposition_id, note="x"))
    assert (error.code, list(error.fields)) == ("invalid_disposition", ["disposition_id"])
    assert (await house.row("call", call)).note == "", "all of it or nothing"
    assert (await save(house, call, disposition_id=WRONG_NUMBER)).disposition_id == WRONG_NUMBER


async def test_one_that_is_no_longer_offered_cannot_be_given(house: Afterwards) -> None:
    call = await house.call("1")
    await save(house, call, disposition_id=ANSWERED)
    await house.set("disposition", ANSWERED, active=False)
    await refused(save(house, call, disposition_id=ANSWERED))
    kept = await save(house, call, note="x")
    assert kept.disposition == {"en": "Question answered", "zh-CN": "已解答"}


async def test_a_call_of_ours_outside_of_queues_takes_any(house: Afterwards) -> None:
    story = Story("1").dials(WANG).ends()
    await house.log.tell(story.events)
    await house.set("call", story.id, last_agent_id=house.log.agents["lina"])
    assert (await save(house, story.id, disposition_id=SOLD)).disposition_id == SOLD


async def test_where_a_queue_requires_one_nothing_is_saved_without(house: Afterwards) -> None:
    await house.set("queue", SUPPORT, disposition_required=True)
    call = await house.call("1")
    error = await refused(save(house, call, note="x"))
    assert (error.code, list(error.fields)) == ("disposition_required", ["disposition_id"])
    assert (await house.row("call", call)).note == ""
    await save(house, call, disposition_id=ANSWERED)
    assert (await save(house, call, note="x")).note == "x", "it has one already"
    await refused(save(house, call, disposition_id=None))


async def test_what_others_wrote_meanwhile_stays(house: Afterwards) -> None:
    call = await house.call("1")
    await save(house, call, note="first")
    await house.set("call", call, note="first\nfrom another window")
    saved = await save(house, call, note="first, and more", note_was="first")
    assert saved.note == "first, and more\nfrom another window"


async def test_sent_twice_it_is_there_once(house: Afterwards) -> None:
    await people.add_customer(house.database, "王小明", WANG)
    call = await house.call("1")
    given: dict[str, Any] = {
        "note": "invoice",
        "ticket": {"subject": "Invoice", "status": "solved"},
        "callback": {"due_at": house.later(hours=3)},
        "task": {"body": "send it"},
    }
    first = await save(house, call, **given)
    again = await save(house, call, **given)  # with another key, after an unknown outcome
    assert again == first
    [ticket] = await house.rows("ticket")
    assert (ticket.subject, ticket.status, ticket.id) == ("Invoice", "solved", again.ticket_id)
    assert len(await house.rows("callback")) == 1
    kinds = sorted(row.kind for row in await house.rows("activity"))
    assert kinds == ["note", "task"]


async def test_a_repeated_key_is_one_effect(house: Afterwards) -> None:
    call, once = await house.call("1"), Once(house.database, house.clock)
    user_id = house.log.agents["lina"]
    saves = 0

    async def effect() -> dict[str, Any]:
        nonlocal saves
        saves += 1
        saved = await save(house, call, tags=("x",))
        return {"version": saved.version}

    answers = await asyncio.gather(*(once.run(user_id, "key", "same", effect) for _ in range(5)))
    assert (saves, {one["version"] for one in answers}) == (1, {2})


async def test_a_ticket_note_grows_with_the_calls_note(house: Afterwards) -> None:
    await people.add_customer(house.database, "王小明", WANG)
    call = await house.call("1")
    await save(house, call, note="invoice")
    await save(house, call, note="invoice, promised Friday", note_was="invoice")
    [note] = await house.rows("activity")
    assert note.body == "invoice, promised Friday"
    await save(house, call, note="another matter", note_was="invoice, promised Friday")
    bodies = [row.body for row in await house.rows("activity")]
    assert sorted(bodies) == ["another matter", "invoice, promised Friday"]


async def test_a_caller_nobody_knows_has_a_note_and_no_ticket(house: Afterwards) -> None:
    call = await house.call("1")
    saved = await save(house, call, note="x", ticket={"subject": "x", "status": "solved"})
    assert (saved.note, saved.ticket_id) == ("x", None)
    error = await refused(save(house, call, ticket={"status": "solved"}))
    assert error.code == "invalid_ticket"


async def test_nothing_of_it_when_a_part_is_refused(house: Afterwards) -> None:
    wang = await people.add_customer(house.database, "王小明", WANG)
    chen = await people.add_customer(house.database, "Chen", "95588")
    closed = await people.add_ticket(house.database, wang, 7, status="closed")
    of_chen = await people.add_ticket(house.database, chen, 8)
    call = await house.call("1")
    tries: list[tuple[dict[str, Any], type[ServiceError], str]] = [
        ({"ticket": {"id": closed, "status": "open"}}, Conflict, "ticket_status"),
        ({"ticket": {"id": of_chen}}, Invalid, "ticket_of_another"),
        ({"ticket": {"id": uuid4()}}, Invalid, "no_such_ticket"),
        ({"callback": {"due_at": house.later(hours=-2)}}, Invalid, "invalid_callback"),
        (
            {"callback": {"due_at": house.later(hours=2), "number": "x"}},
            Invalid,
            "invalid_callback",
        ),
    ]
    for given, kind, code in tries:
        error = await refused(save(house, call, note="x", tags=("a",), **given), kind)
        assert error.code == code
    row = await house.row("call", call)
    assert (row.note, row.tags, row.version) == ("", [], 1)
    assert await house.rows("activity") == await house.rows("callback") == []


async def test_a_callback_that_waited_in_the_browser_is_kept(house: Afterwards) -> None:
    """We were away for some minutes; its time has come meanwhile."""
    call = await house.call("1")
    await save(house, call, callback={"due_at": house.later(minutes=-30)})
    [row] = await house.after.callbacks.listed(house.agent(), "due", 9)
    assert row.call_id == call


async def test_who_may(house: Afterwards) -> None:
    call = await house.call("1")
    assert (await refused(save(house, call, "zhang", note="x"), Forbidden)).code == "not_your_call"
    await refused(save(house, uuid4(), note="x"), NotFound)
    lina = house.agent()
    for object_, code, given in (
        ("callback", "callback_create", {"callback": {"due_at": house.later(hours=1)}}),
        ("task", "task_create", {"task": {"body": "x"}}),
    ):
        reader = replace(lina, permissions={**lina.permissions, object_: {"read": "all"}})
        error = await refused(house.after.wrap_ups.save(reader, call, given), Forbidden)
        assert error.code == code


async def test_whoever_talked_in_the_middle_of_a_call_may_finish_it(house: Afterwards) -> None:
    third = await people.add_user(house.database, "emma", extension="1003")
    await house.log.roster.load(house.database)
    story = Story("1").arrives().waits().talks().talks(OTHER_DEVICE).talks("PJSIP/1003").ends()
    await house.log.tell(story.events)
    row = await house.row("call", story.id)
    assert (row.first_agent_id, row.last_agent_id) == (house.log.agents["lina"], third)
    assert (await save(house, story.id, "zhang", note="second")).note == "second"
    no_calls = house.agent("zhang", call={"read": "all"})
    await refused(house.after.wrap_ups.save(no_calls, story.id, {"note": "x"}), Forbidden)


async def test_before_the_call_is_in_the_log(house: Afterwards) -> None:
    story = Story("1").arrives().waits().talks().ends()
    for event in story.events:
        house.log.hand(event)
    assert (await save(house, story.id, note="early")).note == "early"


async def test_a_log_that_is_behind_says_so_and_changes_nothing(house: Afterwards) -> None:
    call = await house.call("1")
    house.behind = True
    await refused(save(house, call, note="x"), NotYet)
    assert (await house.row("call", call)).note == ""


async def test_a_merged_call_takes_its_disposition_with_it(house: Afterwards) -> None:
    into, merged = await house.call("1"), await house.call("2")
    await save(house, into, tags=("a",))
    await save(house, merged, disposition_id=ANSWERED, tags=("a", "b"))
    await house.log.tell([CallMerged("pbx1", merged, 9, house.now, into)])
    row = await house.row("call", into)
    assert (row.disposition_id, row.tags) == (ANSWERED, ["a", "b"])


async def test_calls_that_still_lack_one_are_listed(house: Afterwards) -> None:
    await house.set("queue", SUPPORT, disposition_required=True)
    call = await house.call("1")
    listed = house.calls.recent
    fixed: dict[str, Any] = {"mine": False, "party_id": None, "before": None, "limit": 9}
    mine = await listed(house.agent(), **fixed, undisposed=True)
    assert [row.id for row in mine] == [call]
    assert await listed(house.agent("zhang"), **fixed, undisposed=True) == []
    assert (await house.after.figures.today(house.log.agents["lina"])).undisposed == 1
    await save(house, call, disposition_id=ANSWERED)
    assert await listed(house.agent(), **fixed, undisposed=True) == []
    assert (await house.after.figures.today(house.log.agents["lina"])).undisposed == 0


async def wrapping_up(house: Afterwards) -> UUID:
    """Lina has talked, and the call lies on her desk."""
    world, lina = house.world, house.log.agents["lina"]
    await house.log.roster.load(house.database)
    world.roster.replace(house.log.roster.seats(), house.log.roster.queues.values())
    world.command(lina, Input.SIGN_IN)
    story = Story("1", at=house.now).arrives().waits().talks().ends()
    for event in story.events:
        house.log.hand(event)
        world.live.on_event(event)
    assert world.presence.view(lina).state == "wrap_up"
    return story.id


async def test_nobody_leaves_a_wrap_up_without_what_the_queue_requires(house: Afterwards) -> None:
    await house.set("queue", SUPPORT, disposition_required=True)
    lina = house.log.agents["lina"]
    call = await wrapping_up(house)
    error = await refused(house.after.wrap_ups.expect_disposed(lina), Conflict)
    assert error.code == "disposition_required"
    await house.after.wrap_ups.expect_disposed(house.log.agents["zhang"])
    await save(house, call, disposition_id=ANSWERED)
    await house.after.wrap_ups.expect_disposed(lina)


async def test_a_queue_that_requires_none_asks_for_none(house: Afterwards) -> None:
    await wrapping_up(house)
    house.behind = True  # it is not even looked at
    await house.after.wrap_ups.expect_disposed(house.log.agents["lina"])


async def test_a_log_that_is_behind_keeps_nobody_from_the_next_call(house: Afterwards) -> None:
    await house.set("queue", SUPPORT, disposition_required=True)
    await wrapping_up(house)
    house.behind = True
    await house.after.wrap_ups.expect_disposed(house.log.agents["lina"])


async def test_late_by_hours_is_late(house: Afterwards) -> None:
    call = await house.call("1")
    due_at = house.now - timedelta(hours=1, minutes=1)
    error = await refused(save(house, call, callback={"due_at": due_at}))
    assert error.fields == {"due_at": "this time is over"}
