"""Who is calling: how a number matches, and that memory says what was committed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError

from callcenter.services.directory import Directory
from callcenter.services.views import Caller, Match
from callcenter.store.database import Database
from callcenter.store.tables import contact_point, party
from tests.people import NOW, add_call, add_customer, add_number, add_ticket, add_user

WANG = "13800138000"


@pytest.fixture
def directory(database: Database) -> Directory:
    return Directory(database, "CN", ["+864008001234", "1001"], capacity=100)


async def _shown(directory: Directory, raw: str) -> tuple[Match, str, list[str]]:
    caller = await directory.look_up(raw)
    assert caller.looked_up
    assert directory.caller(raw) == caller, "memory says the same"
    name = caller.card.name if caller.card else ""
    return caller.match, name, [candidate.name for candidate in caller.candidates]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+8613800138000", ("exact", "王小明", [])),
        ("013800138000", ("exact", "王小明", [])),
        ("17951 13800138000", ("exact", "王小明", [])),
        ("0201380 0138 000", ("suffix", "王小明", [])),  # the trunk put its own area code before it
        ("95588", ("exact", "The bank", [])),
        ("995588", ("unknown", "", [])),  # short numbers match as a whole or not at all
        ("02079460958", ("suffix", "London office", [])),
        ("0571-88881234", ("several", "", ["Li Na", "王小明"])),
        ("13900139000", ("unknown", "", [])),
        ("anonymous", ("withheld", "", [])),
        ("", ("withheld", "", [])),
        ("bob7", ("unknown", "", [])),
        ("4008001234", ("unknown", "", [])),  # our own
        ("1001", ("unknown", "", [])),
        ("13700137000", ("unknown", "", [])),  # of a deleted customer
        ("13600136000", ("exact", "Winner", [])),  # the loser of a merge is nobody
    ],
)
async def test_matches(
    database: Database, directory: Directory, raw: str, expected: tuple[Match, str, list[str]]
) -> None:
    await add_customer(database, "王小明", WANG, "0571-88881234")
    await add_customer(database, "Li Na", "0571-88881234", "+864008001234", "1001")
    await add_customer(database, "The bank", "95588")
    await add_customer(database, "London office", "+44 20 7946 0958")
    await add_customer(database, "Deleted", "13700137000", deleted_at=NOW)
    winner = await add_customer(database, "Winner", "13600136000")
    await add_customer(database, "Loser", "13600136000", merged_into_id=winner)
    match, name, candidates = await _shown(directory, raw)
    assert (match, name, sorted(candidates)) == expected


async def test_a_miss_is_answered_at_once_and_completed(
    database: Database, directory: Directory
) -> None:
    await add_customer(database, "王小明", WANG)
    at_once = directory.caller("013800138000", "WANG")
    assert at_once == Caller(
        "+8613800138000", "+86 138 0013 8000", "WANG", "unknown", None, (), looked_up=False
    )
    completed = await directory.look_up("013800138000", "WANG")
    assert completed.card is not None
    assert (completed.name, completed.match, completed.card.name) == ("WANG", "exact", "王小明")


async def test_an_exact_owner_hides_those_who_share_the_suffix(
    database: Database, directory: Directory
) -> None:
    await add_customer(database, "Exact", "+442079460958")
    await add_customer(database, "Alike", "02079460958")
    assert await _shown(directory, "+442079460958") == ("exact", "Exact", [])


async def test_one_customer_with_the_number_twice_is_one(
    database: Database, directory: Directory
) -> None:
    await add_customer(database, "王小明", WANG, "+86 138 0013 8000")
    assert await _shown(directory, WANG) == ("exact", "王小明", [])


async def test_the_card(database: Database, directory: Directory) -> None:
    agent = await add_user(database, "li")
    company = await add_customer(database, "Hangzhou Optics", kind="organisation")
    wang = await add_customer(
        database,
        "王小明",
        WANG,
        tier="platinum",
        parent_id=company,
        owner_id=agent,
        language="zh-CN",
        zone="Asia/Shanghai",
        note="Wants a call before 17:00",
    )
    for minutes in (50, 40, 30, 20):
        await add_call(database, wang, minutes, agent, note=f"{minutes} ago", connected_s=62.5)
    await add_call(database, wang, 10, None)
    await add_call(database, wang, 5, agent, result=None)  # still going on
    await add_ticket(database, wang, 3, priority=3, days_ago=9)
    await add_ticket(database, wang, 1, priority=1, days_ago=1)
    await add_ticket(database, wang, 2, priority=3, days_ago=10, status="pending")
    await add_ticket(database, wang, 4, status="closed")
    await add_ticket(database, wang, 5, deleted_at=NOW)

    caller = await directory.look_up(WANG)
    card = caller.card
    assert card is not None
    assert card == await directory.card(wang)
    assert (card.name, card.company, card.owner) == ("王小明", "Hangzhou Optics", "Li")
    assert (card.language, card.zone, card.note) == (
        "zh-CN",
        "Asia/Shanghai",
        "Wants a call before 17:00",
    )
    assert card.tier is not None
    assert (card.tier.code, card.tier.name["zh-CN"], card.tier.rank) == ("platinum", "白金", 1)
    assert [(one.result, one.agent, one.note) for one in card.contacts] == [
        ("abandoned", "", ""),
        ("answered", "Li", "20 ago"),
        ("answered", "Li", "30 ago"),
    ]
    assert card.contacts[1].at == NOW - timedelta(minutes=20)
    assert [(one.number, one.priority) for one in card.tickets] == [(1, 1), (2, 3), (3, 3)]
    facts = directory.recall(WANG).customers
    assert [(f.tier, f.owner_id, f.last_agent_id, f.open_tickets) for f in facts] == [
        ("platinum", agent, agent, 3)
    ]


async def test_a_card_of_nobody(directory: Directory) -> None:
    assert await directory.card(UUID(int=7)) is None


class Told:
    def __init__(self, directory: Directory) -> None:
        self.heard: list[tuple[frozenset[str], frozenset[UUID]]] = []
        directory.subscribe(lambda numbers, parties: self.heard.append((numbers, parties)))


async def test_memory_is_written_through(database: Database, directory: Directory) -> None:
    told = Told(directory)
    wang = await add_customer(database, "王小明", WANG)
    await directory.look_up(WANG)
    async with database.begin() as connection:
        await connection.execute(update(party).where(party.c.id == wang).values(name="王大明"))
    assert directory.recall(WANG).caller.card is not None
    affected = await directory.refresh([wang])
    assert affected == {"+8613800138000"}
    assert told.heard == [(affected, frozenset({wang}))]
    card = directory.caller(WANG).card
    assert card is not None
    assert card.name == "王大明"


async def test_a_number_that_was_unknown_becomes_known(
    database: Database, directory: Directory
) -> None:
    assert (await directory.look_up("02079460958")).match == "unknown"
    london = await add_customer(database, "London office", "+442079460958")
    assert await directory.refresh([london]) == {"+442079460958", "+862079460958"}
    assert directory.caller("02079460958").match == "suffix"


async def test_a_number_changes_hands(database: Database, directory: Directory) -> None:
    wang = await add_customer(database, "王小明", WANG)
    li = await add_customer(database, "Li Na")
    await directory.look_up(WANG)
    await add_number(database, li, WANG)
    await directory.refresh([li])
    assert directory.caller(WANG).match == "several"
    async with database.begin() as connection:
        await connection.execute(delete(contact_point).where(contact_point.c.party_id == wang))
    await directory.refresh([wang])
    assert await _shown(directory, WANG) == ("exact", "Li Na", [])


async def test_a_look_up_does_not_put_back_what_a_commit_changed(database: Database) -> None:
    wang = await add_customer(database, "王小明", WANG)

    async def rename(directory: Directory, round_: int) -> None:
        async with database.begin() as connection:
            await connection.execute(
                update(party).where(party.c.id == wang).values(name=f"name {round_}")
            )
        await directory.refresh([wang])

    for round_ in range(10):
        directory = Directory(database, "CN")
        await asyncio.gather(
            directory.look_up(WANG), rename(directory, round_), directory.look_up(WANG)
        )
        card = directory.caller(WANG).card
        assert card is not None
        assert card.name == f"name {round_}"


async def test_memory_is_bounded(database: Database) -> None:
    directory = Directory(database, "CN", capacity=3)
    for number in range(6):
        await directory.look_up(f"1380013800{number}")
        directory.caller("13800138000")  # asked for again and again: stays
    looked_up = [directory.caller(f"1380013800{number}").looked_up for number in range(6)]
    assert looked_up == [True, False, False, False, True, True]


async def test_warm_memory_knows_at_once(database: Database, directory: Directory) -> None:
    await add_customer(database, "王小明", WANG, "0571-88881234")
    await add_customer(database, "Li Na", "0571-88881234")
    assert await directory.warm(100) == 2
    at_once = directory.caller(WANG), directory.caller("0571-88881234")
    assert [caller.match for caller in at_once] == ["exact", "several"]
    fresh = Directory(database, "CN")
    assert list(at_once) == [await fresh.look_up(WANG), await fresh.look_up("0571-88881234")]


async def test_a_refresh_that_fails_forgets_rather_than_lies(
    database: Database, directory: Directory
) -> None:
    wang = await add_customer(database, "王小明", WANG)
    await directory.look_up(WANG)
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE contact_point RENAME TO gone")
    with pytest.raises(SQLAlchemyError):
        await directory.refresh([wang])
    assert directory.caller(WANG).looked_up is False
