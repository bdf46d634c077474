"""The switch's queue_log: what app_queue itself counted of each stay in a queue.

A line is ``time|callid|queue|agent|event|data…``; time is in whole seconds, the call id is the
caller's Uniqueid, the agent is the member's *name*. Only the file is read (not a realtime table).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from telephony.events import VisitOutcome
from telephony.history.files import Files
from telephony.history.layouts import NoRow, seconds
from telephony.history.line_pages import Known, LinePages, Unpacked
from telephony.history.lines import Faults
from telephony.history.pages import LONGEST_CALL_S, span
from telephony.history.rows import BadLine, HistoryUnavailable
from telephony.problems import Problem

ATTEMPTS = 5
FIELDS = 5  # that each line has at least

_ENDS = {
    "CONNECT": VisitOutcome.ANSWERED,
    "ABANDON": VisitOutcome.ABANDONED,
    "EXITWITHKEY": VisitOutcome.KEY,
    "EXITWITHTIMEOUT": VisitOutcome.TIMED_OUT,
    "EXITEMPTY": VisitOutcome.EMPTY,
}
# The last fields of these are: seconds waited, seconds talked, position at the beginning.
_DONE = frozenset(
    {"COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"}
)


@dataclass(frozen=True, slots=True)
class QueueLine:
    at: float
    callid: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueFact:
    """One stay. Times of the switch's clock; seconds are whole ones. `outcome` is None while it
    lasts, or when its end was not written; `agent` is the member's name and `leg_id` the Uniqueid
    of the agent's channel; `rang` are those who did not answer, each with the seconds."""

    callid: str
    queue: str
    caller: str
    entered_at: datetime
    left_at: datetime | None = None
    outcome: VisitOutcome | None = None
    wait_s: int = 0
    talk_s: int | None = None
    agent: str = ""
    leg_id: str = ""
    ended_by: str = ""  # agent, caller, transfer: of a talk that has ended
    rang: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class QueueReading:
    """Stays that began within, in that order, and what could not be read."""

    facts: Sequence[QueueFact]
    bad: Sequence[BadLine] = ()
    complete_from: datetime | None = None
    bad_count: int = 0


class QueueLog:
    """The file and its rotated siblings; as `CsvFile`."""

    def __init__(self, path: str) -> None:
        self._files = Files(path)
        self._known = Known()
        self._turn = asyncio.Lock()

    async def read(self, since: datetime, until: datetime) -> QueueReading:
        """Raises HistoryUnavailable."""
        async with self._turn:
            return await asyncio.to_thread(self._read, since.timestamp(), until.timestamp())

    def _read(self, since: float, until: float) -> QueueReading:
        for _ in range(ATTEMPTS):
            faults = Faults()
            with self._files.open() as opened:
                while True:
                    pages = LinePages(opened, self._known, faults, parse)
                    try:
                        lines = _lines(pages, since, until)
                        break
                    except Unpacked:
                        continue  # a packed file is needed, and has become plain pages
                begins = pages.begins()
                if not lines and faults.count and not pages.readable():
                    problem = faults.told[0].problem
                    raise HistoryUnavailable(problem.within("no_line", path=self._files.path))
                if self._files.unchanged(opened):
                    break
        else:
            raise HistoryUnavailable(Problem("rotated", {"path": self._files.path}))
        found = [
            fact
            for fact in facts(dict.fromkeys(lines))  # a file that is being copied is there twice
            if since <= fact.entered_at.timestamp() <= until
        ]
        complete_from = None if begins is None else datetime.fromtimestamp(begins, UTC)
        return QueueReading(found, faults.bad, complete_from, faults.count)


def _lines(pages: LinePages[QueueLine], since: float, until: float) -> list[QueueLine]:
    """Of all stays that began within: each ends within a day."""
    end = until + LONGEST_CALL_S
    return [
        line
        for page in span(pages, since, end)
        for line in pages.rows(page)
        if since <= line.at <= end
    ]


def parse(data: bytes, where: str, first: int, faults: Faults) -> list[QueueLine]:
    """Lines about calls; what is about agents only (PAUSE, ADDMEMBER) is passed over."""
    found = []
    offset = first
    for raw in data.split(b"\n"):
        text = raw.removesuffix(b"\r").decode("utf-8", "replace")
        if text:
            try:
                line = _line(text)
                if line is not None:
                    found.append(line)
            except NoRow as error:
                faults.add(f"{where}@{offset}", error.problem)
        offset += len(raw) + 1
    return found


def _line(text: str) -> QueueLine | None:
    """None for a line that is about no call. Raises NoRow."""
    fields = text.split("|")
    if len(fields) < FIELDS:
        raise NoRow("line_fields", there=len(fields), expected=FIELDS)
    at, callid, queue, agent, event, *data = fields
    when = seconds(at)
    if not event.isascii() or not event.isalpha():
        raise NoRow("line_event")
    if queue == "NONE" or callid in {"NONE", "MANAGER", "REALTIME"}:
        return None
    return QueueLine(when, callid, queue, "" if agent == "NONE" else agent, event, tuple(data))


@dataclass(slots=True)
class _Stay:
    entered: QueueLine
    left_at: float | None = None
    outcome: VisitOutcome | None = None
    wait_s: int = 0
    talk_s: int | None = None
    agent: str = ""
    leg_id: str = ""
    ended_by: str = ""
    rang: list[tuple[str, float]] = field(default_factory=list)


def facts(lines: Iterable[QueueLine]) -> list[QueueFact]:
    """In the order in which they began. Lines of a stay whose beginning lacks are passed over."""
    stays: list[_Stay] = []
    current: dict[str, _Stay] = {}
    for line in lines:
        if line.event == "ENTERQUEUE":
            stay = current[line.callid] = _Stay(line)
            stays.append(stay)
            continue
        known = current.get(line.callid)
        if known is not None and known.entered.queue == line.queue:
            _note(known, line)
    return [_fact(stay) for stay in stays]


def _note(stay: _Stay, line: QueueLine) -> None:
    data = line.data
    if line.event == "RINGNOANSWER":
        stay.rang.append((line.agent, _number(data, 0) / 1000))
    elif line.event in _DONE:
        stay.talk_s = _number(data, -2)
        ended = {"COMPLETEAGENT": "agent", "COMPLETECALLER": "caller"}
        stay.ended_by = ended.get(line.event, "transfer")
    elif line.event in _ENDS and stay.outcome in {None, VisitOutcome.ABANDONED}:
        # A time-out may be written after an ABANDON, and is what happened.
        stay.outcome, stay.left_at = _ENDS[line.event], line.at
        stay.wait_s = _number(data, 0 if line.event == "CONNECT" else -1)
        if line.event == "CONNECT":
            stay.agent, stay.leg_id = line.agent, data[1] if len(data) > 1 else ""


def _number(data: Sequence[str], index: int) -> int:
    text = data[index] if -len(data) <= index < len(data) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _fact(stay: _Stay) -> QueueFact:
    entered = stay.entered
    return QueueFact(
        callid=entered.callid,
        queue=entered.queue,
        caller=entered.data[1] if len(entered.data) > 1 else "",
        entered_at=datetime.fromtimestamp(entered.at, UTC),
        left_at=None if stay.left_at is None else datetime.fromtimestamp(stay.left_at, UTC),
        outcome=stay.outcome,
        wait_s=stay.wait_s,
        talk_s=stay.talk_s,
        agent=stay.agent,
        leg_id=stay.leg_id,
        ended_by=stay.ended_by,
        rang=tuple(stay.rang),
    )
