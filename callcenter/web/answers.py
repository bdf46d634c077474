"""What REST answers around the records: lists, the session, errors, health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from callcenter.services import records


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """`code` is stable and what the UI translates; `fields` names what is wrong and why."""

    code: str
    message: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class ErrorBody:
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class SignedIn:
    user: records.UserView


@dataclass(frozen=True, slots=True)
class SessionView:
    """`user` is None, and gateway and switch say nothing, while nobody is signed in."""

    user: records.UserView | None
    gateway_url: str
    simulated: bool
    company: records.Company


@dataclass(frozen=True, slots=True)
class PracticeView:
    """Where this user practises: a desk of its own, on a simulated switch."""

    url: str


@dataclass(frozen=True, slots=True)
class CallList:
    items: tuple[records.CallRow, ...]


@dataclass(frozen=True, slots=True)
class RecordingList:
    items: tuple[records.RecordingRow, ...]


@dataclass(frozen=True, slots=True)
class CustomerList:
    items: tuple[records.CustomerRow, ...]


@dataclass(frozen=True, slots=True)
class TicketList:
    items: tuple[records.TicketRow, ...]


@dataclass(frozen=True, slots=True)
class TimelineList:
    items: tuple[records.TimelineEntry, ...]
    more: bool  # older than the last of these


@dataclass(frozen=True, slots=True)
class CallbackList:
    items: tuple[records.CallbackRow, ...]


@dataclass(frozen=True, slots=True)
class MissedList:
    items: tuple[records.MissedRow, ...]


@dataclass(frozen=True, slots=True)
class MissedCleared:
    """`former` sent back as `until` brings the list back as it was."""

    until: datetime | None
    former: datetime | None


@dataclass(frozen=True, slots=True)
class ReconciliationList:
    items: tuple[records.ReconciliationRow, ...]


@dataclass(frozen=True, slots=True)
class DifferenceList:
    items: tuple[records.DifferenceRow, ...]


@dataclass(frozen=True, slots=True)
class TaskList:
    items: tuple[records.TaskRow, ...]


@dataclass(frozen=True, slots=True)
class ArticleList:
    items: tuple[records.ArticleRow, ...]


@dataclass(frozen=True, slots=True)
class Health:
    status: Literal["ok", "unwell"]
    switch: str  # "ok", or why not in one line
    database: str
