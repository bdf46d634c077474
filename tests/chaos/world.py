"""The real Asterisk, the product beside it, a spoilt line between them, and the load."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import aiohttp
from argon2 import PasswordHasher

from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from telephony.ports import free_tcp_port
from tests import people
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.chaos import oracle
from tests.chaos.compared import differing
from tests.chaos.load import PHONES, Load, Person
from tests.chaos.verdict import Verdict, judge
from tests.e2e.fault_proxy import FaultProxy
from tests.e2e.product import PASSWORD, Product, Way, well

PBX = "pbx1"
SETTLED_S = 45.0
TRICKLE = 1500  # bytes a second: far fewer than the switch's events
QUIET_S = 60.0


class Spoilt(StrEnum):
    CUT = "cut"
    FROZEN = "frozen"
    SLOW = "slow"


@dataclass
class World:
    asterisk: AsteriskServer
    product: Product
    line: FaultProxy  # between the product and the switch's manager
    database: Database
    load: Load
    chance: random.Random
    config: Path  # the product's
    began: datetime
    ready_s: list[float] = field(default_factory=list)  # after each kill of the product
    switch_s: list[float] = field(default_factory=list)  # … of the switch, once that is back
    noticed: list[float] = field(default_factory=list)
    spoilt: Counter[Spoilt] = field(default_factory=Counter)

    async def kill_server(self) -> None:
        """kill -9 at any instant, also while it starts; up again at once."""
        await asyncio.sleep(self.chance.uniform(0.0, 2.5))
        await self._kill()
        if self.chance.random() < 0.2:  # it is killed again before it is there
            await self.product.spawn()
            await asyncio.sleep(self.chance.uniform(0.05, 1.2))
            await self._kill()
        began = time.monotonic()
        await self.product.start()
        self.ready_s.append(time.monotonic() - began)

    async def _kill(self) -> None:
        self.product.process.send_signal(signal.SIGKILL)
        await self.product.process.wait()

    async def kill_switch(self) -> None:
        await asyncio.sleep(self.chance.uniform(2.0, 6.0))
        await self.asterisk.crash()
        back = time.monotonic()
        await well(self.product.url, self.product.process)
        self.switch_s.append(time.monotonic() - back)

    async def spoil_line(self, how: Spoilt | None = None) -> None:
        """Cut; half-open, which is seen as lost; or a trickle for a while. Then well again."""
        how = how or self.chance.choice(list(Spoilt))
        self.spoilt[how] += 1
        await asyncio.sleep(self.chance.uniform(0.5, 3.0))
        match how:
            case Spoilt.CUT:
                self.line.cut()
            case Spoilt.FROZEN:
                began = time.monotonic()
                self.line.freeze()
                await self._unwell()
                self.noticed.append(time.monotonic() - began)
                self.line.lose()
            case Spoilt.SLOW:
                self.line.slow(TRICKLE)
                await asyncio.sleep(self.chance.uniform(3.0, 8.0))
                self.line.slow(0)
        await well(self.product.url, self.product.process)

    async def _unwell(self) -> None:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.product.url}/healthz") as answer:
                    if answer.status != 200:
                        return
                await asyncio.sleep(0.05)

    async def _quiet(self) -> None:
        end = time.monotonic() + QUIET_S
        while time.monotonic() < end:
            if "0 active channels" in await self.asterisk.cli("core show channels count"):
                return
            await asyncio.sleep(0.5)
        raise AssertionError(await self.asterisk.cli("core show channels concise"))

    async def verdict(self) -> Verdict:
        """Once the callers have gone and the log had time to catch up."""
        await self.load.wind_down()
        await self._quiet()
        end = time.monotonic() + SETTLED_S
        while True:
            found = await judge(self.database, PBX, oracle.calls(self.asterisk.cel_path))
            found.judge_lines(self.noticed)
            if found.is_clean or time.monotonic() > end:
                found.differing = await differing(self.config, self.began)
            if found.is_clean or time.monotonic() > end:
                return found
            await asyncio.sleep(1.0)


async def _staff(database: Database) -> None:
    hashed = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    users = [await people.add_user(database, f"desk{e}", extension=e) for e in PHONES]
    async with database.begin() as connection:
        await connection.execute(
            tables.user.update().values(password_hash=hashed, phone_kind="desk")
        )
        queues = [default_id("queue", name) for name in ("support", "sales")]
        await connection.execute(
            tables.queue_member.insert(),
            [{"queue_id": queue, "user_id": user} for user in users for queue in queues],
        )


@asynccontextmanager
async def world(directory: Path, per_s: float, seed: int) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        agi_port = free_tcp_port()
        plan = plan_for_tests(browsers=(), fastagi_port=agi_port)
        asterisk = await enter(AsteriskServer(plan))
        line = await enter(FaultProxy(asterisk.ami_port))
        product = Product(
            asterisk,
            directory,
            agi_port,
            Way(asterisk.ws_url),
            ami_port=line.port,
            history=asterisk.cel_path,
        )
        database = Database(product.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        await _staff(database)
        began = datetime.now(UTC)
        await product.start()
        stack.push_async_callback(product.stop)
        for extension in PHONES:
            await enter(Person(product.url, f"desk{extension}"))
        load = await enter(Load(asterisk, per_s))
        chance, config = random.Random(seed), directory / "callcenter.toml"
        yield World(asterisk, product, line, database, load, chance, config, began)
