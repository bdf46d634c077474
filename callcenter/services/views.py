"""What a screen is told: small frozen values, the data of gateway messages and the snapshot.

They are serialised as they stand (orjson), described to the browser by `callcenter.web.messages`,
and never hold a channel. All times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.agents import Rest, State
from telephony.problems import Problem

Match = Literal["exact", "suffix", "several", "unknown", "withheld"]
CallState = Literal["ringing", "active", "held", "ended"]
Recording = Literal["never", "off", "on", "paused"]
Order = Literal["answer", "reject", "hangup", "hold", "resume", "mute", "unmute", "tones"]
Changed = Literal[
    "callbacks", "missed", "tasks", "ticket", "customer", "figures", "desk", "recordings"
]


@dataclass(frozen=True, slots=True)
class TierBadge:
    code: str
    name: dict[str, str]  # by locale
    rank: int


@dataclass(frozen=True, slots=True)
class RecentContact:
    at: datetime
    direction: str
    result: str
    agent: str
    connected_s: float
    note: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    id: UUID
    number: int
    subject: str
    status: str
    priority: int
    domain: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several customers who share the number."""

    party_id: UUID
    name: str
    company: str
    tier: TierBadge | None


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What a pop shows of a customer."""

    party_id: UUID
    name: str
    company: str
    tier: TierBadge | None
    language: str
    zone: str
    note: str
    owner: str
    contacts: tuple[RecentContact, ...]  # the last three
    tickets: tuple[OpenTicket, ...]  # open ones, most urgent first


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: the number, how it matched, and whom it matched."""

    number: str  # E.164 when it parses, the digits otherwise, "" when withheld
    display: str  # grouped for the eye: "+86 138 0013 8000"
    name: str  # as presented by the network
    match: Match
    card: CustomerCard | None
    candidates: tuple[Candidate, ...]
    looked_up: bool  # False while the look-up is still on its way


@dataclass(frozen=True, slots=True)
class CallView:
    """One call on one agent's desk. `state` "ended" stays while the agent wraps up."""

    id: UUID
    direction: str
    state: CallState
    queue: str
    caller: Caller
    started_at: datetime
    queued_at: datetime | None
    rang_at: datetime | None
    answered_at: datetime | None
    held_at: datetime | None
    ended_at: datetime | None
    muted: bool
    ticket_id: UUID | None
    note: str
    consult_of: UUID | None  # the customer's call, when this one is a consultation for it
    about: Caller | None  # that customer, on the desk of whom is asked
    parties: tuple[str, ...]  # who else talks in it besides the customer and this agent
    recording: Recording  # "never": this queue's calls may not be recorded
    returning: bool  # the agent lost this call (a reload, a crash) and it comes back


@dataclass(frozen=True, slots=True)
class LoggedView:
    """A call of which the log's latest is committed, and the customer it stands under."""

    id: UUID
    party_id: UUID | None


@dataclass(frozen=True, slots=True)
class AgentView:
    user_id: UUID
    name: str
    extension: str
    state: State
    reason: str  # why not ready; while a call lasts: why not after it
    since: datetime
    until: datetime | None  # when wrap-up ends by itself
    afterwards: Rest  # where they will be when no call is left; at rest: where they are
    queues: tuple[str, ...]  # nobody can be ready for none
    may_extend: bool  # wrap-up can be made longer, once
    limit_at: datetime | None  # until when this pause is allowed


@dataclass(frozen=True, slots=True)
class ColleagueView:
    """Somebody a call can be given to, as every screen sees them."""

    user_id: UUID
    name: str
    extension: str
    state: State
    reason: str  # why not ready; "" in every other state
    since: datetime


@dataclass(frozen=True, slots=True)
class PhoneView:
    """Which of this user's screens holds the telephone: one does, the others follow."""

    screen: str  # the id it gave in its hello; "" while none does
    device: str  # the browser it runs in
    name: str  # of that browser, for people: "Chrome, Windows"


@dataclass(frozen=True, slots=True)
class PhoneOrderView:
    """An order for the screen that holds the telephone, given at another; void when old."""

    screen: str
    call_id: UUID
    order: Order
    digits: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangedView:
    """What a screen has read of this over REST is old: it reads it again when it shows it."""

    what: Changed
    id: UUID | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something to be said to a user once. `code` is translated (``error.<code>``)."""

    code: str
    message: str  # in English, for who has no text for the code


@dataclass(frozen=True, slots=True)
class QueueView:
    name: str
    label: dict[str, str]
    waiting: int
    longest_since: datetime | None
    tiers: dict[str, int]  # tier code -> how many of them wait
    ready: int  # how many agents could take a call of it now


@dataclass(frozen=True, slots=True)
class SwitchTrouble:
    pbx: str  # "" where there is only one
    problem: Problem


@dataclass(frozen=True, slots=True)
class SwitchView:
    connected: bool
    simulated: bool
    troubles: tuple[SwitchTrouble, ...] = ()  # why not

    @property
    def reason(self) -> str:
        """Why not, in one English line, for who runs the server."""
        return "; ".join(
            f"{one.pbx}: {one.problem}" if one.pbx else str(one.problem) for one in self.troubles
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole desk of one user: snapshot + messages = fresh snapshot (proven by test)."""

    me: AgentView
    switch: SwitchView
    calls: tuple[CallView, ...]
    queues: tuple[QueueView, ...]
    colleagues: tuple[ColleagueView, ...]
    phone: PhoneView


@dataclass(frozen=True, slots=True)
class DelayView:
    """What is late, for everybody's screen: calls go on, and nothing of them is lost."""

    log_s: float  # how old the oldest thing is that is not in the database yet; 0: none is
    waiting: int  # how many there are


Trend = Literal["ok", "warning", "alarm"]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something an administrator must know. `code` is translated (``alarm.<code>``)."""

    code: str
    level: Trend
    since: datetime
    detail: str  # one plain line: a path, a number, a reason
    pbx: str = ""
    facts: dict[str, str | float] = field(default_factory=dict)
    """What `detail` says in English, for ``alarm.<code>_detail``; of a problem its code
    (`problem`, ``problem.<code>``) and its values. Empty when it is no prose."""


@dataclass(frozen=True, slots=True)
class PbxHealth:
    pbx: str
    owner: str  # the process that works for it; "" nobody
    connected: bool
    problem: Problem | None  # why it is not; translated (``problem.<code>``)
    since: datetime | None  # connected, or lost
    version: str
    live_calls: int
    events_per_s: float
    events_by_s: tuple[int, ...]  # the last 60 seconds, the oldest first
    lag_ms: float  # from the switch's time-stamp to our knowing, median of the last minute
    clock_skew_s: float  # the switch's clock minus ours
    resyncs: int
    last_resync_at: datetime | None
    last_resync_ms: float
    strangers: int  # events about channels that were never seen
    overflows: int
    journal_waiting: int  # records not yet in the database
    journal_oldest_s: float
    recovered_today: int  # calls that the switch's own record gave us
    inferred_today: int  # ends that were concluded
    history_ok: bool | None  # None: not set up
    history_problem: Problem | None
    history_until: datetime | None
    history_bad_lines: int
    reconciled_at: datetime | None
    reconciled_calls: int
    differences: int


@dataclass(frozen=True, slots=True)
class RecordingsHealth:
    folder_ok: bool | None  # None: none are taken in
    stored_today: int
    waiting: int
    problems: int  # short, damaged or missing, of the last 7 days
    disk_free: float  # share of the store's disk
    disk_free_gb: float


@dataclass(frozen=True, slots=True)
class HealthView:
    at: datetime
    database_ok: bool
    pbxs: tuple[PbxHealth, ...]
    recordings: RecordingsHealth
    alarms: tuple[AlarmView, ...]
