"""Which column of a record holds what: ours, and that of Asterisk's own sample configuration."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from telephony.history.rows import CelRow
from telephony.problems import Problem, ProblemCode

EARLIEST, LATEST = 946_684_800.0, 4_102_444_800.0  # the years 2000 and 2100
MAX_FIELD = 4096  # characters of a name or of an application's arguments that are kept

_EVENT = re.compile(r"[A-Z][A-Z0-9_]{2,40}")
_NOTHING: Mapping[str, str] = {}


class NoRow(ValueError):
    """These fields are no row; `problem` says why."""

    def __init__(self, code: ProblemCode, **values: str | float) -> None:
        self.problem = Problem(code, values)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of the columns. More columns than named here may follow."""

    name: str
    event: int
    at: int
    uniqueid: int
    linkedid: int
    channel: int
    number: int
    caller_name: int
    context: int
    exten: int
    app: int
    data: int
    peer: int
    extra: int

    @property
    def width(self) -> int:
        return self.extra + 1

    def fits(self, fields: Sequence[str]) -> bool:
        """Whether a row of this layout looks like that."""
        return (
            len(fields) >= self.width
            and _EVENT.fullmatch(fields[self.event]) is not None
            and _is_channel(fields[self.channel])
            and bool(fields[self.uniqueid])
            and not _is_channel(fields[self.uniqueid])
        )


# config/asterisk/cel_custom.conf
OURS = Layout("ours", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
# configs/samples/cel_custom.conf.sample of Asterisk 22 (Master.csv)
SAMPLE = Layout("Asterisk's sample", 0, 1, 14, 15, 9, 3, 2, 8, 7, 10, 11, 16, 19)
LAYOUTS = (OURS, SAMPLE)

WRONG_LAYOUT: Final = "line_order"


def layout_of(fields: Sequence[str]) -> Layout | None:
    """Told by where the event, the Uniqueid and the channel's name are."""
    for layout in LAYOUTS:
        if layout.fits(fields):
            return layout
    return None


def row_of(layout: Layout, fields: Sequence[str]) -> CelRow:
    """Raises NoRow."""
    if len(fields) < layout.width:
        raise NoRow("line_columns", there=len(fields), expected=layout.width)
    if not layout.fits(fields):
        raise NoRow(_misfit(fields))
    return CelRow(
        event=sys.intern(fields[layout.event]),
        at=seconds(fields[layout.at]),
        uniqueid=fields[layout.uniqueid],
        linkedid=fields[layout.linkedid] or fields[layout.uniqueid],
        channel=fields[layout.channel],
        number=fields[layout.number],
        name=fields[layout.caller_name][:MAX_FIELD],
        context=sys.intern(fields[layout.context]),
        exten=fields[layout.exten],
        app=sys.intern(fields[layout.app]),
        data=fields[layout.data][:MAX_FIELD],
        peer=fields[layout.peer],
        extra=extra_of(fields[layout.extra]),
    )


def _misfit(fields: Sequence[str]) -> ProblemCode:
    if any(map(_is_channel, fields)) and any(map(_EVENT.fullmatch, fields)):
        return WRONG_LAYOUT
    return "line_misfit"


def seconds(text: str) -> float:
    """Unix seconds. Raises NoRow, also for what a `dateformat` makes of it: that has no zone."""
    try:
        at = float(text)
    except ValueError:
        raise NoRow("line_date", text=text[:40]) from None
    if not EARLIEST < at < LATEST:  # also nan
        raise NoRow("line_time", text=text[:40])
    return at


def extra_of(text: str) -> Mapping[str, str]:
    """The event's own facts. Raises NoRow."""
    if not text:
        return _NOTHING
    try:
        facts = orjson.loads(text)
    except ValueError:
        raise NoRow("line_json") from None
    if not isinstance(facts, dict):
        raise NoRow("line_json_object")
    return {key: value if isinstance(value, str) else str(value) for key, value in facts.items()}


def _is_channel(text: str) -> bool:
    technology, slash, rest = text.partition("/")
    return bool(slash and rest) and technology.isalnum() and technology[0].isalpha()
