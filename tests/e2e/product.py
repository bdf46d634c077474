"""The product as an operator runs it: `callcenter serve --config …`, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp
from argon2 import PasswordHasher

from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.ports import free_tcp_port
from tests import people
from tests.asterisk.server import MASTER, AsteriskServer

PASSWORD = "correct horse battery staple"
PLATINUM, STANDARD = "+8613800138000", "+8613900139000"
START_S = 30.0


@dataclass(frozen=True)
class World:
    """Who is in the database: Lina and Zhang with phones in their browsers, Wei with one on the
    desk; a Platinum and a Standard customer. All three are in support, Zhang in sales as well."""

    agents: dict[str, UUID]
    platinum: UUID
    standard: UUID
    ticket: UUID


async def populate(database: Database) -> World:
    agents = {}
    for login, extension in (("lina", "1001"), ("zhang", "1002"), ("wei", "2001")):
        agents[login] = await people.add_user(database, login, extension=extension)
    support, sales = (default_id("queue", name) for name in ("support", "sales"))
    members = [{"queue_id": support, "user_id": each} for each in agents.values()]
    hashed = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    async with database.begin() as connection:
        await connection.execute(tables.user.update().values(password_hash=hashed))
        at_the_desk = tables.user.update().where(tables.user.c.id == agents["wei"])
        await connection.execute(at_the_desk.values(phone_kind="desk"))
        await connection.execute(
            tables.queue_member.insert(),
            [*members, {"queue_id": sales, "user_id": agents["zhang"]}],
        )
        in_support = tables.queue.update().where(tables.queue.c.id == support)
        await connection.execute(in_support.values(recording="on_demand"))
    company = await people.add_customer(database, "Hangzhou Optics", kind="organisation")
    platinum = await people.add_customer(
        database,
        "王小明",
        "+8613800138000",
        tier="platinum",
        parent_id=company,
        note="Call him 王总",
    )
    standard = await people.add_customer(database, "Chen Jie", STANDARD)
    ticket = await people.add_ticket(database, platinum, 10482, subject="Invoice does not match")
    return World(agents, platinum, standard, ticket)


CONFIG = """
[http]
port = {http_port}
gateway_port = {gateway_port}
public_gateway_url = "{gateway_url}"
origins = ["http://127.0.0.1:{http_port}"]
[database]
url = "{database_url}"
[switch]
port = {ami_port}
username = "{ami_user}"
secret = "{ami_secret}"
[fastagi]
port = {agi_port}
[phone]
websocket_url = "{ws_url}"
domain = "127.0.0.1"
[paths]
var = "{var}"
[log]
format = "json"
{history}"""

HISTORY = """[history]
kind = "csv"
path = "{path}"
"""


@dataclass(frozen=True)
class Way:
    """How browsers reach the switch and the gateway ("" for the gateway's own port)."""

    sip_url: str
    gateway_url: str = ""


class Product:
    """`ami_port`: of something between it and the switch. `history`: of the switch's CEL file."""

    def __init__(
        self,
        asterisk: AsteriskServer,
        directory: Path,
        agi_port: int,
        way: Way | None = None,
        *,
        ami_port: int = 0,
        history: Path | None = None,
    ) -> None:
        self.http_port, self.gateway_port = free_tcp_port(), free_tcp_port()
        way = way or Way(asterisk.ws_url)
        self.url = f"http://127.0.0.1:{self.http_port}"
        self.database_url = f"sqlite:///{directory / 'callcenter.db'}"
        self.log_path = directory / "server.log"
        self._config = directory / "callcenter.toml"
        var = directory / "var"
        var.mkdir()
        (var / "secret.key").write_bytes(MASTER)  # the endpoints' passwords are derived from it
        (var / "secret.key").chmod(0o600)
        text = CONFIG.format(
            http_port=self.http_port,
            gateway_port=self.gateway_port,
            database_url=self.database_url,
            ami_port=ami_port or asterisk.ami_port,
            ami_user=asterisk.ami_user,
            ami_secret=asterisk.ami_secret,
            agi_port=agi_port,
            ws_url=way.sip_url,
            gateway_url=way.gateway_url,
            var=var,
            history=HISTORY.format(path=history) if history else "",
        )
        self._config.write_text(text)

    async def spawn(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "callcenter", "serve", "--config", str(self._config)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def start(self) -> None:
        """Returns when it says that switch and database are well."""
        await self.spawn()
        try:
            await well(self.url, self.process)
        except (TimeoutError, AssertionError) as error:
            raise AssertionError(f"the product did not start: {self.log()}") from error

    async def stop(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Its exit code."""
        if self.process.returncode is None:
            os.kill(self.process.pid, sign)
        async with asyncio.timeout(15):
            return await self.process.wait()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-5000:]


@asynccontextmanager
async def running_product(
    asterisk: AsteriskServer, directory: Path, agi_port: int, way: Way | None = None
) -> AsyncIterator[tuple[Product, World, Database]]:
    product = Product(asterisk, directory, agi_port, way)
    database = Database(product.database_url)
    await database.migrate()
    world = await populate(database)
    await product.start()
    try:
        yield product, world, database
    finally:
        if product.process.returncode is None:
            assert await product.stop() == 0, product.log()
        await database.close()


async def well(url: str, process: asyncio.subprocess.Process) -> None:
    """Until switch and database are well. AssertionError when the process ended instead."""
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError(f"it ended with {process.returncode}")
