"""Every code the server may answer with has its sentence in every language of the desk.

The codes are read off the source: what is raised, what a command's result says, what HTTP adds;
and those of problems and alarms off their types.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import callcenter
from callcenter.domain import recording_problems
from callcenter.domain.dialling import NotDialable
from callcenter.services.alarms import AlarmCode
from callcenter.services.errors import ServiceError
from callcenter.web.errors import _HTTP_CODES
from telephony import problems

PACKAGE = Path(callcenter.__file__).parent
CATALOGUES = PACKAGE.parent / "agent_ui" / "src" / "i18n"
FOR_THE_COMMAND_LINE = {"services/users.py"}
PROBLEMS = problems.ENGLISH
RECORDING_PROBLEMS = {f"problem_{code}": text for code, text in recording_problems.ENGLISH.items()}
ANSWERS = {"_failed": 1, "response": 1}  # function: where its code stands


def _kinds(kind: type[ServiceError]) -> Iterator[str]:
    yield kind.__name__
    for inner in kind.__subclasses__():
        yield from _kinds(inner)


def _sources() -> Iterator[ast.AST]:
    for part in ("domain", "services", "practice", "web"):
        for file in sorted((PACKAGE / part).rglob("*.py")):
            if str(file.relative_to(PACKAGE)) not in FOR_THE_COMMAND_LINE:
                yield ast.parse(file.read_text(encoding="utf-8"), str(file))


def _said(node: ast.expr) -> str | None:
    """The code, or for an f-string its family, as the desk sums it up (`notices.inWords`)."""
    match node:
        case ast.Constant(value=str(code)):
            return code
        case ast.JoinedStr(values=[ast.Constant(value="agent_" | "call_" as family), _]):
            return f"{family}state"
        case ast.Name() | ast.Attribute(attr="code"):
            return None  # handed on; it was read off where it comes from
    raise AssertionError(f"what is the code here? {ast.unparse(node)}")


def _codes() -> set[str]:
    sources = list(_sources())
    own = _own_codes(sources)
    raised = {*_kinds(ServiceError), NotDialable.__name__} - own.keys()
    found = {"http_error", *(code for code, _ in _HTTP_CODES.values()), *own.values()}
    for source in sources:
        for node in ast.walk(source):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[code, *_]) if name in raised:
                    found.add(_said(code) or "")
                case ast.Call(func=ast.Name(id=name), args=args) if name in ANSWERS:
                    found.add(_said(args[ANSWERS[name]]) or "")
    return found - {""}


def _own_codes(sources: list[ast.AST]) -> dict[str, str]:
    """Of the errors that bring their own code: ``super().__init__("code", …)``."""
    found = {}
    for kind in (node for source in sources for node in ast.walk(source)):
        if isinstance(kind, ast.ClassDef) and kind.name in set(_kinds(ServiceError)):
            for node in ast.walk(kind):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="__init__"),
                        args=[ast.Constant(value=str(code)), *_],
                    ):
                        found[kind.name] = code
    return found


def test_the_codes_are_found() -> None:
    known = {"too_many_attempts", "no_such_call", "call_state", "agent_state", "too_large"}
    known |= {"unknown_command", "internal", "emergency_number", "bad_request", "key_reused"}
    assert known <= _codes()
    assert all(re.fullmatch(r"[a-z_]+", code) for code in _codes())


@pytest.mark.parametrize("catalogue", ["en", "zh-CN"])
def test_each_has_its_sentence(catalogue: str) -> None:
    assert sorted(_codes() - _told(catalogue, "error").keys()) == []


def _told(catalogue: str, family: str) -> dict[str, set[str]]:
    """By code: the names that its sentence fills in."""
    parts = [CATALOGUES / f"{catalogue}.ts", *CATALOGUES.glob(f"{catalogue}.*.ts")]
    text = "".join(part.read_text(encoding="utf-8") for part in parts)
    found = re.findall(rf'"{family}\.([a-z_]+)":\s+"([^"]*)"', text)
    return {code: set(re.findall(r"{(\w+)}", sentence)) for code, sentence in found}


@pytest.mark.parametrize("catalogue", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("family", "english"), [("problem", PROBLEMS), ("recording", RECORDING_PROBLEMS)]
)
def test_each_problem_has_its_sentence(
    catalogue: str, family: str, english: Mapping[str, str]
) -> None:
    """It names nothing that the server does not tell."""
    told = _told(catalogue, family)
    for code, sentence in english.items():
        named = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        assert told[code] <= named, code


@pytest.mark.parametrize("catalogue", ["en", "zh-CN"])
def test_each_alarm_has_its_name_and_says_what_to_do(catalogue: str) -> None:
    codes = set(get_args(AlarmCode))
    assert codes | {f"{code}_do" for code in codes} <= _told(catalogue, "alarm").keys()
