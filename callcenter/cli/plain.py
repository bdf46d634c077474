"""What all commands share: plain errors on standard error, and how they end.

Exit code 2: a setting is wrong. 1: something outside is (a port, the database's server, another
process), and the same start may go well later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from callcenter.main import PortTaken
from callcenter.services.errors import ServiceError
from callcenter.settings import Settings, SettingsError, load, wrong_value
from callcenter.store.database import Database, Unusable
from callcenter.store.inbox import InboxBusy
from callcenter.store.migrations import UnknownRevision
from callcenter.store.secret_key import SecretKeyBroken
from telephony.pbx.embedded import AsteriskFailed
from telephony.pbx.root import RootError

_PLAIN = (PortTaken, InboxBusy, UnknownRevision, SecretKeyBroken, RootError, AsteriskFailed)

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings file; config/callcenter.toml shows all.")
]

DATABASES = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def settings(config: Path | None, environment: dict[str, str] | None = None) -> Settings:
    """Exit code 2, one line per wrong value, when there is one."""
    try:
        loaded = load(config, environment)
        Database(loaded.database.url)
    except SettingsError as error:
        raise wrong(str(error)) from None
    except ValueError:
        raise wrong(wrong_value("database.url", loaded.database.url, DATABASES)) from None
    return loaded


def wrong(message: str, code: int = 2) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code)


@contextmanager
def plain_errors(settings: Settings) -> Iterator[None]:
    """What can go wrong outside, in one line each and without a traceback."""
    try:
        yield
    except SettingsError as error:  # what only the attempt can tell
        raise wrong(str(error)) from None
    except Unusable as error:
        raise wrong(unusable(error), 2 if error.url.startswith("sqlite") else 1) from None
    except _PLAIN as error:
        raise wrong(str(error), 1) from None
    except ServiceError as error:
        raise wrong(error.message, 1) from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise wrong(f"The database cannot be used: {reason}", 1) from None
    except OSError as error:
        if _concerns(error, settings.paths.var):
            expected = f"a folder that can be written: {error.strerror}"
            var = str(settings.paths.var)
            raise wrong(wrong_value("paths.var", var, expected)) from None
        where = f"{error.filename}: " if error.filename else ""
        raise wrong(f"{where}{error.strerror or error}", 1) from None


def unusable(error: Unusable) -> str:
    return wrong_value("database.url", error.url, f"a database that can be used: {error}")


def _concerns(error: OSError, folder: Path) -> bool:
    """Is it about something in the folder, or on the way to it?"""
    if not isinstance(error.filename, str):
        return False
    path = Path(error.filename)
    return path.is_relative_to(folder) or folder.is_relative_to(path)
