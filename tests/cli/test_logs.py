"""What is said while the program runs never stops it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Literal

import pytest
import structlog

from callcenter.cli.logs import Lines, set_up
from callcenter.settings import Logging


class Broken(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize(
    "stream", [pytest.param(io.StringIO(), id="closed"), pytest.param(Broken(), id="broken")]
)
def test_a_stream_that_is_gone_stops_nothing(stream: io.StringIO) -> None:
    if not isinstance(stream, Broken):
        stream.close()
    with redirect_stderr(stream):
        Lines(to_stdout=False).error("something happened")


@pytest.fixture
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("as_before")
def test_it_is_written_where_standard_output_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Logging(format="json"))
    structlog.get_logger("tests.cli.test_logs").info("something_happened", calls=2)
    assert '"event": "something_happened"' in capsys.readouterr().out


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("format_", ["json", "console"])
def test_a_fault_is_told_with_its_place_but_without_what_was_in_the_variables(
    format_: Literal["json", "console"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(Logging(format=format_))
    secret = "-".join(("only", "in", "a", "variable"))
    try:
        dict[int, str]()[len(secret)]
    except KeyError:
        structlog.get_logger("tests.cli.test_logs").exception("it_failed")
    told = "".join(capsys.readouterr())
    assert "it_failed" in told
    assert "KeyError" in told
    assert "test_a_fault_is_told_with_its_place" in told
    assert secret not in told
