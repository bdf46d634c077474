"""A problem in a column of text: ``{"code": …, "values": {…}}``, so that it can be translated when
it is read."""

from __future__ import annotations

from typing import Any, Final

import orjson

from telephony.problems import Problem

LONGEST: Final = 300  # characters of the column


def as_text(problem: Problem) -> str:
    """Never longer than `LONGEST`: of a path or a sentence that is too long, the end is cut off."""
    values: dict[str, Any] = dict(problem.values)
    while len(text := _text(problem.code, values)) > LONGEST:
        name = max(values, key=lambda each: len(str(values[each])))
        said = str(values[name])
        values[name] = said[: len(said) * 3 // 4].rstrip("…") + "…"
    return text


def from_text(text: str) -> Problem:
    """Also of plain words, which earlier versions kept."""
    if not text.startswith("{"):
        return Problem("plain", {"said": text})
    found = orjson.loads(text)
    return Problem(found["code"], found["values"])


def _text(code: str, values: dict[str, Any]) -> str:
    return orjson.dumps({"code": code, "values": values}).decode()
