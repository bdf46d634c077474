"""What people do with calls: customer, ticket, note; who may, and who was faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import RowMapping, select

from callcenter.domain.permissions import Actor
from callcenter.services.call_changes import CallChanges
from callcenter.services.calls import Calls
from callcenter.services.errors import Conflict, Forbidden, Invalid, NotFound, NotYet
from callcenter.services.news import News
from callcenter.services.once import Once
from callcenter.services.tickets import Tickets
from callcenter.store import tables
from callcenter.store.database import Database
from tests import people
from tests.feed_scenarios import World
from tests.people import actor
from tests.services.log_house import PBX, WANG, LogHouse, Story, opened, two_agents

AGENT_ROLE = {
    "call": {"read": "all", "update": "own"},
    "ticket": {"read": "all", "create": "all", "update": "all"},
    "customer": {"read": "all"},
}


class Desk:
    """The services on a real database, with the live branch of a faked world beside them."""

    def __init__(self, log: LogHouse) -> None:
        self.log = log
        self.world = World()
        self.caught_up: Callable[[], Awaitable[None]] = log.log.caught_up
        changes = CallChanges(
            live=self.world.live,
            directory=log.directory,
            clock=self.world.clock,
            caught_up=self.catch_up,
            deadline_s=0.2,
        )
        self.tickets = Tickets(
            log.database, log.directory, self.world.clock, changes, News(self.world.feed)
        )
        self.calls = Calls(
            database=log.database,
            directory=log.directory,
            roster=log.roster,
            clock=self.world.clock,
            changes=changes,
        )

    async def catch_up(self) -> None:
        await self.caught_up()

    def agent(self, login: str = "lina") -> Actor:
        return Actor(self.log.agents[login], permissions=AGENT_ROLE)

    async def audit(self) -> Sequence[RowMapping]:
        async with self.log.database.read() as connection:
            return (await connection.execute(select(tables.audit))).mappings().all()

    async def call(self, uniqueid: str, caller: str = WANG) -> UUID:
        """A finished call that lina had."""
        story = Story(uniqueid, caller).arrives().waits().talks().ends()
        await self.log.tell(story.events)
        return story.id


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    agents = await two_agents(database)
    async with opened(database, tmp_path / "journal") as log:
        log.agents = agents
        yield Desk(log)


async def test_the_first_note_opens_a_ticket_and_later_ones_do_not(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    call_id = await desk.call("1.1")
    await desk.calls.set_note(desk.agent(), call_id, "  Invoice\nfor March  ")
    detail = await desk.calls.get(desk.agent(), call_id)
    assert detail.ticket_id is not None
    assert detail.note == "  Invoice\nfor March  "
    [ticket] = await desk.tickets.of_customer(desk.agent(), party, 10)
    assert (ticket.id, ticket.subject, ticket.domain) == (detail.ticket_id, "Invoice", "support")
    await desk.calls.set_note(desk.agent(), call_id, "Invoice for April")
    assert len(await desk.tickets.of_customer(desk.agent(), party, 10)) == 1


async def test_a_long_first_line_is_cut(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    call_id = await desk.call("1.2")
    await desk.calls.set_note(desk.agent(), call_id, "x" * 200)
    [ticket] = await desk.tickets.of_customer(desk.agent(), party, 10)
    assert ticket.subject == "x" * 79 + "…"


async def test_a_stranger_gets_no_ticket_until_it_is_known_who_it_is(desk: Desk) -> None:
    call_id = await desk.call("1.3", "+8613600136000")
    await desk.calls.set_note(desk.agent(), call_id, "who?")
    assert (await desk.calls.get(desk.agent(), call_id)).ticket_id is None


async def test_another_customer_means_another_ticket(desk: Desk) -> None:
    first = await people.add_customer(desk.log.database, "王小明", WANG)
    other = await people.add_customer(desk.log.database, "Li Na")
    await people.add_ticket(desk.log.database, first, 1)
    theirs = await people.add_ticket(desk.log.database, other, 2)
    call_id = await desk.call("1.4")
    await desk.calls.choose_customer(desk.agent(), call_id, other)
    detail = await desk.calls.get(desk.agent(), call_id)
    assert (detail.party_id, detail.party_name, detail.ticket_id) == (other, "Li Na", theirs)
    detail = await desk.calls.update(desk.agent(), call_id, detail.version, {"party_id": None})
    assert (detail.party_id, detail.ticket_id) == (None, None)


async def test_a_ticket_belongs_to_the_calls_customer(desk: Desk) -> None:
    await people.add_customer(desk.log.database, "王小明", WANG)
    other = await people.add_customer(desk.log.database, "Li Na")
    theirs = await people.add_ticket(desk.log.database, other, 1)
    call_id = await desk.call("1.5")
    version = (await desk.calls.get(desk.agent(), call_id)).version
    for ticket_id, code in ((theirs, "ticket_of_another"), (uuid4(), "no_such_ticket")):
        with pytest.raises(Invalid) as caught:
            await desk.calls.update(desk.agent(), call_id, version, {"ticket_id": ticket_id})
        assert caught.value.code == code
    with pytest.raises(Invalid) as caught:
        await desk.calls.choose_customer(desk.agent(), call_id, uuid4())
    assert caught.value.code == "no_such_customer"


async def test_a_call_shows_its_queues_why_legs_ended_and_what_it_is_linked_to(desk: Desk) -> None:
    consultation = await desk.call("1.7")
    hidden = uuid4()  # of another switch, whose log has not told of it yet
    call_id = await desk.call("1.8")
    at = desk.world.clock.now()
    visit = {"call_id": call_id, "left_at": at, "joined_at": at, "queue": "support"}
    visits = [
        visit | {"position": 1, "wait_s": 3.5, "outcome": "answered", "priority": 7},
        visit | {"position": 0, "wait_s": 20.0, "outcome": "timed_out", "priority": 0},
    ]
    linked = [str(hidden), str(consultation)]
    async with desk.log.database.begin() as connection:
        for table in (tables.queue_visit, tables.call_leg):
            await connection.execute(table.delete().where(table.c.call_id == call_id))
        await connection.execute(tables.queue_visit.insert(), visits)
        leg = {"call_id": call_id, "pbx": PBX, "started_at": at, "ended_at": at, "result": "busy"}
        leg |= {"id": uuid4(), "uniqueid": "1.9", "interface": "PJSIP/1001", "role": "agent"}
        why = {"cause": "declined", "ended_by": "agent", "wait_s": 4.5}
        await connection.execute(tables.call_leg.insert().values(leg | why))
        of_call = tables.call.update().where(tables.call.c.id == call_id)
        told = {"linked": linked, "recovered": True, "from_history": True, "cost_centre": "4711"}
        await connection.execute(of_call.values(told))
    detail = await desk.calls.get(desk.agent(), call_id)
    assert [(one.queue, one.wait_s, one.outcome, one.priority) for one in detail.visits] == [
        ("support", 20.0, "timed_out", 0),
        ("support", 3.5, "answered", 7),
    ]
    [shown] = detail.legs
    assert (shown.cause, shown.ended_by, shown.wait_s) == ("declined", "agent", 4.5)
    assert [one.id for one in detail.linked] == [consultation]
    assert (detail.recovered, detail.from_history, detail.inferred) == (True, True, False)
    assert (detail.pbx, detail.cost_centre) == (PBX, "4711")
    stranger = Actor(uuid4(), permissions={"call": {"read": "own"}})
    with pytest.raises(NotFound):
        await desk.calls.get(stranger, call_id)


async def test_who_was_slower_is_told(desk: Desk) -> None:
    call_id = await desk.call("1.6")
    version = (await desk.calls.get(desk.agent(), call_id)).version
    detail = await desk.calls.update(desk.agent(), call_id, version, {"note": "a"})
    assert detail.version == version + 1
    with pytest.raises(Conflict) as caught:
        await desk.calls.update(desk.agent(), call_id, version, {"note": "b"})
    assert caught.value.code == "changed_meanwhile"


async def test_notes_saved_at_the_same_moment_open_one_ticket(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    call_id = await desk.call("1.7")
    notes = (desk.calls.set_note(desk.agent(), call_id, f"note {n}") for n in range(5))
    await asyncio.gather(*notes)
    assert len(await desk.tickets.of_customer(desk.agent(), party, 10)) == 1


async def test_a_note_made_of_an_older_one_overwrites_nothing(desk: Desk) -> None:
    call_id = await desk.call("1.71")
    await desk.calls.set_note(desk.agent(), call_id, "one window", was="")
    with pytest.raises(Conflict) as caught:
        await desk.calls.set_note(desk.agent(), call_id, "another window", was="")
    assert caught.value.code == "note_changed"
    await desk.calls.set_note(desk.agent(), call_id, "one window", was="")  # told again: done
    await desk.calls.set_note(desk.agent(), call_id, "one window\nanother", was="one window")
    assert (await desk.calls.get(desk.agent(), call_id)).note == "one window\nanother"


async def test_only_who_had_the_call_or_has_it_now_may_change_it(desk: Desk) -> None:
    call_id = await desk.call("1.8")
    with pytest.raises(Forbidden):
        await desk.calls.set_note(desk.agent("zhang"), call_id, "mine?")
    with pytest.raises(NotFound):
        await desk.calls.set_note(desk.agent(), uuid4(), "which?")
    blind = Actor(desk.log.agents["zhang"])
    with pytest.raises(NotFound):
        await desk.calls.get(blind, call_id)
    await desk.calls.set_note(actor(), call_id, "the supervisor's")


async def test_the_log_as_a_list(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    first, second = await desk.call("2.1"), await desk.call("2.2", "+8613600136000")

    async def listed(login: str, **given: object) -> list[UUID]:
        options = {"mine": False, "party_id": None, "before": None, "limit": 50} | given
        rows = await desk.calls.recent(desk.agent(login), **options)  # type: ignore[arg-type]  # its own options
        return [row.id for row in rows]

    assert set(await listed("lina")) == {first, second}
    assert set(await listed("lina", mine=True)) == {first, second}
    assert await listed("zhang", mine=True) == []
    assert await listed("zhang", party_id=party) == [first]
    assert len(await listed("zhang", limit=1)) == 1
    row = await desk.calls.get(desk.agent(), first)
    assert row.display == "+86 138 0013 8000"
    assert [leg.agent for leg in row.legs] == ["Lina"]
    assert await listed("zhang", before=row.started_at) == []


async def test_while_it_rings_the_agent_says_who_it_is(desk: Desk) -> None:
    """The log has the call, though nobody has answered it yet."""
    shared = "+8613700137000"
    await people.add_customer(desk.log.database, "王小明", shared)
    chosen = await people.add_customer(desk.log.database, "Li Na", shared)
    story = Story("3.1", shared).arrives().waits()
    await desk.log.tell(story.events)
    assert (await desk.log.call(story.id))["match"] == "several"
    await desk.calls.choose_customer(actor(desk.log.agents["lina"]), story.id, chosen)
    await desk.log.tell(story.talks().ends().events)
    row = await desk.log.call(story.id)
    assert (row["pbx"], row["party_id"], row["result"]) == (PBX, chosen, "answered")


@pytest.mark.parametrize("login", ["lina", "zhang"])
async def test_a_new_ticket_takes_a_call_with_it_only_for_who_may_change_the_call(
    desk: Desk, login: str
) -> None:
    party = await people.add_customer(desk.log.database, "王小明")
    call_id = await desk.call("4.1", "+8613600136000")
    before = await desk.log.call(call_id)
    making = desk.tickets.create(desk.agent(login), subject="x", party_id=party, call_id=call_id)
    if login == "zhang":  # lina had it
        with pytest.raises(Forbidden) as caught:
            await making
        assert caught.value.code == "not_your_call"
        assert await desk.log.call(call_id) == before
        assert await desk.tickets.of_customer(desk.agent(), party, 10) == []
        return
    made = await making
    after = await desk.log.call(call_id)
    assert (after["party_id"], after["ticket_id"], after["version"]) == (party, made.id, 2)
    audited = {row["action"]: row["after"] for row in await desk.audit()}
    assert audited["call.update"] == {
        "ticket_id": str(made.id),
        "ticket_chosen": True,
        "party_id": str(party),
    }


async def test_a_new_ticket_for_a_stranger_shows_the_desk_who_it_is(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明")
    story = Story("4.2", "+8613600136000").arrives().waits().talks()
    for event in story.events:
        desk.world.live.on_event(event)
    await desk.log.tell(story.events)
    made = await desk.tickets.create(desk.agent(), subject="x", party_id=party, call_id=story.id)
    shown = desk.world.live.call(story.id)
    assert shown is not None
    assert shown.ticket_id == made.id
    assert shown.caller.card is not None
    assert shown.caller.card.party_id == party


async def test_who_may_not_open_tickets_may_still_write_a_note(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    hidden_from = {"customer": {"read": "own"}}, {"ticket": {"read": "all"}}
    for number, less in enumerate(hidden_from):
        call_id = await desk.call(f"4.{number}")
        writer = Actor(desk.log.agents["lina"], permissions=AGENT_ROLE | less)
        await desk.calls.set_note(writer, call_id, "promised Friday")
        row = await desk.log.call(call_id)
        assert (row["note"], row["ticket_id"]) == ("promised Friday", None)
    assert await desk.tickets.of_customer(desk.agent(), party, 10) == []


async def test_one_chooses_among_the_customers_and_tickets_one_may_read(desk: Desk) -> None:
    zhang = desk.log.agents["zhang"]
    his = await people.add_customer(desk.log.database, "Hidden", owner_id=zhang, note="secret")
    mine = await people.add_customer(
        desk.log.database, "王小明", WANG, owner_id=desk.log.agents["lina"]
    )
    his_ticket = await people.add_ticket(
        desk.log.database, mine, 1, owner_id=zhang, status="solved"
    )
    call_id = await desk.call("4.4")
    own = {"customer": {"read": "own"}, "ticket": {"read": "own"}}
    me = Actor(desk.log.agents["lina"], permissions=AGENT_ROLE | own)
    with pytest.raises(Invalid) as caught:
        await desk.calls.choose_customer(me, call_id, his)
    assert caught.value.code == "no_such_customer"
    with pytest.raises(Invalid) as caught:
        await desk.calls.update(me, call_id, 1, {"ticket_id": his_ticket})
    assert caught.value.code == "no_such_ticket"


async def test_a_log_that_is_behind_is_not_waited_for(desk: Desk) -> None:
    """Nothing was done, so that the same request may be sent again under its key."""
    call_id = await desk.call("4.5")
    writer, once = desk.agent(), Once(desk.log.database, desk.world.clock)
    assert writer.user_id

    async def write() -> dict[str, str]:
        await desk.calls.set_note(writer, call_id, "who?")
        return {}

    async def never() -> None:
        await asyncio.Event().wait()

    desk.caught_up = never
    with pytest.raises(NotYet) as caught:
        await once.run(writer.user_id, "key", "request", write)
    assert caught.value.code == "log_behind"
    desk.caught_up = desk.log.log.caught_up
    assert await once.run(writer.user_id, "key", "request", write) == {}
    assert (await desk.log.call(call_id))["note"] == "who?"


async def test_a_ticket_that_a_person_took_off_does_not_come_back(desk: Desk) -> None:
    party = await people.add_customer(desk.log.database, "王小明", WANG)
    other = await people.add_customer(desk.log.database, "Li Na")
    ticket = await people.add_ticket(desk.log.database, party, 1)
    theirs = await people.add_ticket(desk.log.database, other, 2)
    story = Story("5.1").arrives().waits().talks()
    await desk.log.tell(story.events)
    call = await desk.calls.get(desk.agent(), story.id)
    assert call.ticket_id == ticket
    await desk.calls.update(desk.agent(), story.id, call.version, {"ticket_id": None})
    await desk.calls.set_note(desk.agent(), story.id, "wrong number")
    await desk.log.tell(story.ends().events)
    call = await desk.calls.get(desk.agent(), story.id)
    assert (call.ticket_id, call.result) == (None, "answered")
    assert len(await desk.tickets.of_customer(desk.agent(), party, 10)) == 1
    await desk.calls.choose_customer(desk.agent(), story.id, other)  # whose ticket nobody took off
    assert (await desk.calls.get(desk.agent(), story.id)).ticket_id == theirs
