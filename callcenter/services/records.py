"""What REST answers: whole records, as services return them and `callcenter.web` serialises them.

The small live values (pop, queue, agent state) are in `views`. Durations are seconds, times UTC,
ids UUIDs; a telephone number is given as stored (`number`) and grouped for the eye (`display`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from callcenter.domain.recording_problems import RecordingProblem
from callcenter.services.views import CustomerCard, Match, TierBadge
from telephony.problems import Problem

PartyKind = Literal["person", "organisation"]
PhoneMode = Literal["sip", "simulated", "desk"]
Density = Literal["cosy", "dense"]
TicketStatus = Literal["open", "pending", "solved", "closed"]
TimelineKind = Literal["call", "ticket", "note", "task", "order", "mail", "campaign"]
CallbackStatus = Literal["pending", "done", "cancelled"]
ArticleKind = Literal["script", "knowledge"]
MissedReason = Literal["missed", "abandoned"]
RecordingState = Literal["stored", "short", "damaged", "missing", "deleted"]
Label = dict[str, str]
"""A name by locale: {"en": …, "zh-CN": …}."""


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Widths of the desk's outer columns, in pixels."""

    calls: int
    work: int


@dataclass(frozen=True, slots=True)
class SpeedDial:
    label: str
    number: str


@dataclass(frozen=True, slots=True)
class DeviceLabels:
    """Sound devices by what the browser calls them: ids differ from machine to machine. "" is
    the system's own choice."""

    microphone: str = ""
    speaker: str = ""
    ringer: str = ""


@dataclass(frozen=True, slots=True)
class PrefsView:
    """What a user has set for themselves, besides language and theme; it follows them."""

    density: Density = "cosy"
    ringtone: str = ""  # its name; "" is the desk's own
    ring_volume: float = 0.8  # 0 … 1
    ring_on: bool = True
    notify: bool = True  # desktop notifications, where the browser lets us
    columns: PanelColumns | None = None  # None: as the desk lays them out
    shortcuts: dict[str, str] = field(default_factory=dict)  # action -> keys, where not the usual
    speed_dial: tuple[SpeedDial, ...] = ()
    devices: DeviceLabels = DeviceLabels()
    toured: bool = False  # the tour was taken, or sent away
    layout: dict[str, str] = field(default_factory=dict)  # panel -> how it was left


@dataclass(frozen=True, slots=True)
class UserView:
    """Who is signed in, as their own screen sees it."""

    id: UUID
    login: str
    name: str
    extension: str  # "" for somebody without a phone
    locale: str
    theme: str  # "light", "dark" or "" (as the system has it)
    role: str
    prefs: PrefsView = PrefsView()
    may: tuple[str, ...] = ()  # which pages besides the desk open to them: "health.read"


@dataclass(frozen=True, slots=True)
class IceServer:
    urls: tuple[str, ...]
    username: str
    credential: str


@dataclass(frozen=True, slots=True)
class PhoneAccess:
    """How the browser's softphone registers. All strings are "" where it does not: on the simulated
    switch, and for whom a desk phone rings."""

    mode: PhoneMode
    sip_uri: str  # "sip:1001@pbx.example"
    password: str
    websocket_url: str
    ice_servers: tuple[IceServer, ...]


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of the call log. `result` is null while the call is going on."""

    id: UUID
    direction: str
    result: str | None
    number: str  # the customer's, whoever called whom; "" when withheld
    display: str
    caller_name: str
    dialled: str
    queues: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_s: float
    connected_s: float
    party_id: UUID | None
    party_name: str
    match: Match
    ticket_id: UUID | None
    ticket_number: int | None
    agent: str  # name of the last agent who had it; "" when nobody had
    note: str
    disposition_id: UUID | None
    disposition: Label | None  # also of one that is no longer offered
    tags: tuple[str, ...]
    inferred: bool  # its end was not seen, but concluded
    recovered: bool  # not seen from begin to end; details may lack
    from_history: bool  # recovered whole, from what the switch itself recorded
    version: int


@dataclass(frozen=True, slots=True)
class LegRow:
    """One party's stay in a call."""

    role: str
    agent: str  # name, "" for a party who is not a user
    interface: str
    result: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    ring_s: float
    connected_s: float
    talk_s: float
    hold_s: float
    consult_s: float
    wrap_s: float
    wait_s: float
    cause: str  # telephony.events.EndCause
    ended_by: str  # role of who ended it; "" when nobody did


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One stay in a queue."""

    queue: str
    joined_at: datetime
    left_at: datetime
    wait_s: float
    outcome: str  # telephony.events.VisitOutcome
    priority: int


@dataclass(frozen=True, slots=True)
class TransferRow:
    kind: str
    by: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallDetail(CallRow):
    """A call with everybody who had a part in it."""

    legs: tuple[LegRow, ...]
    transfers: tuple[TransferRow, ...]
    visits: tuple[VisitRow, ...]  # of queues, in order
    linked: tuple[CallRow, ...]  # other calls of the same contact: a consultation, another switch
    pbx: str
    cost_centre: str


@dataclass(frozen=True, slots=True)
class RecordingPart:
    """Somebody's stay in a recording, in seconds from its beginning. Customers have none."""

    leg: UUID
    user_id: UUID | None
    agent: str  # name; the device of who is no user
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class RecordingPause:
    """Silence in the place of what was said."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """The sound of a call. Without any when `playable` is false: it is missing, was deleted, or is
    in a format that browsers do not play."""

    id: UUID
    call_id: UUID
    state: RecordingState
    problems: tuple[RecordingProblem, ...]
    playable: bool
    began_at: datetime | None
    seconds: float
    bytes: int
    parts: tuple[RecordingPart, ...]
    pauses: tuple[RecordingPause, ...]
    keep_until: datetime | None  # null: for ever
    deleted_at: datetime | None
    deleted_by: str  # name; "" when its time was over
    may_delete: bool  # who asks


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of a customer search."""

    id: UUID
    kind: PartyKind
    name: str
    company: str
    tier: TierBadge | None
    number: str
    display: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    number: str
    display: str
    ext: str
    primary: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened with a customer; `id` is that of the call, ticket or activity.

    `title`: of a ticket or mail its subject, of an order its number, of a campaign its name, of a
    call its result. `status`: of a ticket or order, as it is now; of a call how its log came to be
    when that is unusual ("inferred", "recovered", "partial"). Orders have an amount in minor units
    of `currency`; tasks are due and done.
    """

    kind: TimelineKind
    id: UUID
    at: datetime
    title: str
    body: str  # what was written; of a call its note
    author: str  # of a call: who had it last
    direction: str  # of a call ("inbound" …) or a mail ("in", "out"); "" otherwise
    status: str
    connected_s: float
    disposition: Label | None  # of a call
    ticket_id: UUID | None
    ticket_number: int | None
    call_id: UUID | None  # of a note or task: during which call it was written
    due_at: datetime | None
    done_at: datetime | None
    amount: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    id: UUID
    kind: PartyKind
    version: int
    card: CustomerCard
    numbers: tuple[NumberRow, ...]
    timeline: tuple[TimelineEntry, ...]  # newest first: the first page
    timeline_more: bool  # there are older ones


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: UUID
    number: int
    subject: str
    status: TicketStatus
    priority: int  # 1 urgent … 4 low
    domain: str
    party_id: UUID | None
    party_name: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class TicketNote:
    id: UUID
    at: datetime
    author: str
    body: str
    call_id: UUID | None


@dataclass(frozen=True, slots=True)
class TicketDetail(TicketRow):
    notes: tuple[TicketNote, ...]  # oldest first
    changed_by: str  # who changed status, priority or subject last; "" when nobody did


# --- the agent desk ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Company:
    """Whose call centre this is; "" for ours. Colours are "#rrggbb": each accent stands out on its
    theme's surface (3:1), and its text on it (4.5:1)."""

    name: str = ""
    accent: str = ""
    accent_text: str = ""
    accent_dark: str = ""  # in the dark theme
    accent_dark_text: str = ""
    logo_url: str = ""  # a picture


@dataclass(frozen=True, slots=True)
class PauseReasonView:
    code: str
    label: Label
    paid: bool
    allowed_minutes: int | None  # null: as long as it takes


@dataclass(frozen=True, slots=True)
class DispositionView:
    """A node of the tree; only those without children can be given to a call."""

    id: UUID
    parent_id: UUID | None
    queue: str  # "" is offered after every queue's calls
    code: str
    label: Label
    wants_callback: bool


@dataclass(frozen=True, slots=True)
class DeskQueue:
    name: str
    label: Label
    disposition_required: bool
    recording: str  # never / on_demand / always


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """What every desk needs and seldom changes; lists are in the order they are shown."""

    company: Company
    reasons: tuple[PauseReasonView, ...]
    dispositions: tuple[DispositionView, ...]
    queues: tuple[DeskQueue, ...]
    tags: tuple[str, ...]  # the most used first
    tiers: tuple[TierBadge, ...]  # the highest first


@dataclass(frozen=True, slots=True)
class FiguresView:
    """One agent's day since midnight, by the formulas of `callcenter.services.figures`."""

    calls: int  # handled: answered inbound and connected outbound
    answered_in: int
    outbound: int
    talk_s: float
    hold_s: float
    wrap_s: float
    aht_s: float | None  # null before the first call
    ready_s: float
    occupancy: float | None  # 0 … 1; null before there was anything to do
    missed: int
    undisposed: int  # calls of today whose disposition is required and missing
    since: datetime  # the midnight


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A call somebody promised. `owner_id` null: anybody's in the queue."""

    id: UUID
    party_id: UUID | None
    party_name: str
    tier: TierBadge | None
    number: str
    display: str
    due_at: datetime
    zone: str  # IANA, the customer's, in which it was said; "" unknown
    queue: str
    owner_id: UUID | None
    owner: str
    note: str
    status: CallbackStatus
    call_id: UUID | None
    ticket_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A customer (or a number) who was not reached: their last attempt, and how many there were."""

    call_id: UUID
    at: datetime
    number: str
    display: str
    party_id: UUID | None
    party_name: str
    queue: str
    reason: MissedReason  # it rang here unanswered / it was given up while waiting in the queue
    times: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    id: UUID
    at: datetime
    body: str
    due_at: datetime | None
    done_at: datetime | None
    party_id: UUID | None
    party_name: str
    ticket_id: UUID | None
    ticket_number: int | None
    call_id: UUID | None
    assignee_id: UUID | None  # null: anybody's
    assignee: str
    author: str


@dataclass(frozen=True, slots=True)
class ArticleRow:
    id: UUID
    kind: ArticleKind
    title: str
    body: str  # Markdown
    queue: str  # "" for every queue
    locale: str  # "" for every language


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """One comparison of our call log with what the switch itself recorded."""

    id: UUID
    pbx: str
    since: datetime  # of the calls compared
    until: datetime
    began_at: datetime
    ended_at: datetime | None  # null: it was broken off, or goes on
    calls: int
    differences: int
    bad_lines: int  # of the switch's records
    problem: Problem | None  # why it could not be done; translated (``problem.<code>``)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """What one call has otherwise there; null where the call, or the value, lacks."""

    id: UUID
    call_id: UUID
    uniqueid: str
    kind: str  # domain.reconciliation
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
