"""Alembic, run by the program itself: no ini file, no command line.

A new revision is a file `versions/NNNN_what.py` with `revision = "NNNN"`; a test compares the
result with `tables` and prints what is missing. There is no way down: a backup is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

_HERE = Path(__file__).parent


class UnknownRevision(Exception):
    """The database was migrated by a newer program than this one."""


@cache
def head() -> str:
    """The newest revision, from the file names: importing Alembic takes longer than a start."""
    return max(path.stem.partition("_")[0] for path in (_HERE / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision of the database; None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the connection's transaction.

    Raises `UnknownRevision` when the database is ahead of this program.
    """
    from alembic import command  # noqa: PLC0415 (0.4 s, and only a changed schema needs it)
    from alembic.config import Config  # noqa: PLC0415

    revision = current(connection)
    if revision is not None and revision > head():
        raise UnknownRevision(
            f"the database is at revision {revision}, this program knows up to {head()}:"
            " start the newer program"
        )
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    command.upgrade(config, "head")
