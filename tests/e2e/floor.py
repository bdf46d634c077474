"""Everything that takes part in an end-to-end test, in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Playwright

from callcenter.store.database import Database
from telephony.pbx.probe import AmiProbe
from telephony.ports import free_tcp_port
from telephony.wire import Frame
from tests.asterisk.rtp import RtpParty
from tests.asterisk.scenario import SILENT, await_bye
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.sipp import Carrier
from tests.e2e.agent import AgentAtBrowser, agent_at_browser
from tests.e2e.faults import Faults
from tests.e2e.product import PASSWORD, Product, World, running_product

LINA_HZ, ZHANG_HZ = 700, 1100


@dataclass
class Floor:
    """The switch, the product, the carrier; and two agents once `agents_signed_in`."""

    asterisk: AsteriskServer
    observer: AmiProbe  # another session with all rights: the witness
    product: Product
    world: World
    database: Database
    carrier: Carrier
    faults: Faults
    lina: AgentAtBrowser = field(init=False)
    zhang: AgentAtBrowser = field(init=False)

    async def call(self, caller: str, party: RtpParty | None = None) -> Frame:
        """Rings in; the QueueCallerJoin, once a queue has the caller."""
        since = len(self.observer.seen)
        media = party.media if party else SILENT
        await self.carrier.call(caller, steps=[await_bye()], media=media)
        return await self.event("QueueCallerJoin", since)

    async def event(
        self, name: str, since: int = 0, within_s: float = 10, caller: str = ""
    ) -> Frame:
        """The first such event, said already or to come; `caller`: about this number's channel."""
        return await self.observer.wait_for(
            lambda frame: (
                frame.event == name and (not caller or frame.get("CallerIDNum") == caller)
            ),
            within_s,
            since=since,
        )

    async def member_is_paused(self, interface: str, within_s: float) -> None:
        await self.observer.wait_for(
            lambda frame: (
                frame.event == "QueueMemberPause"
                and frame.get("Interface") == interface
                and frame.get("Paused") == "1"
            ),
            within_s,
            since=len(self.observer.seen),
        )

    async def rest(self) -> None:
        """Nobody is in a call any more, and both agents are not ready: for the next test."""
        await self.asterisk.cli("channel request hangup all")
        for agent in (self.lina, self.zhang):
            await agent.rest()


@asynccontextmanager
async def open_floor(directory: Path) -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        agi_port = free_tcp_port()
        asterisk = await enter(AsteriskServer(plan_for_tests(fastagi_port=agi_port)))
        observer = await enter(asterisk.observe())
        faults = await enter(Faults(asterisk))
        product, world, database = await enter(
            running_product(asterisk, directory, agi_port, faults.way())
        )
        faults.gateway.target_port = product.gateway_port
        carrier = await enter(Carrier(asterisk))
        yield Floor(asterisk, observer, product, world, database, carrier, faults)


@asynccontextmanager
async def agents_signed_in(
    at: Floor, playwright: Playwright, directory: Path
) -> AsyncIterator[None]:
    async with (
        agent_at_browser(playwright, directory, LINA_HZ) as at.lina,
        agent_at_browser(playwright, directory, ZHANG_HZ) as at.zhang,
    ):
        await at.lina.sign_in(at.product.url, "lina", PASSWORD)
        await at.zhang.sign_in(at.product.url, "zhang", PASSWORD)
        yield
