"""Where the settings come from: the defaults, a TOML file, the environment.

Environment: ``CALLCENTER_<SECTION>__<KEY>`` (lists: comma separated, or JSON),
``CALLCENTER_SWITCHES__<ID>__<KEY>``, and ``HTTP_PORT``.
Whatever else begins with ``CALLCENTER_`` is a mistake that would otherwise go unnoticed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from callcenter.settings import switches
from callcenter.settings.sections import Settings
from callcenter.settings.wording import SettingsError, line, section_at, similar, wrong_value

PREFIX = "CALLCENTER_"
DEMO_PASSWORD = "CALLCENTER_DEMO_PASSWORD"  # noqa: S105 (the name of a variable)
NEW_PASSWORD = "CALLCENTER_NEW_PASSWORD"  # noqa: S105 (likewise)
_NO_SETTINGS = frozenset({DEMO_PASSWORD, NEW_PASSWORD})


def load(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the file, then the environment. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    values = _read(file) if file is not None else {}
    sources, problems = _apply_environment(values, environment)
    where = str(file) if file else "the defaults"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [line(one, where, sources, Settings) for one in error.errors()]
    else:
        clashes = (*switches.clashes(settings), *untold_costs(settings))
        problems += [f"{where}: {problem}" for problem in clashes]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def untold_costs(settings: Settings) -> Iterator[str]:
    """A limit of what calls may cost, and no call costs anything: it would never refuse one."""
    phone = settings.phone
    if phone.daily_cost and not any(phone.tariffs.values()):
        expected = (
            'phone.tariffs beside it, like { "+" = 200 }: without them no call costs anything,'
            " and the limit would never be reached; or 0, which is no limit"
        )
        yield wrong_value("phone.daily_cost", phone.daily_cost, expected)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: expected UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: expected TOML: {error}") from None


def _apply_environment(
    values: dict[str, Any], environment: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Put the environment's values in; key → the variable that set it, and what is no setting."""
    variables = {
        f"{PREFIX}{section}__{key}".upper(): (section, key)
        for section in Settings.model_fields
        if (keys := section_at(Settings, [section])) is not None
        for key in keys.model_fields
    }
    known = {**variables, "HTTP_PORT": ("http", "port")}
    sources: dict[str, str] = {}
    problems = []
    for name, value in environment.items():
        place: tuple[str, ...] | None = known.get(name)
        if name.startswith(switches.PREFIX):
            place = switches.place(name, values.get("switches"))
        if place is not None:
            if _put(values, place, value):
                sources[".".join(place)] = name
        elif name.startswith(PREFIX) and name not in _NO_SETTINGS:
            every = {*variables, *switches.variables(values.get("switches"))}
            problems.append(f"{name}: no such setting{similar(name, every)}")
    return sources, problems


def _put(values: dict[str, Any], place: Sequence[str], value: str) -> bool:
    """False when the file has no table where the value would go: that is told by itself."""
    table: Any = values
    for name in place[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            return False
    table[place[-1]] = value
    return True
