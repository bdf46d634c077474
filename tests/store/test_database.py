"""Migrations make what `tables` says; transactions commit whole or not at all."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from callcenter.domain.permissions import Scope
from callcenter.store import migrations, seed
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id
from callcenter.store.tables import metadata, role, setting, tier


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrations_make_exactly_the_tables(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


def test_head_is_alembics_head() -> None:
    folder = Path(migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_current_head() == migrations.head()


async def test_a_new_database_gets_defaults_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/folder/a.db")
    assert await database.migrate() is True
    async with database.begin() as connection:
        await connection.execute(tier.delete().where(tier.c.code == "gold"))
    assert await database.migrate() is False
    async with database.read() as connection:
        codes = (await connection.scalars(select(tier.c.code).order_by(tier.c.rank))).all()
    await database.close()
    assert codes == ["platinum", "silver", "standard"]


async def test_of_two_who_start_at_once_one_makes_the_tables(database: Database) -> None:
    async with database.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.execute(text("DROP TABLE alembic_version"))
    other = Database(database.url.render_as_string(hide_password=False))
    made = await asyncio.gather(database.migrate(), other.migrate())
    await other.close()
    assert sorted(made) == [False, True]


async def test_ids_come_back_as_plain_uuids(database: Database) -> None:
    async with database.read() as connection:
        ids = (await connection.scalars(select(tier.c.id))).all()
    assert {type(id_) for id_ in ids} == {UUID}, "orjson refuses subclasses"


async def test_defaults_are_complete(database: Database) -> None:
    async with database.read() as connection:
        tiers = (await connection.execute(select(tier))).all()
        roles = (await connection.execute(select(role))).all()
    for row in tiers:
        assert row.name.keys() == {"en", "zh-CN"}
        assert row.id == default_id("tier", row.code)
    assert [row.code for row in tiers if row.is_default] == ["standard"]
    assert {row.name for row in roles} == {"agent", "supervisor", "admin"}
    scopes = {
        scope for row in roles for actions in row.permissions.values() for scope in actions.values()
    }
    assert scopes <= {str(scope) for scope in Scope}


async def test_an_older_program_refuses_a_newer_database(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.UnknownRevision, match="9999"):
        await database.migrate()


async def test_a_failed_block_leaves_nothing(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.begin() as connection:
            await connection.execute(setting.insert(), [{"key": "half", "value": 1}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with database.read() as connection:
        row = (await connection.execute(select(setting).where(setting.c.key == "half"))).first()
    assert row is None


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    async with database.begin() as writer:
        await writer.execute(setting.insert(), [{"key": "new", "value": 1}])
        async with asyncio.timeout(5), database.read() as reader:
            found = await reader.scalar(
                select(func.count()).select_from(setting).where(setting.c.key == "new")
            )
    assert found == 0


async def test_writers_take_turns(database: Database) -> None:
    key = seed.LAST_TICKET_NUMBER

    async def count_up() -> None:
        async with database.begin() as connection:
            row = select(setting.c.value).where(setting.c.key == key).with_for_update()
            value: int = (await connection.execute(row)).scalar_one()
            await connection.execute(
                setting.update().where(setting.c.key == key).values(value=value + 1)
            )

    await asyncio.gather(*(count_up() for _ in range(20)))
    async with database.read() as connection:
        assert (
            await connection.scalar(select(setting.c.value).where(setting.c.key == key)) == 10_020
        )


async def test_a_query_sees_what_was_committed(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(setting.insert(), [{"key": "new", "value": {"a": [1]}}])
    new = select(setting.c.value).where(setting.c.key == "new")
    assert await database.query(lambda c: c.execute(new).scalar_one()) == {"a": [1]}


async def test_sqlite_is_as_durable_as_promised(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    async with database.read() as connection:
        settings = {
            name: await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://x/y", "'mysql' is not supported"),
        ("nonsense", "not a database address: 'nonsense'"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_address_of_no_database_is_refused(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Database(url)


async def test_ping(database: Database) -> None:
    await database.ping()


def test_ids_sort_by_birth() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert {value.version for value in ids} == {7}


async def test_a_database_that_answers_is_well(database: Database) -> None:
    await database.ping()
    await database.ping()


async def test_a_database_without_its_tables_is_not_well(database: Database) -> None:
    await database.ping()
    async with database.begin() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(DBAPIError):
        await database.ping()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _move_away(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))


def _put_another_in_its_place(file: Path) -> None:
    other = file.with_suffix(".other")
    shutil.copyfile(file, other)
    other.replace(file)


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _overwrite(file: Path) -> None:
    file.write_bytes(b"not a database\n" * 10_000)


def _overwrite_with_another_database(file: Path) -> None:
    other = sqlite3.connect(file.with_suffix(".other"))
    other.execute("CREATE TABLE other (x)")
    other.close()
    shutil.copyfile(file.with_suffix(".other"), file)


@pytest.mark.parametrize(
    "harm",
    [_move_away, _put_another_in_its_place, _empty, _overwrite, _overwrite_with_another_database],
)
async def test_a_file_that_is_no_longer_ours_is_not_well(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    file = tmp_path / "a.db"
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    with closing(sqlite3.connect(file)) as beside:  # as after some work: not all is in the WAL
        beside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    await database.ping()
    harm(file)
    files = _names(tmp_path)
    with pytest.raises((OSError, sqlite3.Error)):
        await database.ping()
    assert _names(tmp_path) == files, "asking makes no new file"
    await database.close()
