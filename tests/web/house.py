"""A web server on free ports with a real database, real sign-in, real feed; the other services
are fakes that write down what they were asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import orjson
from argon2 import PasswordHasher
from websockets.asyncio.client import ClientConnection, connect

from callcenter.domain.permissions import Actor, Scope
from callcenter.feed import Feed
from callcenter.services.after_calls import AfterCalls
from callcenter.services.auth import Auth
from callcenter.services.comparisons import Comparisons
from callcenter.services.directory import Directory
from callcenter.services.errors import Conflict, Forbidden, NotFound
from callcenter.services.journal import LineQuality
from callcenter.services.once import Once
from callcenter.services.phone_holders import NOBODY, Page
from callcenter.services.records import (
    CallDetail,
    CallRow,
    CustomerDetail,
    CustomerRow,
    PhoneAccess,
    TicketDetail,
    TicketRow,
    TimelineEntry,
)
from callcenter.services.views import (
    AgentView,
    CustomerCard,
    HealthView,
    QueueView,
    RecordingsHealth,
    Snapshot,
    SwitchView,
)
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id
from callcenter.store.tables import user
from callcenter.web.context import Changes, WebContext, WebSettings
from callcenter.web.server import Web
from tests.fakes import START, FakeClock
from tests.feed_scenarios import World
from tests.services.changing import after_calls, call_changes

PASSWORD = "correct horse"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


CONNECTED = SwitchView(connected=True, simulated=True)


class Asked(list[tuple[Any, ...]]):
    """What a fake service was asked, as (name, *arguments)."""


@dataclass
class FakeLive:
    switch: SwitchView = CONNECTED
    queues: tuple[QueueView, ...] = ()

    def snapshot(self, user_id: UUID) -> Snapshot:
        me = AgentView(
            user_id=user_id,
            name="Li Na",
            extension="1001",
            state="not_ready",
            reason="signed_in",
            since=START,
            until=None,
            afterwards="not_ready",
            queues=(),
            may_extend=False,
            limit_at=None,
        )
        return Snapshot(me, self.switch, (), self.queues, (), NOBODY)


@dataclass
class FakeHealth:
    asked: Asked = field(default_factory=Asked)

    async def watch(self, actor: Actor, screen: str, on: bool) -> None:
        self.asked.append(("watch", actor.user_id, screen, on))

    def left(self, user_id: UUID, screen: str) -> None:
        self.asked.append(("left", user_id, screen))

    async def detail(self, actor: Actor) -> HealthView:
        self.asked.append(("detail", actor.user_id))
        nothing = RecordingsHealth(None, 0, 0, 0, 1.0, 0.0)
        return HealthView(START, True, (), nothing, ())


@dataclass
class FakeAgents:
    asked: Asked = field(default_factory=Asked)
    on_call: bool = False

    async def sign_in(self, user_id: UUID) -> None:
        self.asked.append(("sign_in", user_id))

    async def sign_out(self, user_id: UUID) -> None:
        if self.on_call:
            raise Conflict("agent_on_call", "Hang up first.")
        self.asked.append(("sign_out", user_id))

    async def vanished(self, user_id: UUID) -> None:
        self.asked.append(("vanished", user_id))

    async def ready(self, user_id: UUID) -> None:
        self.asked.append(("ready", user_id))

    async def not_ready(self, user_id: UUID, reason: str) -> None:
        self.asked.append(("not_ready", user_id, reason))

    def busy(self, user_id: UUID) -> bool:
        return self.on_call

    async def finish_wrap_up(self, user_id: UUID) -> None:
        self.asked.append(("finish_wrap_up", user_id))

    async def extend_wrap_up(self, user_id: UUID) -> None:
        self.asked.append(("extend_wrap_up", user_id))


@dataclass
class FakePhones:
    asked: Asked = field(default_factory=Asked)
    broken: bool = False  # has a bug

    def access(self, user_id: UUID) -> PhoneAccess:
        return PhoneAccess("simulated", "", "", "", ())

    async def answer(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        if self.broken:
            raise RuntimeError("a bug")
        self.asked.append(("answer", user_id, call_id))

    async def reject(self, user_id: UUID, call_id: UUID) -> None:
        self.asked.append(("reject", user_id, call_id))

    async def hangup(self, user_id: UUID, call_id: UUID) -> None:
        raise Conflict("no_such_call", "This call is not on your desk.")

    async def hold(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        self.asked.append(("hold", user_id, call_id, screen))

    async def resume(self, user_id: UUID, call_id: UUID, screen: str = "") -> None:
        self.asked.append(("resume", user_id, call_id, screen))

    async def mute(self, user_id: UUID, call_id: UUID, on: bool, screen: str = "") -> None:
        self.asked.append(("mute", user_id, call_id, on, screen))

    async def muted(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        self.asked.append(("muted", user_id, call_id, on))

    async def tones(self, user_id: UUID, call_id: UUID, digits: str, screen: str = "") -> None:
        self.asked.append(("tones", user_id, call_id, digits, screen))

    async def dial(self, user_id: UUID, number: str) -> UUID:
        self.asked.append(("dial", user_id, number))
        return uuid4()

    async def echo_test(self, user_id: UUID) -> UUID:
        self.asked.append(("echo_test", user_id))
        return uuid4()


@dataclass
class FakeHolders:
    asked: Asked = field(default_factory=Asked)

    def came(self, user_id: UUID, socket: Hashable, page: Page, legs: int) -> None:
        self.asked.append(("came", user_id, page, legs))

    def left(self, user_id: UUID, socket: Hashable, *, by_itself: bool) -> None:
        self.asked.append(("left", user_id, by_itself))

    def claim(self, user_id: UUID, screen: str) -> bool:
        self.asked.append(("claim", user_id, screen))
        return True


@dataclass
class FakeConsults:
    asked: Asked = field(default_factory=Asked)

    async def transfer(self, user_id: UUID, call_id: UUID, target: str) -> None:
        self.asked.append(("transfer", user_id, call_id, target))

    async def consult(self, user_id: UUID, call_id: UUID, target: str) -> None:
        self.asked.append(("consult", user_id, call_id, target))

    async def swap(self, user_id: UUID, call_id: UUID) -> None:
        self.asked.append(("swap", user_id, call_id))

    async def complete(self, user_id: UUID, call_id: UUID) -> None:
        self.asked.append(("complete", user_id, call_id))

    async def cancel(self, user_id: UUID, call_id: UUID) -> None:
        self.asked.append(("cancel", user_id, call_id))

    async def three_way(self, user_id: UUID, call_id: UUID) -> None:
        self.asked.append(("three_way", user_id, call_id))


@dataclass
class FakeRecordings:
    asked: Asked = field(default_factory=Asked)

    async def order(self, user_id: UUID, call_id: UUID, on: bool) -> None:
        self.asked.append(("record", user_id, call_id, on))


@dataclass
class FakeQuality:
    asked: Asked = field(default_factory=Asked)

    def report(self, user_id: UUID, call_id: UUID, heard: LineQuality) -> None:
        self.asked.append(("quality", user_id, call_id, heard))


def _permit(actor: Actor, object_: str, action: str) -> None:
    if actor.scope(object_, action) is Scope.NONE:
        raise Forbidden("forbidden", "You may not do that.")


@dataclass
class FakeCalls:
    asked: Asked = field(default_factory=Asked)
    actors: list[Actor] = field(default_factory=list)  # who wrote a note
    held: asyncio.Event | None = None  # notes wait for it

    async def recent(
        self,
        actor: Actor,
        *,
        mine: bool,
        party_id: UUID | None,
        before: datetime | None,
        limit: int,
        undisposed: bool,
    ) -> list[CallRow]:
        _permit(actor, "call", "read")
        self.asked.append(("recent", mine, party_id, before, limit))
        return []

    async def get(self, actor: Actor, call_id: UUID) -> CallDetail:
        raise NotFound("no_such_call", "There is no such call.")

    async def update(
        self, actor: Actor, call_id: UUID, version: int, changes: Changes
    ) -> CallDetail:
        self.asked.append(("update", call_id, version, dict(changes)))
        raise Conflict("changed_meanwhile", "Somebody changed this call meanwhile.")

    async def choose_customer(self, actor: Actor, call_id: UUID, party_id: UUID) -> None:
        self.asked.append(("choose_customer", actor.user_id, call_id, party_id))

    async def set_note(
        self, actor: Actor, call_id: UUID, note: str, was: str | None = None
    ) -> None:
        if self.held is not None:
            await self.held.wait()
        self.actors.append(actor)
        self.asked.append(("set_note", actor.user_id, call_id, note, was))


@dataclass
class FakeCustomers:
    asked: Asked = field(default_factory=Asked)

    async def search(self, actor: Actor, text: str, limit: int) -> list[CustomerRow]:
        self.asked.append(("search", text, limit))
        return []

    async def get(self, actor: Actor, party_id: UUID) -> CustomerDetail:
        raise NotFound("no_such_customer", "There is no such customer.")

    async def quick_create(
        self, actor: Actor, *, name: str, number: str, kind: str, company: str
    ) -> CustomerDetail:
        _permit(actor, "customer", "create")
        self.asked.append(("quick_create", name, number, kind, company))
        card = CustomerCard(uuid4(), name, company, None, "", "", "", "", (), ())
        return CustomerDetail(card.party_id, "person", 1, card, (), (), False)

    async def timeline(
        self,
        actor: Actor,
        party_id: UUID,
        *,
        kinds: Collection[str],
        before: datetime | None,
        before_id: UUID | None,
        limit: int,
    ) -> tuple[list[TimelineEntry], bool]:
        self.asked.append(("timeline", party_id, kinds, before, before_id, limit))
        return [], False

    async def add_note(self, actor: Actor, party_id: UUID, body: str) -> TimelineEntry:
        raise NotFound("no_such_customer", "There is no such customer.")


@dataclass
class FakeTickets:
    asked: Asked = field(default_factory=Asked)

    async def of_customer(self, actor: Actor, party_id: UUID, limit: int) -> list[TicketRow]:
        return []

    async def get(self, actor: Actor, ticket_id: UUID) -> TicketDetail:
        raise NotFound("no_such_ticket", "There is no such ticket.")

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
    ) -> TicketDetail:
        self.asked.append(("create", subject, party_id, queue, domain, priority, call_id))
        return TicketDetail(
            uuid4(), 1, subject, "open", priority, domain, party_id, "", START, START, 1, (), ""
        )

    async def update(
        self, actor: Actor, ticket_id: UUID, version: int, changes: Changes
    ) -> TicketDetail:
        self.asked.append(("update", ticket_id, version, dict(changes)))
        raise NotFound("no_such_ticket", "There is no such ticket.")

    async def add_note(
        self, actor: Actor, ticket_id: UUID, body: str, call_id: UUID | None
    ) -> TicketDetail:
        raise NotFound("no_such_ticket", "There is no such ticket.")


class Peer:
    """The test's end of a gateway socket, speaking JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **frame: Any) -> None:
        await self.socket.send(orjson.dumps(frame).decode())

    async def hello(self, epoch: str | None = None, seq: int | None = None, **of: Any) -> Any:
        await self.say(type="hello", epoch=epoch, seq=seq, **of)
        return await self.hear()

    async def hear(self) -> Any:
        return orjson.loads(await self.socket.recv())

    async def order(self, id_: str, name: str, **args: Any) -> Any:
        await self.say(type="command", id=id_, name=name, args=args)
        return await self.hear()

    async def close_code(self) -> int | None:
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        return self.socket.close_code


class House:
    def __init__(self, database: Database, ui: Path) -> None:
        self.database = database
        self.clock = FakeClock()
        self.feed = Feed()
        self.live = FakeLive()
        self.agents = FakeAgents()
        self.phones = FakePhones()
        self.holders = FakeHolders()
        self.consults = FakeConsults()
        self.recordings = FakeRecordings()
        self.quality = FakeQuality()
        self.calls = FakeCalls()
        self.customers = FakeCustomers()
        self.tickets = FakeTickets()
        self.health = FakeHealth()
        self.auth = Auth(database, self.clock, QUICK, busy=self.agents.busy)
        self.context = WebContext(
            settings=WebSettings(ui=ui),
            clock=self.clock,
            feed=self.feed,
            database=database,
            auth=self.auth,
            once=Once(database, self.clock),
            live=self.live,
            agents=self.agents,
            phones=self.phones,
            holders=self.holders,
            consults=self.consults,
            recordings=self.recordings,
            quality=self.quality,
            calls=self.calls,
            customers=self.customers,
            tickets=self.tickets,
            after=self._after_calls(),
            comparisons=Comparisons(database),
            health=self.health,
        )
        self.web = Web(self.context)
        self._sessions: list[aiohttp.ClientSession] = []

    def _after_calls(self) -> AfterCalls:
        """Real, on the real database; on the desks of an empty world."""
        directory = Directory(self.database, "CN")
        world = World()
        changes = call_changes(world, directory)
        return after_calls(self.database, directory, world, changes, clock=self.clock)

    def set(self, **settings: Any) -> None:
        """Other settings; before the start."""
        self.replace(settings=replace(self.context.settings, **settings))

    def replace(self, **services: Any) -> None:
        """Other services; before the start."""
        self.context = replace(self.context, **services)
        self.web = Web(self.context)

    async def start(self) -> None:
        await self.web.start("127.0.0.1", 0, 0)

    async def stop(self) -> None:
        for session in self._sessions:
            await session.close()
        await self.web.stop()
        self.auth.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    async def add_user(
        self,
        login: str,
        role: str = "agent",
        extension: str | None = None,
        user_id: UUID | None = None,
    ) -> UUID:
        user_id = user_id or new_id()
        async with self.database.begin() as connection:
            await connection.execute(
                user.insert().values(
                    id=user_id,
                    login=login,
                    name=login.title(),
                    password_hash=QUICK.hash(PASSWORD),
                    role_id=default_id("role", role),
                    extension=extension,
                    locale="en",
                    prefs={"columns": 3},
                    created_at=START,
                )
            )
        return user_id

    def visitor(self) -> aiohttp.ClientSession:
        """A browser that is not signed in."""
        jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address
        session = aiohttp.ClientSession(self.url, cookie_jar=jar)
        self._sessions.append(session)
        return session

    async def sign_in(
        self, login: str = "agent", password: str = PASSWORD
    ) -> aiohttp.ClientSession:
        session = self.visitor()
        body = {"login": login, "password": password}
        async with session.post("/api/v1/session", json=body) as answer:
            assert answer.status == 200, await answer.text()
        return session

    def cookie(self, session: aiohttp.ClientSession) -> str:
        return "; ".join(f"{each.key}={each.value}" for each in session.cookie_jar)

    @asynccontextmanager
    async def screen(self, session: aiohttp.ClientSession, **options: Any) -> AsyncIterator[Peer]:
        headers = {"Cookie": self.cookie(session), "Origin": self.url}
        address = f"ws://127.0.0.1:{self.web.gateway_port}/gateway"
        async with connect(
            address, additional_headers=headers, compression=None, **options
        ) as socket:
            yield Peer(socket)
