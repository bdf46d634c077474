"""``callcenter demo``: what ``make run`` starts, on one machine and in one process.

An SQLite database with demo customers under ``var/demo``, a switch (simulated, or a real Asterisk
with sipp as the carrier), and everything of the product in front of it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from argon2 import PasswordHasher
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from callcenter import main
from callcenter.cli import logs, plain
from callcenter.cli.demo_switches import asterisk, simulated
from callcenter.services import users
from callcenter.settings import DEMO_PASSWORD, Settings
from callcenter.store import demo as data
from callcenter.store.database import Database
from telephony.simulator.recorder import write_talk

SHOWN = ("agent", "supervisor", "admin")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another

# A password made by chance (59 bits) is not found by guessing, however quick a guess is. The first
# sign-in with it hashes it anew, as every other is.
FOR_MADE = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)

DEFAULTS = {
    "CALLCENTER_DATABASE__URL": "sqlite:///var/demo/callcenter.db",
    "CALLCENTER_PATHS__VAR": "var/demo",
    "CALLCENTER_RECORDINGS__FOLDER": "var/demo/monitor",
    "CALLCENTER_RECORDINGS__STORE": "var/demo/recordings",
    "CALLCENTER_SWITCH__OWN_NUMBERS": ",".join(sorted(set(data.LINES))),
    "CALLCENTER_LOG__LEVEL": "error",
}


class Pbx(StrEnum):
    SIMULATED = "simulated"
    ASTERISK = "asterisk"


def demo(
    pbx: Annotated[
        Pbx, typer.Option(help="asterisk: a real one of its own, to hear and speak (Debian, root).")
    ] = Pbx.SIMULATED,
) -> None:
    """Run everything with demo data, until Ctrl-C."""
    settings = plain.settings(None, {**DEFAULTS, **os.environ})
    logs.set_up(settings.log)
    with plain.plain_errors(settings):
        _check_port(settings)
        main.run(partial(_run, settings, pbx))


def _check_port(settings: Settings) -> None:
    """Before minutes of setting up, not after."""
    http = settings.http
    for port in (http.port, http.gateway_port or (http.port and http.port + 1)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((http.host, port))
            except OSError as error:
                remedy = "choose another with HTTP_PORT=9000 make run"
                raise main.cannot_listen("http", http.host, port, error, remedy) from None


async def _run(settings: Settings, pbx: Pbx, stopped: asyncio.Event) -> None:
    console = Console()
    passwords = await prepare(settings, console)
    switch = asterisk if pbx is Pbx.ASTERISK else simulated
    async with switch(settings, console.print) as switched:
        application = main.Application(switched.settings)
        if not await main.started(application, stopped):
            return
        try:
            _greet(console, application, pbx, passwords)
            callers = asyncio.create_task(switched.traffic(application))
            callers.add_done_callback(lambda task: _tell_failure(task, console))
            await stopped.wait()
            console.print("\nStopping …")
            callers.cancel()
            await asyncio.gather(callers, return_exceptions=True)
        finally:
            await application.stop()
    console.print("Stopped. The data is kept.")


async def prepare(settings: Settings, console: Console) -> dict[str, str]:
    """A migrated database with demo data; fresh passwords of the users that are shown."""
    chosen = os.environ.get(DEMO_PASSWORD)
    passwords = {login: chosen or _password() for login in SHOWN}
    hasher = PasswordHasher() if chosen else FOR_MADE
    hashed = {password: hasher.hash(password) for password in set(passwords.values())}
    hashes = {login: hashed[password] for login, password in passwords.items()}
    database = Database(settings.database.url)
    try:
        with console.status("Preparing the database …"):
            await database.migrate()
        if await data.is_filled(database):
            await users.set_passwords(database, hashes)
        else:
            await _fill(database, hashes, console)
            await _record(database, settings)
    finally:
        await database.close()
    return passwords


async def _fill(database: Database, hashes: dict[str, str], console: Console) -> None:
    columns = (TextColumn("Making demo data"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bars.update(bar, completed=done, total=total, description=what)

        await data.fill(database, datetime.now(UTC), hashes, progress)


async def _record(database: Database, settings: Settings) -> None:
    """Some calls of the past were recorded: their files lie where a switch would have left them,
    and are taken in like any other."""
    if not settings.recordings.folder:
        return
    async with database.read() as connection:
        talks = await data.recorded(connection)
    for place, talk in enumerate(talks):
        day = f"{talk.started_at:%Y-%m-%d}/{talk.id}.wav"
        seconds = talk.connected_s
        pauses = [(seconds * 0.4, seconds * 0.6)] if place % 2 else []
        file = Path(settings.recordings.folder) / day
        await asyncio.to_thread(write_talk, file, seconds, pauses)


def _password() -> str:
    parts = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(parts)


def _tell_failure(callers: asyncio.Task[None], console: Console) -> None:
    """The product goes on without callers; it must not look as if nobody wanted to call."""
    if not callers.cancelled() and (error := callers.exception()) is not None:
        console.print(f"Nobody will call: {error}", markup=False)


def _greet(
    console: Console, application: main.Application, pbx: Pbx, passwords: dict[str, str]
) -> None:
    where = "a real Asterisk" if pbx is Pbx.ASTERISK else "the simulated switch (no sound)"
    http = application.settings.http
    lines = [
        "",
        f"[bold]Call centre[/bold], demo data, on {where}",
        "",
        f"  [bold]http://{http.host}:{application.web.port}[/bold]",
        "",
        *(f"  {login:<12}{password}" for login, password in passwords.items()),
        "",
        "Sign in as agent and press Ready: somebody calls within 20 seconds. Ctrl-C stops.",
    ]
    console.print("\n".join(lines), highlight=False, soft_wrap=True)
