"""Where the settings come from: the defaults, a TOML file, the environment.

Environment: ``CALLCENTER_<SECTION>__<KEY>`` (lists: comma separated, or JSON), and ``HTTP_PORT``.
Whatever else begins with ``CALLCENTER_`` is a mistake that would otherwise go unnoticed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from callcenter.settings.sections import Settings
from callcenter.settings.wording import SettingsError, line, similar

PREFIX = "CALLCENTER_"
DEMO_PASSWORD = "CALLCENTER_DEMO_PASSWORD"  # noqa: S105 (the name of a variable)
NEW_PASSWORD = "CALLCENTER_NEW_PASSWORD"  # noqa: S105 (likewise)
_NO_SETTINGS = frozenset({DEMO_PASSWORD, NEW_PASSWORD})


def load(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the file, then the environment. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    values = _read(file) if file is not None else {}
    sources, problems = _apply_environment(values, environment)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        where = str(file) if file else "the defaults"
        problems += [line(one, where, sources, Settings) for one in error.errors()]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


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
        for section, field in Settings.model_fields.items()
        if field.annotation is not None
        for key in field.annotation.model_fields
    }
    known = {**variables, "HTTP_PORT": ("http", "port")}
    sources: dict[str, str] = {}
    problems = []
    for name, value in environment.items():
        if name in known:
            section, key = known[name]
            table = values.setdefault(section, {})
            if isinstance(table, dict):
                table[key] = value
                sources[f"{section}.{key}"] = name
        elif name.startswith(PREFIX) and name not in _NO_SETTINGS:
            problems.append(f"{name}: no such setting{similar(name, variables)}")
    return sources, problems
