"""The web over the real services: what one agent writes the next one reads, and what happens is
what the screen shows."""

from __future__ import annotations

import random
from typing import Any

import pytest_asyncio

from callcenter.services.customers import Customers
from callcenter.services.directory import Directory
from callcenter.services.news import News
from callcenter.services.tickets import Tickets
from tests.feed_scenarios import MOVES, USERS, World, reduce
from tests.services.changing import call_changes
from tests.web.house import House, Peer


@pytest_asyncio.fixture(loop_scope="session")
async def real(stopped: House) -> House:
    directory = Directory(stopped.database, "CN")
    stopped.replace(
        customers=Customers(stopped.database, directory, stopped.clock, News(stopped.feed)),
        tickets=Tickets(
            stopped.database,
            directory,
            stopped.clock,
            call_changes(World(), directory),
            News(stopped.feed),
        ),
    )
    await stopped.start()
    return stopped


async def test_a_new_caller_becomes_a_customer_with_a_ticket(real: House) -> None:
    browser = await real.sign_in()

    async def ask(method: str, path: str, status: int, body: Any = None) -> Any:
        async with browser.request(method, "/api/v1" + path, json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    made = await ask("POST", "/customers", 201, {"name": "王小明", "number": "138 0013 8000"})
    assert made["numbers"][0]["number"] == "+8613800138000"
    assert (await ask("GET", f"/customers/{made['id']}", 200))["card"]["name"] == "王小明"
    found = await ask("GET", "/customers?q=wangxiaoming", 200)
    assert [row["id"] for row in found["items"]] == [made["id"]]

    ticket = await ask(
        "POST",
        "/tickets",
        201,
        {"subject": "Invoice", "party_id": made["id"], "queue": "support", "priority": 2},
    )
    noted = await ask("POST", f"/tickets/{ticket['id']}/notes", 201, {"body": "promised Friday"})
    assert [note["body"] for note in noted["notes"]] == ["promised Friday"]
    change = {"status": "solved", "version": noted["version"]}
    solved = await ask("PATCH", f"/tickets/{ticket['id']}", 200, change)
    assert solved["status"] == "solved"
    stale = await ask("PATCH", f"/tickets/{ticket['id']}", 409, change)
    assert stale["error"]["message"]
    listed = await ask("GET", f"/tickets?party_id={made['id']}", 200)
    assert [(row["number"], row["status"]) for row in listed["items"]] == [
        (ticket["number"], "solved")
    ]
    assert (await ask("GET", f"/tickets/{made['id']}", 404))["error"]["code"]


class Follower:
    """A screen's memory: the snapshot, and every message since."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.seq: int | None = None
        self.shown: dict[str, Any] = {}

    async def greet(self, peer: Peer) -> str:
        told = await peer.hello(self.epoch, self.seq)
        if told["type"] == "snapshot":
            self.epoch, self.seq, self.shown = told["epoch"], told["seq"], told["data"]
        return str(told["type"])

    async def follow(self, peer: Peer, seq: int) -> None:
        assert self.seq is not None
        while self.seq < seq:
            message = await peer.hear()
            assert message["seq"] > self.seq
            self.seq, self.shown = message["seq"], reduce(self.shown, message)


async def test_a_screen_that_loses_its_line_ends_where_a_fresh_one_begins(stopped: House) -> None:
    world, dice, me = World(), random.Random(7), USERS[0]
    stopped.replace(feed=world.feed, live=world.live, clock=world.clock)
    stopped.set(lease_s=7 * 24 * 3600.0)  # this life passes by leaps
    await stopped.add_user("first", user_id=me)
    await stopped.start()
    browser, follower = await stopped.sign_in("first"), Follower()

    def live_on(steps: int) -> int:
        """Random events and commands; the number of the last message for this user."""
        for _ in range(steps):
            dice.choice(MOVES)(world, dice.randrange)
        return max((each.seq for each in world.messages if each.is_for(me)), default=0)

    greetings = []
    for _ in range(12):
        async with stopped.screen(browser) as peer:
            greetings.append(await follower.greet(peer))
            await follower.follow(peer, live_on(60))
            assert follower.shown == world.snapshot(me)
        live_on(30)  # while the line is down
    assert greetings == ["snapshot"] + ["resumed"] * 11
    assert len([each for each in world.messages if each.is_for(me)]) > 100
