"""What is said of a wrong setting, in one line: where, the key, the value, what is expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

_SECRETS = frozenset({"secret", "credential", "password"})
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*(?=@)")

# By pydantic's type of error; what is in braces is in its context.
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "path_type": "a path",
    "tuple_type": "a list",
    "dict_type": 'a table, like {{ "+86" = 10 }}',
    "literal_error": "{expected}",
    "less_than_equal": "{le} or less",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "missing": "a value",
}


class SettingsError(Exception):
    """`str(error)` has one line per wrong value."""


def wrong_value(key: str, value: object, expected: str) -> str:
    """``http.port = 'x': expected a whole number``; a password within an address is hidden."""
    shown = _PASSWORD.sub(r"\1:***", repr(value))
    return f"{key} = {shown}: expected {expected}"


def similar(name: str, names: Iterable[str]) -> str:
    """``, did you mean …?``, when there is something like it."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    return f", did you mean {close[0]}?" if close else ""


def line(error: Any, where: str, sources: Mapping[str, str], settings: type[BaseModel]) -> str:
    """`error` is one of pydantic's; `sources` tells which variable set a key, `where` the rest."""
    place = [str(part) for part in error["loc"]]
    key = ".".join(place)
    source = sources.get(".".join(place[:2]), where)
    if error["type"] == "extra_forbidden":
        return f"{source}: {_unknown(place, settings)}"
    if error["type"] == "model_type":
        expected = _table(place, settings)
    elif error["type"] == "value_error":
        expected = str(error["ctx"]["error"])
    else:
        expected = _EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    if _SECRETS & set(place) or "credential" in repr(error["input"]):
        return f"{source}: {key} = (hidden): expected {expected}"
    return f"{source}: {wrong_value(key, error['input'], expected)}"


def _unknown(place: list[str], settings: type[BaseModel]) -> str:
    if len(place) == 1:
        close = similar(place[0], settings.model_fields)
        return f"{place[0]}: no such section{close}"
    section = settings.model_fields[place[0]].annotation
    keys = section.model_fields if section is not None and len(place) == 2 else ()
    return f"{'.'.join(place)}: no such setting{similar(place[-1], keys)}"


def _table(place: list[str], settings: type[BaseModel]) -> str:
    if len(place) > 1:
        return 'a table, like { urls = ["stun:stun.example"] }'
    section = settings.model_fields[place[0]].annotation
    keys = ", ".join(section.model_fields) if section is not None else ""
    return f"a section, [{place[0]}], with {keys}"
