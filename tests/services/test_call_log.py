"""The call log: complete, once, attached; whatever is repeated, late, refused or interrupted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from callcenter.feed import Message
from callcenter.services import journal
from callcenter.services.call_log import ALIVE_S
from callcenter.services.journal import AgentStateBegan, Alive, RunBegan, WrapUpDone
from callcenter.services.views import LoggedView
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.inbox import Inbox
from callcenter.store.queries import call_log
from telephony.events import CallEnded, CallMerged, CallResult, Direction
from telephony.replay import replay_all
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

RECORDINGS = Path(__file__).parent.parent / "recordings"


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[LogHouse]:
    agents = await two_agents(database)
    async with opened(database, tmp_path / "journal") as made:
        made.agents = agents
        await made.log.caught_up()
        yield made


async def test_screens_are_told_once_the_log_can_be_read(house: LogHouse) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    lina, zhang = house.agents["lina"], house.agents["zhang"]
    story = Story("1.1").arrives().waits().misses(OTHER_DEVICE)
    await house.tell(story.events)
    missed = [(one.type, one.audience, one.data) for one in house.told]
    assert missed == [("call.logged", frozenset((zhang,)), LoggedView(story.id, party))]
    begun = len(story.events)
    story.talks().ends()
    seen: list[str] = []

    def read(message: Message) -> None:
        assert message.audience == frozenset((lina, zhang))
        card = house.directory.caller(WANG).card
        seen.append(card.contacts[0].result if card else "")

    stop = house.feed.subscribe(read)
    await house.tell(story.events[begun:])
    assert seen == ["answered"], "once, and whoever reads then reads how it ended"
    stop()
    house.told.clear()
    await house.tell(Story("1.2", caller="95588").arrives().ends(CallResult.ABANDONED).events)
    assert house.told == [], "nobody's phone rang"


async def test_an_answered_call_with_its_legs_customer_and_ticket(house: LogHouse) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    await people.add_ticket(house.database, party, 1, priority=3)
    urgent = await people.add_ticket(house.database, party, 2, priority=1)
    await people.add_ticket(house.database, party, 3, priority=1, domain="sales")
    await people.add_ticket(house.database, party, 4, priority=1, status="solved")
    story = Story("1.1").arrives().waits().talks().ends()
    await house.tell(story.events)
    row = await house.call(story.id)
    assert (row["direction"], row["result"], row["queues"]) == ("inbound", "answered", ["support"])
    assert row["queue_id"] == default_id("queue", "support")
    assert (row["party_id"], row["match"], row["ticket_id"]) == (party, "exact", urgent)
    assert row["first_agent_id"] == row["last_agent_id"] == house.agents["lina"]
    assert row["answered_at"] == START + timedelta(seconds=7)
    assert (row["wait_s"], row["connected_s"]) == (7, 60)
    [leg] = await house.rows("call_leg", call_id=story.id)
    assert (leg["user_id"], leg["interface"]) == (house.agents["lina"], AGENT_DEVICE)
    assert (leg["ring_s"], leg["talk_s"], leg["hold_s"]) == (2, 59, 1)


@pytest.mark.parametrize("result", [CallResult.ABANDONED, CallResult.FAILED])
async def test_a_call_nobody_answered_stands_against_the_customer_too(
    house: LogHouse, result: CallResult
) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    ticket = await people.add_ticket(house.database, party, 1)
    story = Story("1.2").arrives().waits(seconds=30).ends(result)
    await house.tell(story.events)
    row = await house.call(story.id)
    assert (row["result"], row["party_id"], row["ticket_id"]) == (result, party, ticket)
    assert row["answered_at"] is None
    assert house.directory.caller(WANG).card.contacts[0].result == result  # type: ignore[union-attr]  # looked up


async def test_a_call_that_goes_on_is_in_the_log_already(house: LogHouse) -> None:
    story = Story("1.3").arrives().waits().talks()
    await house.tell(story.events)
    row = await house.call(story.id)
    assert (row["result"], row["ended_at"]) == (None, None)
    assert row["last_agent_id"] == house.agents["lina"]
    assert row["answered_at"] == story.answered_at


async def test_a_call_that_proves_to_be_internal(house: LogHouse) -> None:
    story = Story("1.31").dials("1002").ends()
    [begun, ended] = story.events
    assert isinstance(ended, CallEnded)
    final = replace(ended, log=replace(ended.log, direction=Direction.INTERNAL))
    await house.tell([begun, final])
    assert (await house.call(story.id))["direction"] == "internal"


async def test_who_had_the_call_first_and_last(house: LogHouse) -> None:
    story = Story("1.4").arrives().waits().talks(seconds=10).waits("sales", 3)
    await house.tell(story.talks(OTHER_DEVICE).ends().events)
    row = await house.call(story.id)
    assert (row["first_agent_id"], row["last_agent_id"]) == (
        house.agents["lina"],
        house.agents["zhang"],
    )
    assert row["queues"] == ["support", "sales"]
    assert row["queue_id"] == default_id("queue", "sales")
    assert len(await house.rows("call_leg", call_id=story.id)) == 2


async def test_the_path_of_a_call_that_still_waits(house: LogHouse) -> None:
    """Joined over commits, and told again in any piece."""
    story = Story("1.41").arrives().waits("support").waits("sales").waits("support")
    for event in story.events:
        await house.tell([event])
    for first in range(len(story.events)):
        await house.tell(story.events[first : first + 2])
        row = await house.call(story.id)
        assert row["queues"] == ["support", "sales", "support"]
        assert row["queue_id"] == default_id("queue", "support")


async def test_several_owners_and_strangers_belong_to_nobody_yet(house: LogHouse) -> None:
    await people.add_customer(house.database, "王小明", "+8613700137000")
    await people.add_customer(house.database, "Li Na", "+8613700137000")
    for uniqueid, caller, match in (
        ("1.5", "+8613700137000", "several"),
        ("1.6", "+8613600136000", "unknown"),
        ("1.7", "", "withheld"),
    ):
        story = Story(uniqueid, caller).arrives().waits().ends(CallResult.ABANDONED)
        await house.tell(story.events)
        row = await house.call(story.id)
        assert (row["party_id"], row["match"]) == (None, match)


async def test_what_people_set_is_not_touched(house: LogHouse) -> None:
    await people.add_customer(house.database, "王小明", WANG)
    chosen = await people.add_customer(house.database, "Li Na")
    story = Story("1.8").arrives().waits()
    await house.tell(story.events)
    async with house.database.begin() as connection:
        await connection.execute(
            update(tables.call)
            .where(tables.call.c.id == story.id)
            .values(party_id=chosen, note="call back", version=2)
        )
    await house.tell(story.talks().ends().events)
    row = await house.call(story.id)
    assert (row["party_id"], row["note"], row["version"]) == (chosen, "call back", 2)
    assert row["result"] == "answered"


async def test_the_end_is_never_overwritten_and_the_earliest_answer_wins(house: LogHouse) -> None:
    story = Story("1.9").arrives().waits().talks().ends()
    await house.tell(story.events)
    before = await house.call(story.id)
    late = Story("1.9", at=START + timedelta(hours=1)).arrives().waits()
    await house.tell(late.ends(CallResult.ABANDONED).events)
    assert await house.call(story.id) == before


async def test_any_part_told_again_in_any_batches_changes_nothing(house: LogHouse) -> None:
    await people.add_customer(house.database, "王小明", WANG)
    stories = [
        Story(f"2.{n}", at=START + timedelta(minutes=n)).arrives().waits().talks().ends()
        for n in range(6)
    ]
    wrapped = [WrapUpDone(story.id, house.agents["lina"], 12.5) for story in stories]
    everything = [record for story in stories for record in story.events] + wrapped
    await house.tell(everything)
    calls, legs = await house.rows("call"), await house.rows("call_leg")
    dice = random.Random(5)
    assert house.log.refused == 0
    for _ in range(12):
        start = dice.randrange(len(everything))
        for record in everything[start:]:
            house.hand(record)
            if dice.random() < 0.2:
                await house.log.caught_up()
        await house.log.caught_up()
    assert await house.rows("call") == calls
    assert await house.rows("call_leg") == legs
    assert {leg["wrap_s"] for leg in legs} == {12.5}
    assert house.log.refused == 0


async def test_a_consultation_that_became_part_of_a_call_is_no_row_of_its_own(
    house: LogHouse,
) -> None:
    consult = Story("3.2").arrives().waits().talks(OTHER_DEVICE)
    main = Story("3.1").arrives().waits().talks()
    merged = CallMerged(PBX, consult.id, 99, main.at, main.id)
    main.legs.extend(consult.legs)
    for told in (main.events, consult.events, [merged]):
        await house.tell(told)
    end = main.ends().events[-1:]
    for _ in range(2):  # replayed from the consultation on
        await house.tell([*consult.events, merged, *end])
        legs = await house.rows("call_leg", call_id=main.id)
        assert {leg["interface"] for leg in legs} == {AGENT_DEVICE, OTHER_DEVICE}
        assert [row["id"] for row in await house.rows("call")] == [main.id]


@pytest.mark.parametrize(
    ("before", "note", "after"),
    [
        ("", "ask Zhang", "ask Zhang"),
        ("invoice", "", "invoice"),
        ("invoice", "ask Zhang", "invoice\nask Zhang"),
    ],
)
async def test_what_people_wrote_on_a_consultation_goes_over_to_the_call(
    house: LogHouse, before: str, note: str, after: str
) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    ticket = await people.add_ticket(house.database, party, 1, domain="elsewhere")
    consult = Story("3.7").arrives().waits().talks(OTHER_DEVICE)
    main = Story("3.6", "+8613600136000").arrives().waits().talks()
    await house.tell([*main.events, *consult.events])
    async with house.database.begin() as connection:
        for call_id, values in (
            (main.id, {"note": before}),
            (consult.id, {"note": note, "ticket_id": ticket}),
        ):
            wanted = tables.call.c.id == call_id
            await connection.execute(update(tables.call).where(wanted).values(**values))
    merged = CallMerged(PBX, consult.id, 99, main.at, main.id)
    for _ in range(2):
        await house.tell([merged])
    row = await house.call(main.id)
    assert (row["note"], row["party_id"], row["match"]) == (after, party, "exact")
    assert (row["ticket_id"], row["version"]) == (ticket, 2)


async def test_every_recorded_call_ends_in_the_log(house: LogHouse) -> None:
    for path in sorted(RECORDINGS.glob("*.ami")):
        told = replay_all(path.read_bytes(), pbx=path.stem)
        assert told.unfinished == (), path.stem
        await house.tell(told.events)
        rows = {row["id"]: row["result"] for row in await house.rows("call", pbx=path.stem)}
        assert rows == {log.call_id: str(log.result) for log in told.logs}, path.stem
    assert all(row["ended_at"] for row in await house.rows("call"))
    assert house.log.refused == 0


async def test_a_call_whose_number_is_known_later_is_the_customers_after_all(
    house: LogHouse,
) -> None:
    party = await people.add_customer(house.database, "王小明", WANG)
    story = Story("3.5").dials("").ends()
    final = story.events[-1]
    assert isinstance(final, CallEnded)
    story.events[-1] = replace(final, log=replace(final.log, dialled=WANG))
    await house.tell(story.events)
    row = await house.call(story.id)
    assert (row["dialled"], row["party_id"], row["match"]) == (WANG, party, "exact")


async def test_what_callers_present_fits_the_database(house: LogHouse) -> None:
    odd = "+86\x00" + "9" * 300
    story = Story("4.1", odd).arrives(name="'; DROP TABLE call; --\x00" + "长" * 400)
    await house.tell(story.waits().ends(CallResult.ABANDONED).events)
    row = await house.call(story.id)
    assert len(row["caller"]) == 80
    assert row["caller_name"].startswith("'; DROP TABLE")
    assert len(row["caller_name"]) == 300


async def test_states_of_agents_follow_each_other(house: LogHouse) -> None:
    agent = house.agents["lina"]
    times = [START + timedelta(minutes=n) for n in range(3)]
    told = [
        AgentStateBegan(agent, state, reason, at)
        for state, reason, at in zip(
            ("not_ready", "ready", "on_call"), ("signed_in", "", ""), times, strict=True
        )
    ]
    await house.tell([*told, *told[1:]])
    rows = sorted(await house.rows("agent_event"), key=lambda row: row["from"])
    assert [(row["state"], row["from"], row["to"]) for row in rows] == [
        ("not_ready", times[0], times[1]),
        ("ready", times[1], times[2]),
        ("on_call", times[2], None),
    ]


async def test_a_state_that_outlives_a_run_of_ours_is_one_state(house: LogHouse) -> None:
    agent = house.agents["lina"]
    times = [START + timedelta(minutes=n) for n in range(4)]
    work = AgentStateBegan(agent, "wrap_up", "", times[0], until=times[3])
    await house.tell([work, RunBegan(times[2], alive_until=times[1]), work])
    [row] = await house.rows("agent_event")
    assert (row["from"], row["to"]) == (times[0], None)
    done = AgentStateBegan(agent, "ready", "", times[3])
    await house.tell([done, work])  # and then old news
    rows = sorted(await house.rows("agent_event"), key=lambda row: row["from"])
    assert [(row["state"], row["to"]) for row in rows] == [("wrap_up", times[3]), ("ready", None)]


@pytest.mark.parametrize("ends", ["in order", "killed", "killed before the commit"])
async def test_a_state_ends_with_the_run_it_was_in(
    database: Database, tmp_path: Path, ends: str
) -> None:
    """However the run ended: the night until the next one is nobody's time."""
    agent = (await two_agents(database))["lina"]
    folder, evening, morning = tmp_path / "journal", START + timedelta(minutes=2), people.NOW
    if ends == "in order":
        async with opened(database, folder) as house:
            await house.tell([AgentStateBegan(agent, "ready", "", START)])
            house.clock.advance(120)
    elif ends == "killed":
        state = {"user_id": agent, "state": "ready", "from": START}
        await people.insert(database, "agent_event", **state)
        async with database.begin() as connection:
            await call_log.put_alive_at(connection, evening)
    else:
        inbox = Inbox(folder)
        for record in (AgentStateBegan(agent, "ready", "", START), Alive(evening)):
            inbox.append(journal.encode(record))
        await inbox.flush()
        inbox.close()
    async with opened(database, folder, morning) as house:
        began = AgentStateBegan(agent, "not_ready", "signed_in", morning)
        await house.tell([began, RunBegan(morning, evening), began])  # some of it told again
        rows = sorted(await house.rows("agent_event"), key=lambda row: row["from"])
        assert [(row["state"], row["to"]) for row in rows] == [
            ("ready", evening),
            ("not_ready", None),
        ]


async def test_that_we_are_alive_is_kept_now_and_then(house: LogHouse) -> None:
    house.clock.advance(ALIVE_S * 3 + 1)
    await house.log.caught_up()
    async with house.database.read() as connection:
        assert await call_log.alive_at(connection) == START + timedelta(seconds=ALIVE_S * 3)


async def test_a_record_the_database_refuses_does_not_hold_up_the_others(house: LogHouse) -> None:
    nobody = UUID(int=7)
    good = Story("5.1").arrives().waits().ends(CallResult.ABANDONED)
    await house.tell([AgentStateBegan(nobody, "ready", "", START), *good.events])
    assert (await house.call(good.id))["result"] == "abandoned"
    assert await house.rows("agent_event") == []
    assert house.log.refused == 2  # the batch, then the record by itself


async def test_what_was_refused_is_tried_again_at_the_next_start(
    database: Database, tmp_path: Path
) -> None:
    nobody = UUID(int=7)
    for starts in range(3):  # refused, refused again, and then there is such a user
        if starts == 2:
            await people.add_user(database, "late", user_id=nobody)
        async with opened(database, tmp_path / "journal") as house:
            if starts == 0:
                await house.tell([AgentStateBegan(nobody, "ready", "", START)])
            await house.log.caught_up()
            states = [row["state"] for row in await house.rows("agent_event", user_id=nobody)]
            assert states == (["ready"] if starts == 2 else [])
            assert (house.log.refused > 0) == (starts < 2)
    assert not list((tmp_path / "journal").glob("refused*"))


class PoolFull:
    sqlstate = "53300"


@pytest.mark.parametrize(
    "error",
    [
        PoolTimeout("QueuePool limit of size 10 overflow 10 reached"),
        ConnectionRefusedError("no database there"),
        OperationalError("COMMIT", None, Exception("database or disk is full")),
        DBAPIError("COMMIT", None, PoolFull()),  # type: ignore[arg-type]  # what drivers raise has it
    ],
)
async def test_a_database_that_is_away_is_waited_for(house: LogHouse, error: Exception) -> None:
    house.stubborn.errors = [error, error]
    story = Story("5.2").arrives().waits().talks().ends()
    await house.tell(story.events)
    assert (await house.call(story.id))["result"] == "answered"
    assert (house.log.refused, house.log.stumbled) == (0, 0)


@pytest.mark.parametrize("is_away", [True, False])
async def test_when_nobody_knows_what_it_was_the_database_is_asked(
    house: LogHouse, is_away: bool
) -> None:
    house.stubborn.errors, house.stubborn.is_away = [RuntimeError("what?")], is_away
    await house.tell(Story("5.3").arrives().events)
    assert house.log.refused == (0 if is_away else 1)
    assert len(await house.rows("call")) == (1 if is_away else 0)


async def test_whoever_listens_does_not_stop_the_log(house: LogHouse) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug in a listener")

    await people.add_customer(house.database, "王小明", WANG)
    house.directory.subscribe(broken)
    for number in range(3):
        story = Story(f"5.4{number}").arrives().waits().talks().ends()
        await house.tell(story.events)
        assert (await house.call(story.id))["result"] == "answered"
    assert (house.log.refused, house.log.stumbled) == (0, 0)


async def test_a_record_that_cannot_be_journalled_takes_no_other_with_it(house: LogHouse) -> None:
    story = Story("5.5").arrives().waits().ends(CallResult.ABANDONED)
    odd = WrapUpDone(story.id, house.agents["lina"], object())  # type: ignore[arg-type]  # on purpose
    await house.tell([odd, *story.events])
    assert (await house.call(story.id))["result"] == "abandoned"
    assert house.log.refused == 1
    assert house.log.backlog() == 0


async def test_a_value_that_only_postgresql_refuses(house: LogHouse) -> None:
    """SQLite takes any length; PostgreSQL says 22001, and must not be waited for."""
    too_long = AgentStateBegan(house.agents["lina"], "x" * 41, "", START)
    story = Story("5.6").arrives().waits().ends(CallResult.ABANDONED)
    await house.tell([too_long, *story.events])
    assert (await house.call(story.id))["result"] == "abandoned"
    assert house.log.refused == (0 if house.database.is_sqlite else 2)


async def test_something_unforeseen_does_not_stop_the_log_for_good(house: LogHouse) -> None:
    house.writer.bugs = [RuntimeError("a bug of ours")]
    story = Story("5.7").arrives().waits().ends(CallResult.ABANDONED)
    await house.tell(story.events)
    assert (await house.call(story.id))["result"] == "abandoned"
    assert house.log.stumbled == 1


async def test_what_was_journalled_and_not_committed_is_replayed(
    database: Database, tmp_path: Path
) -> None:
    await two_agents(database)
    story = Story("6.1").arrives().waits().talks().ends()
    inbox = Inbox(tmp_path / "journal")
    for event in story.events:
        if isinstance(event, journal.KEPT):
            inbox.append(journal.encode(event))
    inbox.append(b"no record of ours")
    await inbox.flush()
    inbox.close()
    for _ in range(2):  # the second run finds nothing left to do
        async with opened(database, tmp_path / "journal") as house:
            await house.log.caught_up()
            assert (await house.call(story.id))["result"] == "answered"


async def test_records_survive_the_journal_as_they_are() -> None:
    story = Story("7.1").arrives().waits().talks().ends()
    kept = [event for event in story.events if isinstance(event, journal.KEPT)]
    assert len(kept) == 5
    for event in kept:
        assert journal.decode(journal.encode(event)) == event
    for bad in (b"", b"{}", b'{"t":"CallEnded","d":{}}', b'{"t":"Other","d":{}}', b"[1]"):
        with pytest.raises(journal.BadRecord):
            journal.decode(bad)


async def test_waiting_for_the_log_ends_although_calls_keep_coming(house: LogHouse) -> None:
    stop = asyncio.Event()

    async def keep_calling() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            house.log.on_event(Story(f"8.{number}").arrives().events[0])
            await asyncio.sleep(0.002)

    flood = asyncio.create_task(keep_calling())
    async with asyncio.timeout(5):
        for _ in range(3):
            await asyncio.sleep(0.01)
            await house.log.caught_up()
    stop.set()
    await flood
