"""A database full of the product's first version, brought up to date: nothing lost, and what the
newer one needs is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Column, Connection, MetaData, Table, func, inspect, select, text

from callcenter.store import migrations, tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from callcenter.store.seed_desk import with_desk
from callcenter.store.seed_recordings import with_recordings

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Rows = dict[str, int]
OLD_ROLE = {"call": {"read": "all", "update": "own"}, "ticket": {"read": "team", "update": "own"}}
SPECIAL_ROLE = OLD_ROLE | {"callback": {"read": "own"}}
NAMES = ("role", "team", "user", "queue", "tier", "party", "ticket", "call")


class First:
    """A database of revision 0001, with rows in every table that another one refers to."""

    def __init__(self, connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0001")
        self.connection = connection
        self.metadata = _as_it_is(connection)
        self.ids = {name: uuid4() for name in NAMES}

    def fill(self) -> None:
        ids, now = self.ids, AT
        dated = {"custom": {}, "version": 1, "created_at": now, "updated_at": now}
        named = {"name": "x", "name_key": "x", "language": "", "region": "", "zone": "", "note": ""}
        self._add("role", id=ids["role"], name="agent", permissions=OLD_ROLE)
        self._add("role", id=uuid4(), name="special", permissions=SPECIAL_ROLE)
        self._add("role", id=uuid4(), name="admin", permissions={"*": {"*": "all"}})
        self._add("team", id=ids["team"], name="x", path="/1/")
        self._add(
            "user",
            id=ids["user"],
            login="lina",
            name="Li Na",
            password_hash="",
            locale="",
            team_id=ids["team"],
            role_id=ids["role"],
            prefs={},
            active=True,
            created_at=now,
        )
        for id_, name, domain in (
            (ids["queue"], "support", "support"),
            (uuid4(), "a-queue-with-a-rather-long-name-of-its-own", "sales"),
            (uuid4(), "theirs", "another domain"),
        ):
            self._add(
                "queue",
                id=id_,
                name=name,
                label={},
                domain=domain,
                wrap_up_s=15,
                is_default=name == "support",
            )
        self._add("queue_member", queue_id=ids["queue"], user_id=ids["user"])
        self._add("tier", id=ids["tier"], code="x", name={}, rank=1, priority=1, is_default=True)
        self._add(
            "party",
            id=ids["party"],
            kind="person",
            owner_id=ids["user"],
            tier_id=ids["tier"],
            **named,
            **dated,
        )
        self._add(
            "contact_point",
            id=uuid4(),
            party_id=ids["party"],
            kind="phone",
            raw="1",
            norm="1",
            rev="1",
            ext="",
            primary=True,
            valid=True,
            created_at=now,
        )
        self._add(
            "ticket",
            id=ids["ticket"],
            number=1,
            subject="x",
            party_id=ids["party"],
            queue_id=ids["queue"],
            domain="support",
            priority=3,
            status="open",
            **dated,
        )
        self._add_call(ids["call"])
        self._add(
            "session",
            id=uuid4(),
            user_id=ids["user"],
            token_hash="x",
            created_at=now,
            expires_at=now,
            ip="",
        )
        for kind in ("note", "task"):
            self._add("activity", id=uuid4(), kind=kind, at=now, body="x", data={},
                      author_id=ids["user"], party_id=ids["party"], ticket_id=ids["ticket"],
                      call_id=ids["call"])  # fmt: skip

    def _add_call(self, call_id: UUID) -> None:
        ids, seconds = self.ids, {f"{name}_s": 1.5 for name in ("ring", "talk", "hold")}
        times = {"started_at": AT, "answered_at": AT, "ended_at": AT + timedelta(seconds=9)}
        fixed = {
            "pbx": "pbx1",
            "caller": "1",
            "caller_name": "",
            "dialled": "2",
            "match": "exact",
            "queues": ["support"],
            "transfers": [],
            "linked": [],
            "note": "kept",
            "ticket_chosen": False,
            "inferred": False,
            "recovered": False,
            "version": 3,
        }
        self._add(
            "call",
            id=call_id,
            uniqueid="1",
            direction="inbound",
            result="answered",
            queue_id=ids["queue"],
            party_id=ids["party"],
            ticket_id=ids["ticket"],
            first_agent_id=ids["user"],
            last_agent_id=ids["user"],
            wait_s=1.0,
            connected_s=8.0,
            **fixed,
            **times,
        )
        self._add("call_leg", id=uuid4(), call_id=call_id, pbx="pbx1", uniqueid="1.1", role="agent",
                  interface="PJSIP/1001", user_id=ids["user"], result="answered", connected_s=8.0,
                  consult_s=0.0, wrap_s=0.0, **seconds, **times)  # fmt: skip

    def _add(self, table: str, **values: Any) -> None:
        self.connection.execute(self.metadata.tables[table].insert().values(**values))


def _as_it_is(connection: Connection) -> MetaData:
    """The tables with the columns they have now, and our own types."""
    there, known = inspect(connection), MetaData()
    for name in set(there.get_table_names()) & tables.metadata.tables.keys():
        columns = tables.metadata.tables[name].c
        Table(name, known, *(Column(c["name"], columns[c["name"]].type)
                             for c in there.get_columns(name)))  # fmt: skip
    return known


def counted(connection: Connection, metadata: MetaData) -> Rows:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
    }


def emptied(connection: Connection) -> None:
    tables.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE alembic_version"))


async def test_the_first_version_full_of_rows_is_brought_up_to_date(database: Database) -> None:
    async with database.begin() as connection:
        await connection.run_sync(emptied)
    async with database.begin() as connection:
        first = await connection.run_sync(First)
        await connection.run_sync(lambda _: first.fill())
        before = await connection.run_sync(counted, first.metadata)
    assert {name for name, many in before.items() if not many} == {
        "routing_rule", "agent_event", "audit", "setting", "idempotency",
    }  # fmt: skip

    assert await database.migrate() is False
    assert await database.revision() == migrations.head()

    async with database.begin() as connection:
        assert await connection.run_sync(counted, first.metadata) == before
        if database.is_sqlite:
            assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
        call = (await connection.execute(select(tables.call))).one()
        user = (await connection.execute(select(tables.user))).one()
        queues = (await connection.execute(select(tables.queue))).all()
        task = tables.activity.c.kind == "task"
        activity = (await connection.execute(select(tables.activity).where(task))).one()
    assert (call.id, call.note, call.version) == (first.ids["call"], "kept", 3)
    assert (call.ticket_id, call.tags, call.disposition_id) == (first.ids["ticket"], [], None)
    assert (user.phone_kind, user.missed_cleared_at) == ("browser", None)
    assert {(q.wrap_up_extra_s, q.disposition_required, q.recording) for q in queues} == {
        (60, False, "never")
    }
    assert (activity.call_id, activity.due_at, activity.assignee_id) == (call.id, None, None)
    await _has_what_the_desk_begins_with(database)


async def _has_what_the_desk_begins_with(database: Database) -> None:
    async with database.read() as connection:
        reasons = (await connection.execute(select(tables.pause_reason))).all()
        dispositions = (await connection.execute(select(tables.disposition))).all()
        roles = {row.name: row.permissions for row in await connection.execute(select(tables.role))}
        queues = {row.id: row.name for row in await connection.execute(select(tables.queue))}
    assert {row.code for row in reasons} >= {"break", "lunch", "training", "meeting"}
    assert {row.code: row.allowed_minutes for row in reasons}["break"] == 15
    assert all(row.label.keys() == {"en", "zh-CN"} for row in (*reasons, *dispositions))
    assert all(row.active for row in (*reasons, *dispositions))
    of_queue = {queues.get(row.queue_id, ""): row for row in dispositions}
    assert of_queue.keys() == {"", "support", "a-queue-with-a-rather-long-name-of-its-own"}
    by_id = {row.id: row for row in dispositions}
    for row in dispositions:
        assert row.id == default_id("disposition", row.code)
        if row.parent_id:
            assert by_id[row.parent_id].parent_id is None
            assert by_id[row.parent_id].queue_id == row.queue_id
    assert roles["agent"]["callback"] == roles["agent"]["task"] == OLD_ROLE["ticket"]
    assert roles["agent"]["article"] == {"read": "all"}
    assert roles["special"]["callback"] == {"read": "own"}
    assert roles["agent"]["recording"] == {"read": "own"}
    assert roles["admin"] == {"*": {"*": "all"}}


async def test_rows_that_were_deleted_do_not_come_back(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(tables.disposition.delete())
        await connection.execute(tables.pause_reason.delete())
    assert await database.migrate() is False
    async with database.read() as connection:
        for table in (tables.pause_reason, tables.disposition):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def test_columns_are_added_in_place(database: Database) -> None:
    """What refers to a call still does, by the constraint that it had."""
    async with database.read() as connection:
        found = await connection.run_sync(lambda c: inspect(c).get_foreign_keys("call_leg"))
    assert {(key["name"], key["referred_table"]) for key in found} >= {
        ("fk_call_leg_call_id_call", "call")
    }


def test_whose_calls_one_may_change_their_recordings_one_hears() -> None:
    assert with_recordings({}) == {}
    reads = {"call": {"read": "all"}}
    assert with_recordings(reads) == reads
    changes = {"call": {"read": "all", "update": "below"}}
    assert with_recordings(changes) == changes | {"recording": {"read": "below"}}
    says = changes | {"recording": {"read": "none"}}
    assert with_recordings(says) == says


def test_a_role_without_tickets_gets_no_callbacks() -> None:
    assert with_desk({}) == {}
    assert with_desk({"customer": {"read": "all"}}) == {"customer": {"read": "all"}}
