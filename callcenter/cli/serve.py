"""``callcenter serve`` and ``callcenter migrate``."""

from __future__ import annotations

import asyncio
from functools import partial

import typer

from callcenter import main
from callcenter.cli import logs, plain
from callcenter.store.database import Database


def serve(config: plain.ConfigFile = None) -> None:
    """Run the product against an existing Asterisk, until Ctrl-C or SIGTERM."""
    settings = plain.settings(config)
    logs.set_up(settings.log)
    with plain.plain_errors(settings):
        main.run(partial(main.serve, settings))


def migrate(config: plain.ConfigFile = None) -> None:
    """Bring the database up to date. `serve` does so too; this is for before it."""
    settings = plain.settings(config)
    with plain.plain_errors(settings):
        is_new = asyncio.run(_migrate(settings.database.url))
    typer.echo("The database was created." if is_new else "The database is up to date.")


async def _migrate(url: str) -> bool:
    database = Database(url)
    try:
        return await database.migrate()
    finally:
        await database.close()
