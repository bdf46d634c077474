"""What the program says while it runs: for a person at a terminal, or one JSON object a line."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from threading import Lock

import structlog

from callcenter.settings import Logging

_LOCK = Lock()

# Without the locals of every frame: they are customers and keys, and drawing them held up every
# call for more than a second per exception.
_AS_TEXT = structlog.dev.plain_traceback
_AS_JSON = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


class Lines:
    """To standard output or error as it is at that moment. A log that cannot be written (a pipe
    whose reader has gone, a full disk) stops nothing of what it tells of."""

    def __init__(self, to_stdout: bool) -> None:
        self._to_stdout = to_stdout

    def msg(self, message: str) -> None:
        stream = sys.stdout if self._to_stdout else sys.stderr
        with _LOCK, suppress(OSError, ValueError):
            stream.write(message + "\n")
            stream.flush()

    debug = info = warning = error = critical = exception = log = fatal = msg


def set_up(options: Logging) -> None:
    level = logging.getLevelNamesMapping()[options.level.upper()]
    as_json = options.format == "json"
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_AS_TEXT)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([_AS_JSON] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: Lines(to_stdout=as_json),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING)
