"""What is said of a wrong setting, in one line: where, the key, the value, what is expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

_SECRETS = frozenset({"secret", "credential", "password", "master_key"})
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
    place = [str(part) for part in error["loc"] if part != "[key]"]
    key = ".".join(place)
    beginnings = (".".join(place[:length]) for length in range(len(place), 0, -1))
    source = next((sources[one] for one in beginnings if one in sources), where)
    if error["type"] == "extra_forbidden":
        return f"{source}: {_unknown(place, settings)}"
    if error["type"] == "model_type":
        expected = _table(place, settings)
    elif error["type"] == "dict_type" and len(place) == 1:
        expected = f"sections, one for each: [{key}.pbx2]"
    elif error["type"] == "value_error":
        expected = str(error["ctx"]["error"])
    else:
        expected = _EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    if _SECRETS & set(place) or "credential" in repr(error["input"]):
        return f"{source}: {key} = (hidden): expected {expected}"
    return f"{source}: {wrong_value(key, error['input'], expected)}"


def section_at(settings: type[BaseModel], place: Sequence[str]) -> type[BaseModel] | None:
    """The section that `place` names (``switches.pbx2.history``); None when it is none."""
    section: type[BaseModel] | None = settings
    names = iter(place)
    for name in names:
        field = section.model_fields.get(name) if section is not None else None
        annotation: Any = field.annotation if field is not None else None
        if get_origin(annotation) is dict:
            annotation = get_args(annotation)[-1]
            if next(names, None) is None:
                return None  # all of them, and not one
        is_section = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        section = annotation if is_section else None
    return section


def _unknown(place: list[str], settings: type[BaseModel]) -> str:
    if len(place) == 1:
        close = similar(place[0], settings.model_fields)
        return f"{place[0]}: no such section{close}"
    section = section_at(settings, place[:-1])
    keys = section.model_fields if section is not None else ()
    return f"{'.'.join(place)}: no such setting{similar(place[-1], keys)}"


def _table(place: list[str], settings: type[BaseModel]) -> str:
    section = section_at(settings, place)
    if section is None:
        return 'a table, like { urls = ["stun:stun.example"] }'
    return f"a section, [{'.'.join(place)}], with {', '.join(section.model_fields)}"
