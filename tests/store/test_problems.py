"""A problem is kept as text that fits its column, and is read as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import String

from callcenter.store.problems import LONGEST, as_text, from_text
from callcenter.store.tables import reconciliation
from telephony.problems import Problem


def test_as_long_as_the_column() -> None:
    assert isinstance(column := reconciliation.c.problem.type, String)
    assert column.length == LONGEST


@pytest.mark.parametrize(
    "problem",
    [
        Problem("rotated", {"path": "/var/log/asterisk/cel-custom/Master.csv"}),
        Problem("line_columns", {"there": 7, "expected": 12}).within("no_line", path="呼叫.csv"),
        Problem("not_connected_yet"),
    ],
)
def test_what_is_kept_is_read_as_it_was(problem: Problem) -> None:
    assert from_text(as_text(problem)) == problem


@pytest.mark.parametrize("letter", ["x", "话", '"', "\u2028", "\x01"])
def test_what_is_too_long_loses_its_end(letter: str) -> None:
    problem = Problem("said", {"path": "/srv/" + letter * 400, "said": letter * 4000})
    text = as_text(problem)
    kept = from_text(text)
    assert len(text) <= LONGEST
    assert kept.code == "said"
    for name, value in kept.values.items():
        assert str(value).endswith("…")
        assert str(problem.values[name]).startswith(str(value)[:-1])


def test_plain_words_of_an_earlier_version_are_told_as_they_are() -> None:
    assert str(from_text("Master.csv: no such file")) == "Master.csv: no such file"
