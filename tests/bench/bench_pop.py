"""From bytes to a screen: AgentCalled handed to the AMI socket → message read from the agent's
WebSocket. 20 calls a second, 200 agents signed in; quiet, and among 2,000 other events a second.

Three processes, for the product and for the floor alike: the switch (`pop_switch`), what is
measured (`callcenter serve`, or `pop_floor`), and this one, which reads the 200 sockets. They take
turns in the same run, on the same database, so that a busy machine slows them alike.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
import uvloop
from sqlalchemy import select, update
from websockets.asyncio.client import ClientConnection, connect

from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id
from callcenter.web.auth import COOKIE
from telephony.events import call_id_for
from telephony.ports import free_tcp_port
from tests.running import add_agents

AGENTS = 200
CUSTOMERS = 20_000
NOISE_PER_S = 2_000
ROUNDS = 3
SECONDS = 15.0
WARM_S = 4.0
PBX = "pbx1"


@dataclass
class Reader:
    """All 200 sockets: what they were sent about ringing calls, and when it was read."""

    read: list[tuple[int, str]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    sockets: list[ClientConnection] = field(default_factory=list)

    def follow(self, socket: ClientConnection) -> None:
        self.sockets.append(socket)
        self.tasks.append(asyncio.create_task(self._follow(socket)))

    async def _follow(self, socket: ClientConnection) -> None:
        async for text in socket:
            self.read.append((time.monotonic_ns(), str(text)))

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in self.sockets))


@asynccontextmanager
async def child(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> int:
    assert process.stdout
    async with asyncio.timeout(20):
        return int(await process.stdout.readline())


def tell(process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    process.stdin.write(b"\n")


@dataclass(frozen=True)
class Bench:
    folder: Path
    tokens: tuple[str, ...]  # session of agent n + 1

    @property
    def database(self) -> Path:
        return self.folder / "bench.db"

    async def phase(self, product: bool, noise_per_s: int) -> list[float]:
        """Milliseconds from the switch to the screen, one for each pop."""
        agi_port = free_tcp_port() if product else 0
        options = {
            "agents": AGENTS,
            "colleagues": not product,  # the floor signs nobody in
            "callers": str(self.folder / "callers.txt"),
            "noise_per_s": noise_per_s,
            "agi_port": agi_port,
            "written": str(self.folder / "written.json"),
        }
        reader = Reader()
        async with child("-m", "tests.bench.pop_switch", orjson.dumps(options).decode()) as switch:
            ami_port = await said(switch)
            screens = (
                self._product(ami_port, agi_port, reader)
                if product
                else self._floor(ami_port, reader)
            )
            async with screens:
                tell(switch)
                await asyncio.sleep(WARM_S)
                begin = time.monotonic_ns()
                await asyncio.sleep(SECONDS)
                end = time.monotonic_ns()
                await asyncio.sleep(0.5)
                tell(switch)
                await switch.wait()
                await reader.close()
        written = orjson.loads((self.folder / "written.json").read_bytes())
        read = _product_pops(reader) if product else _floor_pops(reader)
        wanted = {
            (str(call_id_for(PBX, uniqueid)) if product else uniqueid): at_ns
            for uniqueid, at_ns in written.items()
            if begin <= at_ns < end
        }
        assert len(wanted) > SECONDS * 15, f"only {len(wanted)} calls rang an agent"
        missing = wanted.keys() - read.keys()
        assert len(missing) <= len(wanted) // 100, f"{len(missing)} of {len(wanted)} never popped"
        return [(read[key] - at) / 1e6 for key, at in wanted.items() if key in read]

    @asynccontextmanager
    async def _product(self, ami_port: int, agi_port: int, reader: Reader) -> AsyncIterator[None]:
        http_port, gateway_port = free_tcp_port(), free_tcp_port()
        environment = {
            "CALLCENTER_DATABASE__URL": f"sqlite:///{self.database}",
            "CALLCENTER_PATHS__VAR": str(self.folder / "var"),
            "CALLCENTER_SWITCH__PORT": str(ami_port),
            "CALLCENTER_SWITCH__SECRET": "callcenter",
            "CALLCENTER_FASTAGI__PORT": str(agi_port),
            "CALLCENTER_HTTP__PORT": str(http_port),
            "CALLCENTER_HTTP__GATEWAY_PORT": str(gateway_port),
            "CALLCENTER_LOG__LEVEL": "error",
        }
        async with child("-m", "callcenter", "serve", **environment):
            url = f"ws://127.0.0.1:{gateway_port}/gateway"
            for token in self.tokens:
                cookie = {"Cookie": f"{COOKIE}={token}"}
                socket = await _connect(url, cookie)
                await socket.send('{"type":"hello","epoch":null,"seq":null}')
                order = {"type": "command", "id": "ready", "name": "agent.ready", "args": {}}
                while orjson.loads(await socket.recv()).get("data", {}).get("state") != "not_ready":
                    pass  # signed in
                await socket.send(orjson.dumps(order).decode())
                reader.follow(socket)
            yield

    @asynccontextmanager
    async def _floor(self, ami_port: int, reader: Reader) -> AsyncIterator[None]:
        arguments = ("-m", "tests.bench.pop_floor", str(ami_port), str(self.database))
        async with child(*arguments) as floor:
            port = await said(floor)
            for number in range(AGENTS):
                url = f"ws://127.0.0.1:{port}/PJSIP/{1001 + number}"
                reader.follow(await _connect(url, {}))
            yield


async def _connect(url: str, headers: dict[str, str]) -> ClientConnection:
    for _ in range(200):
        try:
            return await connect(url, additional_headers=headers, compression=None)
        except OSError:  # it is still starting
            await asyncio.sleep(0.1)
    raise TimeoutError(f"nobody listens at {url}")


def _product_pops(reader: Reader) -> dict[str, int]:
    """The first message that shows the customer: a pop by number alone does not count."""
    pops: dict[str, int] = {}
    for at_ns, text in reader.read:
        message = orjson.loads(text)
        data = message["data"]
        if message["type"] == "call" and data["state"] == "ringing" and data["caller"]["card"]:
            pops.setdefault(data["id"], at_ns)
    return pops


def _floor_pops(reader: Reader) -> dict[str, int]:
    pops: dict[str, int] = {}
    for at_ns, text in reader.read:
        pops.setdefault(orjson.loads(text)["uniqueid"], at_ns)
    return pops


async def _prepare(folder: Path) -> Bench:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    await database.migrate()
    await add_agents(database, AGENTS)
    now = datetime.now(UTC)
    numbers = [f"+86138{n:08d}" for n in range(CUSTOMERS)]
    (folder / "callers.txt").write_text("\n".join(numbers))
    parties = [
        {
            "id": new_id(),
            "kind": "person",
            "name": f"customer {number}",
            "name_key": f"customer {number}",
            "note": "prefers the afternoon",
            "tier_id": default_id("tier", "standard"),
            "created_at": now,
            "updated_at": now,
        }
        for number in numbers
    ]
    points = [
        {
            "id": new_id(),
            "party_id": party["id"],
            "kind": "phone",
            "raw": number,
            "norm": number,
            "rev": number[:0:-1],
            "created_at": now,
        }
        for party, number in zip(parties, numbers, strict=True)
    ]
    async with database.begin() as connection:
        await connection.execute(tables.party.insert(), parties)
        await connection.execute(tables.contact_point.insert(), points)
        await connection.execute(update(tables.queue).values(wrap_up_s=2))
        users = await connection.scalars(select(tables.user.c.id).order_by(tables.user.c.interface))
        tokens = await _sessions(connection, list(users), now)
    await database.close()
    return Bench(folder, tokens)


async def _sessions(connection: Any, users: list[UUID], now: datetime) -> tuple[str, ...]:
    tokens = tuple(f"session of {user}".replace(" ", "-") for user in users)
    rows = [
        {
            "id": new_id(),
            "user_id": user,
            "token_hash": hashlib.sha256(token.encode()).hexdigest(),
            "created_at": now,
            "expires_at": now + timedelta(hours=4),
        }
        for user, token in zip(users, tokens, strict=True)
    ]
    await connection.execute(tables.session.insert(), rows)
    return tokens


def _figures(ours: list[float], floor: list[float]) -> dict[str, float]:
    def at(times: list[float], share: float) -> float:
        return sorted(times)[int(len(times) * share)]

    return {
        "p50_ratio": round(at(ours, 0.5) / at(floor, 0.5), 2),
        "p99_ratio": round(at(ours, 0.99) / at(floor, 0.99), 2),
        "p50_ms": round(at(ours, 0.5), 3),
        "p99_ms": round(at(ours, 0.99), 3),
        "floor_p50_ms": round(at(floor, 0.5), 3),
        "floor_p99_ms": round(at(floor, 0.99), 3),
        "pops": len(ours),
    }


async def _run(folder: Path) -> dict[str, dict[str, float]]:
    bench = await _prepare(folder)
    cases = {"pop": 0, "pop_busy": NOISE_PER_S}
    ours: dict[str, list[float]] = {name: [] for name in cases}
    floor: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, noise_per_s in cases.items():
            floor[name] += await bench.phase(False, noise_per_s)
            ours[name] += await bench.phase(True, noise_per_s)
    return {name: _figures(ours[name], floor[name]) for name in cases}


def run() -> dict[str, dict[str, float]]:
    gc.disable()  # an instrument has no pauses of its own
    try:
        with TemporaryDirectory(prefix="callcenter-bench-") as folder:
            return uvloop.run(_run(Path(folder)))
    finally:
        gc.enable()
