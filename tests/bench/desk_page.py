"""A browser at the built desk with the real REST behind it, and a gateway that this bench plays.

The gateway is played inside the page (a stand-in for `WebSocket`), so that what is measured begins
with the message and holds nothing of a network or of a test driver.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from playwright.async_api import Browser, CDPSession, Page, expect

from callcenter.services.views import (
    AgentView,
    Caller,
    CallView,
    CustomerCard,
    OpenTicket,
    PhoneView,
    QueueView,
    Snapshot,
    SwitchView,
    TierBadge,
)
from tests.e2e.screenshots import PASSWORD

# window.gateway.send(text) is a message from the server; `painted` waits for the next picture.
PLAYED_GATEWAY = """
const Native = window.WebSocket;
window.gateway = { socket: null, send: (text) => window.gateway.socket.onmessage({ data: text }) };
window.WebSocket = class {
  constructor(url, protocol) {
    if (!String(url).includes("/gateway")) return new Native(url, protocol);
    window.gateway.socket = this;
    this.readyState = 1;
    setTimeout(() => this.onopen?.());
  }
  send(text) {
    const frame = JSON.parse(text);
    const answer = (data) => setTimeout(() => this.onmessage({ data: JSON.stringify(data) }));
    if (frame.type === "hello") answer(JSON.parse(window.firstMessage));
    if (frame.type === "ping") answer({ type: "pong", at: new Date().toISOString() });
    if (frame.type === "command") answer({ type: "result", id: frame.id, ok: true, data: {} });
  }
  close() {}
};
window.painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
"""

ME = UUID(int=1)
CUSTOMER = UUID(int=2)


def agent(state: str, now: datetime) -> AgentView:
    return AgentView(
        user_id=ME,
        name="Zhang Wei",
        extension="1001",
        state=state,  # type: ignore[arg-type]  # a Literal of the table's states
        reason="",
        since=now,
        until=now + timedelta(seconds=15) if state == "wrap_up" else None,
        afterwards="ready",
        queues=("support", "sales", "vip"),
        may_extend=state == "wrap_up",
        limit_at=None,
    )


def customer(number: int) -> CustomerCard:
    """With what customers have; another one for each number."""
    tier = TierBadge("platinum", {"en": "Platinum", "zh-CN": "白金"}, 1)
    now = datetime.now(UTC)
    return CustomerCard(
        party_id=UUID(int=1000 + number),
        name=f"王小明 {number}",
        company="Hangzhou Optics",
        tier=tier,
        language="zh-CN",
        zone="Asia/Shanghai",
        note="Call him 王总",
        owner="Li Na",
        contacts=(),
        tickets=tuple(
            OpenTicket(UUID(int=5000 + n), 10482 + n, "Invoice", "open", 2, "support", now)
            for n in range(3)
        ),
    )


def caller(number: int) -> Caller:
    digits = f"+861380013{number % 10_000:04}"
    return Caller(digits, digits, "", "exact", customer(number), (), looked_up=True)


def ringing(number: int, now: datetime) -> CallView:
    return CallView(
        id=uuid4(),
        direction="inbound",
        state="ringing",
        queue="support",
        caller=caller(number),
        started_at=now,
        queued_at=now,
        rang_at=now,
        answered_at=None,
        held_at=None,
        ended_at=None,
        muted=False,
        ticket_id=None,
        note="",
        consult_of=None,
        about=None,
        parties=(),
        recording="off",
        returning=False,
    )


def answered(call: CallView, now: datetime) -> CallView:
    return replace(call, state="active", answered_at=now)


def ended(call: CallView, now: datetime) -> CallView:
    return replace(call, state="ended", ended_at=now)


def queue(name: str, waiting: int, now: datetime) -> QueueView:
    longest = now - timedelta(seconds=waiting) if waiting else None
    return QueueView(
        name, {"en": name.title()}, waiting, longest, {"gold": waiting // 2}, waiting % 4
    )


def snapshot(now: datetime) -> Snapshot:
    return Snapshot(
        me=agent("ready", now),
        switch=SwitchView(connected=True, simulated=True),
        calls=(),
        queues=tuple(queue(name, 0, now) for name in ("support", "sales", "vip")),
        colleagues=(),
        phone=PhoneView("", "", ""),
    )


@dataclass
class DeskPage:
    page: Page
    cdp: CDPSession
    seq: int = 0

    def message(self, kind: str, data: Any) -> str:
        """The next message of the feed, as text."""
        self.seq += 1
        return orjson.dumps({"type": kind, "seq": self.seq, "data": data}).decode()

    async def metrics(self) -> dict[str, float]:
        """Chromium's own counters; durations in seconds, sizes in bytes."""
        found = await self.cdp.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in found["metrics"]}


@asynccontextmanager
async def desk_page(browser: Browser, url: str) -> AsyncIterator[DeskPage]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    first = {
        "type": "snapshot",
        "epoch": "bench",
        "seq": 0,
        "data": snapshot(datetime.now(UTC)),
    }
    text = orjson.dumps(orjson.dumps(first).decode()).decode()
    await page.add_init_script(f"window.firstMessage = {text};")
    await page.add_init_script(PLAYED_GATEWAY)
    await sign_in(page, url)
    cdp = await context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    yield DeskPage(page, cdp)
    await context.close()


async def sign_in(page: Page, url: str) -> None:
    await page.goto(url)
    await page.get_by_test_id("login-name").fill("agent")
    await page.get_by_test_id("login-password").fill(PASSWORD)
    await page.get_by_test_id("login-submit").click()
    await expect(page.get_by_test_id("agent-state")).to_be_visible()
