"""What is said while the program runs never stops it."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

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


def test_it_is_written_where_standard_output_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    set_up(Logging(format="json"))
    try:
        structlog.get_logger("tests.cli.test_logs").info("something_happened", calls=2)
    finally:
        structlog.configure(**before)
    assert '"event": "something_happened"' in capsys.readouterr().out
