"""What the web needs from the rest of the house: services as Protocols, and its own settings.

A service raises `callcenter.services.errors` for what it refuses; nothing else is expected of it.
`Actor` is who asks; whatever shows or changes a record takes it and decides by it. Orders about
one's own desk take the user's id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from callcenter.domain.permissions import Actor
from callcenter.feed import Feed
from callcenter.services.after_calls import AfterCalls
from callcenter.services.auth import Session, SignedIn
from callcenter.services.clock import Clock
from callcenter.services.company import Logo
from callcenter.services.comparisons import Comparisons
from callcenter.services.errors import NotFound
from callcenter.services.journal import LineQuality
from callcenter.services.once import Once
from callcenter.services.phone_holders import Page
from callcenter.services.recording_library import Sound
from callcenter.services.records import (
    CallDetail,
    CallRow,
    Company,
    CustomerDetail,
    CustomerRow,
    PhoneAccess,
    RecordingRow,
    TicketDetail,
    TicketRow,
    TimelineEntry,
    UserView,
)
from callcenter.services.views import HealthView, Snapshot, SwitchView

Network = IPv4Network | IPv6Network
Changes = Mapping[str, Any]
"""Only the fields that shall change; a value may be None (e.g. a ticket taken off a call)."""


class Live(Protocol):
    @property
    def switch(self) -> SwitchView: ...

    def snapshot(self, user_id: UUID) -> Snapshot: ...


class HealthWatch(Protocol):
    async def watch(self, actor: Actor, screen: str, on: bool) -> None:
        """This screen is told `health`, or no more. Raises Forbidden."""

    def left(self, user_id: UUID, screen: str) -> None:
        """The screen is gone. Idempotent."""

    async def detail(self, actor: Actor) -> HealthView:
        """Raises Forbidden."""


class Agents(Protocol):
    async def sign_in(self, user_id: UUID) -> None:
        """A screen of theirs is connected. Idempotent; also after a restart of ours."""

    async def sign_out(self, user_id: UUID) -> None:
        """Raises Conflict during a call."""

    async def vanished(self, user_id: UUID) -> None:
        """No screen of theirs gave a sign of life for the lease."""

    def busy(self, user_id: UUID) -> bool:
        """With a call, or with the work after it: whatever expires, they stay signed in."""

    async def ready(self, user_id: UUID) -> None: ...

    async def not_ready(self, user_id: UUID, reason: str) -> None: ...

    async def finish_wrap_up(self, user_id: UUID) -> None: ...

    async def extend_wrap_up(self, user_id: UUID) -> None:
        """Once per wrap-up. Raises Conflict when that is used up."""


class Phones(Protocol):
    """`screen` is where the order was given; another one may have the telephone."""

    def access(self, user_id: UUID) -> PhoneAccess:
        """Raises NotFound for somebody without a phone."""

    async def answer(self, user_id: UUID, call_id: UUID, screen: str = "") -> None: ...

    async def reject(self, user_id: UUID, call_id: UUID) -> None: ...

    async def hangup(self, user_id: UUID, call_id: UUID) -> None: ...

    async def hold(self, user_id: UUID, call_id: UUID, screen: str = "") -> None: ...

    async def resume(self, user_id: UUID, call_id: UUID, screen: str = "") -> None: ...

    async def mute(self, user_id: UUID, call_id: UUID, on: bool, screen: str = "") -> None: ...

    async def muted(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        """No order: the page with the sound did so by itself."""

    async def tones(self, user_id: UUID, call_id: UUID, digits: str, screen: str = "") -> None: ...

    async def dial(self, user_id: UUID, number: str) -> UUID:
        """The id of the call that begins."""

    async def echo_test(self, user_id: UUID) -> UUID: ...


class Holders(Protocol):
    """Which of a user's screens holds the telephone."""

    def came(self, user_id: UUID, socket: Hashable, page: Page, legs: int) -> None:
        """A screen greeted at `socket`, with so many calls on its telephone."""

    def left(self, user_id: UUID, socket: Hashable, *, by_itself: bool) -> None:
        """Not `by_itself`: we closed its socket, or gave it up because it was silent."""

    def claim(self, user_id: UUID, screen: str) -> bool:
        """Whether this screen has it now; else after the call. Raises Conflict."""


class Consults(Protocol):
    """`call_id` is the customer's call."""

    async def transfer(self, user_id: UUID, call_id: UUID, target: str) -> None: ...

    async def consult(self, user_id: UUID, call_id: UUID, target: str) -> None: ...

    async def swap(self, user_id: UUID, call_id: UUID) -> None: ...

    async def complete(self, user_id: UUID, call_id: UUID) -> None: ...

    async def cancel(self, user_id: UUID, call_id: UUID) -> None: ...

    async def three_way(self, user_id: UUID, call_id: UUID) -> None: ...


class Recordings(Protocol):
    async def order(self, user_id: UUID, call_id: UUID, on: bool) -> None: ...


class Library(Protocol):
    """The recordings that there are."""

    async def of_call(self, actor: Actor, call_id: UUID) -> Sequence[RecordingRow]: ...

    async def peaks(self, actor: Actor, recording_id: UUID) -> bytes: ...

    async def sound(self, actor: Actor, recording_id: UUID, *, listens: bool = True) -> Sound:
        """`listens`: they get bytes of it, and that is written down first."""

    async def delete(self, actor: Actor, recording_id: UUID, reason: str) -> RecordingRow: ...


class NoLibrary:
    """A house that keeps no recordings."""

    async def of_call(self, actor: Actor, call_id: UUID) -> Sequence[RecordingRow]:
        return ()

    async def peaks(self, actor: Actor, recording_id: UUID) -> bytes:
        raise NotFound("no_such_recording", "No such recording.")

    async def sound(self, actor: Actor, recording_id: UUID, *, listens: bool = True) -> Sound:
        raise NotFound("no_such_recording", "No such recording.")

    async def delete(self, actor: Actor, recording_id: UUID, reason: str) -> RecordingRow:
        raise NotFound("no_such_recording", "No such recording.")


class Quality(Protocol):
    def report(self, user_id: UUID, call_id: UUID, heard: LineQuality) -> None: ...


class Calls(Protocol):
    async def recent(
        self,
        actor: Actor,
        *,
        mine: bool,
        party_id: UUID | None,
        before: datetime | None,
        limit: int,
        undisposed: bool,
    ) -> Sequence[CallRow]: ...

    async def get(self, actor: Actor, call_id: UUID) -> CallDetail: ...

    async def update(
        self, actor: Actor, call_id: UUID, version: int, changes: Changes
    ) -> CallDetail:
        """`changes`: party_id, ticket_id, note. Raises Conflict when `version` is not current."""

    async def choose_customer(self, actor: Actor, call_id: UUID, party_id: UUID) -> None:
        """Of several owners of the number, this one is calling (also while it still rings)."""

    async def set_note(
        self, actor: Actor, call_id: UUID, note: str, was: str | None = None
    ) -> None: ...


class Customers(Protocol):
    async def search(self, actor: Actor, text: str, limit: int) -> Sequence[CustomerRow]: ...

    async def get(self, actor: Actor, party_id: UUID) -> CustomerDetail: ...

    async def quick_create(
        self, actor: Actor, *, name: str, number: str, kind: str, company: str
    ) -> CustomerDetail: ...

    async def timeline(
        self,
        actor: Actor,
        party_id: UUID,
        *,
        kinds: Collection[str],
        before: datetime | None,
        before_id: UUID | None,
        limit: int,
    ) -> tuple[Sequence[TimelineEntry], bool]:
        """(entries, whether there are older ones)."""

    async def add_note(self, actor: Actor, party_id: UUID, body: str) -> TimelineEntry: ...


class Tickets(Protocol):
    async def of_customer(
        self, actor: Actor, party_id: UUID, limit: int
    ) -> Sequence[TicketRow]: ...

    async def get(self, actor: Actor, ticket_id: UUID) -> TicketDetail: ...

    async def create(
        self,
        actor: Actor,
        *,
        subject: str,
        party_id: UUID,
        queue: str,
        domain: str,
        priority: int,
        call_id: UUID | None,
    ) -> TicketDetail: ...

    async def update(
        self, actor: Actor, ticket_id: UUID, version: int, changes: Changes
    ) -> TicketDetail:
        """`changes`: status, priority, subject. Raises Conflict when `version` is not current."""

    async def add_note(
        self, actor: Actor, ticket_id: UUID, body: str, call_id: UUID | None
    ) -> TicketDetail: ...


class Database(Protocol):
    async def ping(self) -> None: ...


class Sessions(Protocol):
    """Who is signed in: `services.auth.Auth`, or next door in the practice room."""

    def subscribe(self, ended: Callable[[UUID], None]) -> None: ...

    async def sign_in(self, login: str, password: str, ip: str) -> SignedIn: ...

    async def session(self, token: str, ip: str) -> Session:
        """Raises Unauthenticated, and other ServiceErrors for who is signed in but not let in."""

    async def renewed(self, session: Session) -> Session: ...

    async def sign_out(self, session: Session) -> None: ...

    async def set_prefs(self, session: Session, changes: Changes) -> UserView: ...


class Practice(Protocol):
    """The room to practise in."""

    async def open(self, session: Session) -> str:
        """Where this user practises."""

    def inside(self) -> WebContext:
        """The house in there. Raises NotFound while it is closed."""

    async def call(self, user_id: UUID) -> None:
        """Somebody in the room is called."""


class NoPractice:
    """A house without such a room."""

    async def open(self, session: Session) -> str:
        raise NotFound("no_practice", "This server has no practice room.")

    def inside(self) -> WebContext:
        raise NotFound("no_practice", "This server has no practice room.")

    async def call(self, user_id: UUID) -> None:
        raise NotFound("no_practice", "This server has no practice room.")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`origins` are those a browser may call from ("https://crm.example"); the server's own
    addresses (the Host it was asked at) are always among them."""

    ui: Path  # agent_ui/dist
    gateway_url: str = ""  # "" = this host name at the gateway's port
    secure_cookies: bool = False
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed
    sip_websocket_url: str = ""  # for the content security policy
    further_sip_urls: tuple[str, ...] = ()  # of further switches
    lease_s: float = 15.0  # without a sign of life from a screen; a reload takes less


@dataclass(frozen=True, slots=True)
class WebContext:
    settings: WebSettings
    clock: Clock
    feed: Feed
    database: Database
    auth: Sessions
    once: Once
    live: Live
    agents: Agents
    phones: Phones
    holders: Holders
    consults: Consults
    recordings: Recordings
    quality: Quality
    calls: Calls
    customers: Customers
    tickets: Tickets
    after: AfterCalls
    comparisons: Comparisons
    health: HealthWatch
    company: Company = field(default_factory=Company)
    logo: Logo | None = None
    practice: Practice = field(default_factory=NoPractice)
    library: Library = field(default_factory=NoLibrary)
