"""What REST answers: whole records, as services return them and `callcenter.web` serialises them.

The small live values (pop, queue, agent state) are in `views`. Durations are seconds, times UTC,
ids UUIDs; a telephone number is given as stored (`number`) and grouped for the eye (`display`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.services.views import CustomerCard, Match, TierBadge

PartyKind = Literal["person", "organisation"]
PhoneMode = Literal["sip", "simulated"]
TicketStatus = Literal["open", "pending", "solved", "closed"]
TimelineKind = Literal["call", "ticket", "note"]


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


@dataclass(frozen=True, slots=True)
class IceServer:
    urls: tuple[str, ...]
    username: str
    credential: str


@dataclass(frozen=True, slots=True)
class PhoneAccess:
    """How the browser's softphone registers. All strings are "" on the simulated switch."""

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
    """One thing that happened with a customer; `id` is that of the call, ticket or note."""

    kind: TimelineKind
    id: UUID
    at: datetime
    title: str  # ticket: its subject; call: its result; note: ""
    body: str
    author: str
    direction: str  # of a call; "" otherwise
    connected_s: float
    ticket_id: UUID | None
    ticket_number: int | None


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    id: UUID
    kind: PartyKind
    version: int
    card: CustomerCard
    numbers: tuple[NumberRow, ...]
    timeline: tuple[TimelineEntry, ...]  # newest first


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
