"""What a screen is told: small frozen values, the data of gateway messages and the snapshot.

They are serialised as they stand (orjson), described to the browser by `callcenter.web.messages`,
and never hold a channel. All times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.agents import Rest, State

Match = Literal["exact", "suffix", "several", "unknown", "withheld"]
CallState = Literal["ringing", "active", "held", "ended"]


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


@dataclass(frozen=True, slots=True)
class QueueView:
    name: str
    label: dict[str, str]
    waiting: int
    longest_since: datetime | None


@dataclass(frozen=True, slots=True)
class SwitchView:
    connected: bool
    simulated: bool
    reason: str  # why not, in one line; "" when connected


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole desk of one user: snapshot + messages = fresh snapshot (proven by test)."""

    me: AgentView
    switch: SwitchView
    calls: tuple[CallView, ...]
    queues: tuple[QueueView, ...]
