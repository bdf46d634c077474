"""What stands in the way is told by a code and what it names; its English follows from these."""

from __future__ import annotations

import errno
import os
import string
from typing import get_args

import pytest

from telephony.problems import ENGLISH, Problem, ProblemCode, of_os


def test_each_code_has_its_english_words() -> None:
    assert sorted(ENGLISH) == sorted(get_args(ProblemCode))


@pytest.mark.parametrize("code", ENGLISH)
def test_the_words_are_filled_in(code: ProblemCode) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(ENGLISH[code]) if name]
    values: dict[str, str | float] = {
        name: 7.5 if name.endswith("_s") else f"<{name}>" for name in names if name != "why"
    }
    problem = Problem(code, values)
    if "why" in names:
        problem = Problem("line_date", {"text": "today"}).within(code, **values)
    text = str(problem)
    assert "\n" not in text
    assert "{" not in text
    assert all(str(value) in text for value in values.values())
    assert ("'today' is no time" in text) == ("why" in names)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "no_right"),
        (errno.ENOENT, "no_folder"),
        (errno.ENOSPC, "no_room"),
        (errno.EROFS, "read_only"),
        (errno.EIO, "said"),
    ],
)
def test_what_the_machine_says_of_a_file(number: int, code: str) -> None:
    problem = of_os(OSError(number, os.strerror(number)), "/srv/recordings")
    assert (problem.code, problem.values["path"]) == (code, "/srv/recordings")
    assert problem.values.get("said") == (os.strerror(number) if code == "said" else None)


def test_one_problem_is_one_whatever_order_its_values_come_in() -> None:
    one, other = (
        Problem("said", {"path": "a", "said": "b"}),
        Problem("said", {"said": "b", "path": "a"}),
    )
    assert (one, hash(one)) == (other, hash(other))
    assert one != Problem("said", {"path": "a", "said": "c"})
