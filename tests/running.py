"""The whole application in this process, on the simulated switch: REST, gateway, database, journal.

A `Screen` is what a browser would be: signed in by REST, connected by WebSocket, its state made
of snapshot and messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import aiohttp
import orjson
from argon2 import PasswordHasher
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.typing import Origin

from callcenter.main import Application
from callcenter.services.collector import Collector
from callcenter.settings import load
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.ports import free_tcp_port
from telephony.simulator import Account, Simulator, SimulatorConfig
from tests import people
from tests.feed_scenarios import reduce

PASSWORD = "correct horse battery staple"
SECRET = "s3cret"
PING_S = 3.0  # as a page does: who is silent for long is not there


@cache
def _hashed() -> str:
    """As the product itself hashes, or it would do so again at every first sign-in."""
    return PasswordHasher().hash(PASSWORD)


@dataclass
class Screen:
    """`state` is what is shown; `log` every message in order."""

    http: aiohttp.ClientSession
    socket: ClientConnection
    state: dict[str, Any] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self, **hello: Any) -> Self:
        """`hello`: which screen of which browser it is, with how many calls."""
        await self.socket.send(orjson.dumps({"type": "hello"} | hello).decode())
        self._tasks = asyncio.create_task(self._read()), asyncio.create_task(self._ping())
        await self.until(lambda: bool(self.state))
        return self

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.socket.close()
        await self.http.close()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):  # the server was killed: `is_open` says so
            async for text in self.socket:
                message = orjson.loads(text)
                self.log.append(message)
                if message["type"] == "snapshot":
                    self.state = message["data"]
                elif "seq" in message and "data" in message:
                    self.state = reduce(self.state, message)
                self._changed.set()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            with suppress(ConnectionClosed):
                await self.socket.send('{"type":"ping"}')

    @property
    def is_open(self) -> bool:
        return self.socket.state is State.OPEN

    async def until(self, true: Callable[[], bool], within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def order(self, name: str, **args: Any) -> dict[str, Any]:
        """Send a command; its result message."""
        id_ = uuid4().hex
        frame = {"type": "command", "id": id_, "name": name, "args": args}
        await self.socket.send(orjson.dumps(frame).decode())
        await self.until(lambda: any(m.get("id") == id_ for m in self.log))
        return next(m for m in self.log if m.get("id") == id_)

    @property
    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.state["calls"]
        return found

    async def rings(self, within_s: float = 5.0) -> dict[str, Any]:
        """The call that rings, once one does."""
        await self.until(lambda: any(c["state"] == "ringing" for c in self.calls), within_s)
        return next(c for c in self.calls if c["state"] == "ringing")

    async def shows(self, state: str, within_s: float = 5.0) -> None:
        """The agent's own state."""
        await self.until(lambda: self.state["me"]["state"] == state, within_s)

    async def get(self, path: str) -> Any:
        async with self.http.get(f"/api/v1{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@dataclass
class Running:
    application: Application
    simulator: Simulator
    url: str
    screens: list[Screen] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.application.database

    async def screen(self, login: str, **hello: Any) -> Screen:
        screen = await open_screen(self.url, login, PASSWORD, **hello)
        self.screens.append(screen)
        return screen


async def open_screen(url: str, login: str, password: str, **hello: Any) -> Screen:
    """Signed in and shown a snapshot."""
    http = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    try:
        body, headers = {"login": login, "password": password}, {"Origin": url}
        async with http.post("/api/v1/session", json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        async with http.get("/api/v1/session") as answer:
            gateway_url = (await answer.json())["gateway_url"]
        cookies = "; ".join(f"{one.key}={one.value}" for one in http.cookie_jar)
        socket = await connect(
            gateway_url,
            additional_headers={"Cookie": cookies},
            origin=Origin(url),
            compression=None,
        )
        return await Screen(http, socket).start(**hello)
    except BaseException:
        await http.close()
        raise


async def add_agents(database: Database, count: int) -> None:
    """agent1 … at PJSIP/1001 …, in every queue."""
    users = [
        await people.add_user(database, f"agent{n}", extension=str(1000 + n))
        for n in range(1, count + 1)
    ]
    queues = [default_id("queue", name) for name in ("support", "sales", "vip")]
    async with database.begin() as connection:
        await connection.execute(tables.user.update().values(password_hash=_hashed()))
        await connection.execute(
            tables.queue_member.insert(),
            [{"queue_id": queue, "user_id": user} for user in users for queue in queues],
        )


@dataclass(frozen=True)
class Standing:
    """A switch that goes on whatever becomes of the application."""

    simulator: Simulator
    ami_port: int
    agi_port: int


@asynccontextmanager
async def standing(
    agents: int = 2, config: SimulatorConfig | None = None
) -> AsyncIterator[Standing]:
    config = config or SimulatorConfig(
        agents=agents, agi_port=free_tcp_port(), accounts={"callcenter": Account(SECRET)}
    )
    switch = Simulator(config)
    ami_port = await switch.start()
    try:
        yield Standing(switch, ami_port, config.agi_port)
    finally:
        await switch.stop()


class Absent(Collector):
    """The process is the tests', and so is its memory: a look at all of it for every start takes
    longer than the start."""

    def start(self) -> None:
        pass


@asynccontextmanager
async def running(
    folder: Path,
    database_url: str,
    *,
    agents: int = 2,
    simulator: SimulatorConfig | None = None,
    on: Standing | None = None,
) -> AsyncIterator[Running]:
    """Everything started and the switch connected (`on` that one, or on one of its own); the
    database is migrated and has agents."""
    async with AsyncExitStack() as stack:
        if on is None:
            on = await stack.enter_async_context(standing(agents, simulator))
        settings = load(
            None,
            {
                "CALLCENTER_DATABASE__URL": database_url,
                "CALLCENTER_PATHS__VAR": str(folder),
                "CALLCENTER_RECORDINGS__STORE": str(folder / "recordings"),
                "CALLCENTER_SWITCH__PORT": str(on.ami_port),
                "CALLCENTER_SWITCH__SECRET": SECRET,
                "CALLCENTER_FASTAGI__PORT": str(on.agi_port),
                "CALLCENTER_HTTP__PORT": "0",
            },
        )
        application = Application(settings)
        application.collector = Absent(application.clock)
        await application.start()
        stack.push_async_callback(application.stop)
        connected = asyncio.Event()
        application.feed.subscribe(lambda message: connected.set())
        async with asyncio.timeout(5):
            while not application.live.switch.connected:
                connected.clear()
                await connected.wait()
        made = Running(application, on.simulator, f"http://127.0.0.1:{application.web.port}")
        yield made
        await asyncio.gather(*(screen.stop() for screen in made.screens))
