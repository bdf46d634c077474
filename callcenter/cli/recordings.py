"""``callcenter recordings``: which there are, whether they are whole, away with one, other keys."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from callcenter.cli import plain
from callcenter.domain.permissions import SYSTEM
from callcenter.domain.recording_problems import RecordingProblem, in_english
from callcenter.feed import Feed
from callcenter.services.clock import LoopClock
from callcenter.services.news import News
from callcenter.services.recording_library import RecordingLibrary
from callcenter.settings import Settings
from callcenter.store.database import Database
from callcenter.store.master_keys import MasterKeys, UnknownMasterKey
from callcenter.store.queries import AnyRow
from callcenter.store.queries import recordings as rows
from callcenter.store.vault import SealedFile, Tampered

PAGE = 200

app = typer.Typer(no_args_is_help=True, help="Recordings: list, verify, delete; other keys.")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, in UTC.")]


@dataclass(frozen=True, slots=True)
class _House:
    settings: Settings
    database: Database
    keys: MasterKeys

    @property
    def store(self) -> Path:
        return self.settings.recordings.store


@asynccontextmanager
async def _house(settings: Settings) -> AsyncIterator[_House]:
    given = settings.recordings.master_key.get_secret_value()
    database = Database(settings.database.url)
    try:
        await database.migrate()
        yield _House(settings, database, MasterKeys(settings.paths.var, given))
    finally:
        await database.close()


def _run(config: Path | None, work: Callable[[_House], Awaitable[int]]) -> None:
    """Ends with the exit code that `work` gives."""
    settings = plain.settings(config)

    async def go() -> int:
        async with _house(settings) as house:
            return await work(house)

    with plain.plain_errors(settings):
        code = asyncio.run(go())
    if code:
        raise typer.Exit(code)


@app.callback()
def group() -> None:
    """Recordings: list, verify, delete; other keys."""


@app.command(name="list")
def list_(
    after: Day = None,
    before: Day = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    config: plain.ConfigFile = None,
) -> None:
    """The newest first; --after and --before say when they were taken in."""

    async def work(house: _House) -> int:
        async with house.database.read() as connection:
            found = await rows.listed(connection, _utc(after), _utc(before), limit)
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for title in ("recording", "call", "began (UTC)", "seconds", "state", "keep until"):
            table.add_column(title, no_wrap=True)
        table.add_column("problem")
        for row in found:
            until = f"{row.keep_until:%Y-%m-%d}" if row.keep_until else "for ever"
            began = f"{row.began_at:%Y-%m-%d %H:%M:%S}" if row.began_at else ""
            named = (str(row.id), str(row.call_id), began, f"{row.seconds:.1f}", row.state)
            table.add_row(*named, until, in_english(map(RecordingProblem.of, row.problems)))
        Console().print(table if found else "No recordings.")
        return 0

    _run(config, work)


@app.command()
def verify(config: plain.ConfigFile = None) -> None:
    """Decrypt every recording and compare it with the sha256 of when it was taken in.

    Exit code 1 when one is not what it was; each is named.
    """

    async def work(house: _House) -> int:
        async with house.database.read() as connection:
            total = await rows.count_with_sound(connection)
        bad = 0
        with _bar("Verifying", total) as (bars, step):
            async for row in _all(house):
                problem = await asyncio.to_thread(_problem, house, row)
                if problem:
                    bad += 1
                    bars.console.print(f"{row.id} of call {row.call_id}: {problem}", markup=False)
                step()
        typer.echo(f"{total} recordings, {bad} of them not as they were.")
        return 1 if bad else 0

    _run(config, work)


@app.command()
def delete(
    recording: Annotated[UUID, typer.Argument(help="Its id, as `list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit.")],
    config: plain.ConfigFile = None,
) -> None:
    """Destroy a recording's key and remove its file. The audit keeps the proof."""
    if not reason.strip():
        raise plain.wrong("Say why: --reason cannot be empty.")

    async def work(house: _House) -> int:
        library = RecordingLibrary(
            house.store,
            database=house.database,
            keys=lambda: house.keys,
            news=News(Feed()),
            clock=LoopClock(),
        )
        gone = await library.delete(SYSTEM, recording, reason.strip())
        typer.echo(f"{gone.id} of call {gone.call_id} is deleted.")
        return 0

    _run(config, work)


@app.command(name="rotate-key")
def rotate_key(config: plain.ConfigFile = None) -> None:
    """Make a new master key and wrap every recording's key with it. The server may run meanwhile.

    When the key is in the settings, put the new one before the old one there first, and start the
    server again: then this wraps with that one.
    """

    async def work(house: _House) -> int:
        current = house.keys.current if house.keys.is_given else house.keys.add()
        async with house.database.read() as connection:
            total = await rows.count_with_sound(connection, current)
        failed = 0
        with _bar("Wrapping anew", total) as (bars, step):
            async for row in _all(house, current):
                try:
                    key = house.keys.unwrap(row.id, row.key_id, row.key)
                except (UnknownMasterKey, Tampered) as error:
                    failed += 1
                    bars.console.print(f"{row.id}: {error}", markup=False)
                else:
                    async with house.database.begin() as connection:
                        wrapped = house.keys.wrap(row.id, key)
                        await rows.rewrap(connection, row.id, row.key_id, *wrapped)
                step()
        async with house.database.read() as connection:
            used = await rows.key_ids(connection)
        forgotten = house.keys.forget(used)
        typer.echo(f"{total - failed} recordings are wrapped by master key {current}.")
        if forgotten:
            typer.echo(f"Forgotten, because nothing needs them: {', '.join(forgotten)}")
        return 1 if failed else 0

    _run(config, work)


async def _all(house: _House, not_key: str | None = None) -> AsyncIterator[AnyRow]:
    """Every recording with sound, whatever becomes of it meanwhile."""
    after: UUID | None = None
    while True:
        async with house.database.read() as connection:
            page = await rows.page_with_sound(connection, after, PAGE, not_key)
        for row in page:
            yield row
        if len(page) < PAGE:
            return
        after = page[-1].id


def _problem(house: _House, row: AnyRow) -> str:
    """ "" when it is what it was."""
    digest = hashlib.sha256()
    try:
        key = house.keys.unwrap(row.id, row.key_id, row.key)
        with SealedFile(house.store / row.path, key) as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except (UnknownMasterKey, Tampered) as error:
        return str(error)
    except OSError as error:
        return f"{row.path}: {error.strerror}"
    return "" if digest.hexdigest() == row.sha256 else "another sha256"


@contextmanager
def _bar(what: str, total: int) -> Iterator[tuple[Progress, Callable[[], None]]]:
    """A progress bar, and what moves it on."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bars:
        bar = bars.add_task("", total=total)
        yield bars, lambda: bars.advance(bar)


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None
