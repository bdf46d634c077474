"""The gateway over a real socket: who gets in, what is told, resuming, orders, slow screens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State

from callcenter.services.auth import LIFETIME, RECHECK
from callcenter.services.journal import LineQuality
from callcenter.services.phone_holders import Page
from callcenter.services.views import QueueView
from callcenter.store.ids import default_id
from callcenter.store.tables import user
from callcenter.web.messages import CLOSE_SILENT, CLOSE_TOO_SLOW, COMMANDS
from callcenter.web.screen import ORDERS_WAITING
from tests.fakes import START
from tests.web.house import House, Peer

WHY = b"too slow: come back and resume"
CLOSE_FRAME = bytes((0x88, 2 + len(WHY))) + CLOSE_TOO_SLOW.to_bytes(2, "big") + WHY
LEASE_S = 15.0
CALL = "01890000-0000-7000-8000-00000000000a"


def queue(waiting: int, name: str = "support") -> QueueView:
    return QueueView(name, {"en": "Support"}, waiting, None, {}, 2)


async def user_of(browser: Any) -> UUID:
    async with browser.get("/api/v1/session") as answer:
        return UUID((await answer.json())["user"]["id"])


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/gateway", {"Origin": "SELF"}, 401),
        ("/gateway", {"Origin": "SELF", "Cookie": "callcenter_session=guess"}, 401),
        ("/gateway", {"Origin": "https://evil.example", "Cookie": "OURS"}, 403),
        ("/gateway", {"Origin": "http://127.0.0.1:1", "Cookie": "OURS"}, 403),
        ("/gateway", {"Sec-Fetch-Site": "cross-site", "Cookie": "OURS"}, 403),
        ("/else", {"Origin": "SELF", "Cookie": "OURS"}, 404),
    ],
)
async def test_who_does_not_get_in(
    house: House, path: str, headers: dict[str, str], status: int
) -> None:
    ours = house.cookie(await house.sign_in())
    sent = {
        name: value.replace("SELF", house.url).replace("OURS", ours)
        for name, value in headers.items()
    }
    address = f"ws://127.0.0.1:{house.web.gateway_port}{path}"
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, additional_headers=sent)
    assert refused.value.response.status_code == status


async def test_a_fresh_screen_gets_the_snapshot_then_what_follows(house: House) -> None:
    house.live.queues = (queue(1),)
    house.feed.publish(None, "queue", queue(1))
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        snapshot = await screen.hello()
        assert snapshot["type"] == "snapshot"
        assert (snapshot["epoch"], snapshot["seq"]) == (house.feed.epoch, 1)
        assert snapshot["data"]["queues"][0]["waiting"] == 1
        house.feed.publish(None, "queue", queue(2))
        assert await screen.hear() == {
            "seq": 2,
            "type": "queue",
            "data": {
                "name": "support",
                "label": {"en": "Support"},
                "waiting": 2,
                "longest_since": None,
                "tiers": {},
                "ready": 2,
            },
        }
    assert [name for name, *_ in house.agents.asked] == ["sign_in"]


async def test_a_screen_gets_only_what_is_meant_for_its_user(house: House, other: UUID) -> None:
    mine, theirs = await house.sign_in(), await house.sign_in("other")
    me = await user_of(mine)
    async with house.screen(mine) as a, house.screen(mine) as b, house.screen(theirs) as c:
        for screen in (a, b, c):
            await screen.hello()
        house.feed.publish(frozenset((me,)), "call.gone", {"id": "for me"})
        house.feed.publish(frozenset((other,)), "call.gone", {"id": "for the other"})
        house.feed.publish(frozenset((me, other)), "call.gone", {"id": "for both"})
        heard = [[(await s.hear())["data"]["id"] for _ in range(2)] for s in (a, b, c)]
    assert heard == [["for me", "for both"], ["for me", "for both"], ["for the other", "for both"]]


async def test_resuming_tells_just_what_was_missed(house: House, other: UUID) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        first = await screen.hello()
    house.feed.publish(None, "queue", queue(1))
    house.feed.publish(frozenset((other,)), "queue", queue(2))
    house.feed.publish(None, "queue", queue(3))
    async with house.screen(browser) as screen:
        resumed = await screen.hello(first["epoch"], first["seq"])
        assert resumed == {"type": "resumed", "epoch": house.feed.epoch, "seq": first["seq"]}
        assert [(await screen.hear())["seq"] for _ in range(2)] == [1, 3]
        house.feed.publish(None, "queue", queue(4))
        assert (await screen.hear())["seq"] == 4


@pytest.mark.parametrize(
    ("epoch", "seq"), [("another run", 0), ("SAME", 99), ("SAME", None), (None, 1)]
)
async def test_what_cannot_be_resumed_gets_a_snapshot(
    house: House, epoch: str | None, seq: int | None
) -> None:
    house.feed.publish(None, "queue", queue(1))
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        told = await screen.hello(house.feed.epoch if epoch == "SAME" else epoch, seq)
        assert (told["type"], told["epoch"], told["seq"]) == ("snapshot", house.feed.epoch, 1)


async def test_too_much_missed_is_told_as_a_snapshot(house: House) -> None:
    for each in range(2000):
        house.feed.publish(None, "queue", queue(each))
    async with house.screen(await house.sign_in()) as screen:
        assert (await screen.hello(house.feed.epoch, 0))["type"] == "snapshot"


ORDERS: list[tuple[str, dict[str, Any], str, tuple[Any, ...]]] = [
    ("agent.ready", {}, "agents", ("ready",)),
    ("agent.not_ready", {"reason": "lunch"}, "agents", ("not_ready", "lunch")),
    ("agent.finish_wrap_up", {}, "agents", ("finish_wrap_up",)),
    ("agent.extend_wrap_up", {}, "agents", ("extend_wrap_up",)),
    ("health.watch", {"on": True}, "health", ("watch", "tab", True)),
    ("phone.answer", {"call_id": CALL}, "phones", ("answer", UUID(CALL))),
    ("phone.reject", {"call_id": CALL}, "phones", ("reject", UUID(CALL))),
    ("phone.hold", {"call_id": CALL}, "phones", ("hold", UUID(CALL), "tab")),
    ("phone.resume", {"call_id": CALL}, "phones", ("resume", UUID(CALL), "tab")),
    ("phone.mute", {"call_id": CALL, "on": True}, "phones", ("mute", UUID(CALL), True, "tab")),
    ("phone.muted", {"call_id": CALL, "on": True}, "phones", ("muted", UUID(CALL), True)),
    ("phone.tones", {"call_id": CALL, "digits": "12#"}, "phones",
     ("tones", UUID(CALL), "12#", "tab")),
    ("phone.dial", {"number": " 10010 "}, "phones", ("dial", "10010")),
    ("phone.echo_test", {}, "phones", ("echo_test",)),
    ("phone.claim", {}, "holders", ("claim", "tab")),
    ("phone.transfer", {"call_id": CALL, "target": "q-vip"}, "consults",
     ("transfer", UUID(CALL), "q-vip")),
    ("phone.consult", {"call_id": CALL, "target": "1002"}, "consults",
     ("consult", UUID(CALL), "1002")),
    ("phone.swap", {"call_id": CALL}, "consults", ("swap", UUID(CALL))),
    ("phone.complete", {"call_id": CALL}, "consults", ("complete", UUID(CALL))),
    ("phone.cancel_consult", {"call_id": CALL}, "consults", ("cancel", UUID(CALL))),
    ("phone.three_way", {"call_id": CALL}, "consults", ("three_way", UUID(CALL))),
    ("phone.record", {"call_id": CALL, "on": False}, "recordings",
     ("record", UUID(CALL), False)),
    ("phone.quality", {"call_id": CALL, "loss": 0.1, "jitter_ms": 30, "rtt_ms": 200, "mos": 3.1},
     "quality", ("quality", UUID(CALL), LineQuality(0.1, 30, 200, 3.1))),
    ("call.choose_customer", {"call_id": CALL, "party_id": CALL}, "calls",
     ("choose_customer", UUID(CALL), UUID(CALL))),
    ("call.note", {"call_id": CALL, "note": "发票 ✓", "was": " 发票"}, "calls",
     ("set_note", UUID(CALL), "发票 ✓", "发票")),
]  # fmt: skip


async def test_every_order_reaches_its_service_once(house: House) -> None:
    browser = await house.sign_in()
    me = await user_of(browser)
    async with house.screen(browser) as screen:
        await screen.hello(screen="tab")
        for number, (name, args, service, expected) in enumerate(ORDERS):
            results = [await screen.order(f"id{number}", name, **args) for _ in range(2)]
            assert results[0] == results[1]
            assert results[0]["ok"] is True
            asked = getattr(house, service).asked
            assert asked[-1] == (expected[0], me, *expected[1:])
            assert [each for each in asked if each[0] == expected[0]] == asked[-1:]
    assert {name for name, *_ in ORDERS} | {"phone.hangup"} == set(COMMANDS)


async def test_a_dial_is_not_repeated_by_a_restarted_server(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        await screen.hello()
        first = await screen.order("d1", "phone.dial", number="10010")
    await house.web.stop()
    house.set()
    await house.start()
    async with house.screen(browser) as screen:
        await screen.hello()
        assert await screen.order("d1", "phone.dial", number="10010") == first
        reused = await screen.order("d1", "phone.dial", number="10086")
    assert reused["error"]["code"] == "key_reused"
    assert len(house.phones.asked) == 1


@pytest.mark.parametrize(
    ("name", "args", "code", "fields"),
    [
        ("agent.fly", {}, "unknown_command", set()),
        ("phone.answer", {"call_id": "1"}, "bad_request", {"call_id"}),
        ("phone.mute", {"call_id": CALL, "loud": 1}, "bad_request", {"on", "loud"}),
        ("phone.hangup", {"call_id": CALL}, "no_such_call", set()),
        ("phone.dial", {"number": "1\0"}, "bad_request", {"number"}),
        ("phone.transfer", {"call_id": CALL, "target": "1\0"}, "bad_request", {"target"}),
        ("agent.not_ready", {"reason": "lunch\0"}, "bad_request", {"reason"}),
        ("call.note", {"call_id": CALL, "note": "a\0b"}, "bad_request", {"note"}),
        ("phone.answer", {"call_id": CALL}, "internal", set()),
    ],
)
async def test_a_refused_order_says_why(
    house: House, name: str, args: dict[str, Any], code: str, fields: set[str]
) -> None:
    house.phones.broken = True
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        result = await screen.order("x", name, **args)
        assert (result["type"], result["id"], result["ok"]) == ("result", "x", False)
        assert result["error"]["code"] == code
        assert result["error"]["message"].endswith(".")
        assert set(result["error"]["fields"]) == fields
        await screen.say(type="ping")
        assert (await screen.hear())["type"] == "pong"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 1007),
        (b"\x00\x01", 1008),
        ("[]", 1008),
        ('{"type":"dance"}', 1008),
        ('{"type":"ping","loud":true}', 1008),
        ('{"type":"command","id":"","name":"agent.ready"}', 1008),
        ('{"type":"command","id":"a\\u0000","name":"agent.ready"}', 1008),
        ('{"type":"hello"}', 1008),
        ('{"type":"command","id":"' + "x" * 70_000 + '"}', 1009),
    ],
)
async def test_a_malformed_frame_closes_the_socket(
    house: House, frame: str | bytes, code: int
) -> None:
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        await screen.socket.send(frame)
        assert await screen.close_code() == code
    await settle(house, screens=0)
    assert house.web.gateway.malformed == 1


async def test_hello_comes_first(house: House) -> None:
    async with house.screen(await house.sign_in()) as screen:
        await screen.say(type="ping")
        assert await screen.close_code() == 1008


async def test_a_session_that_expires_closes_its_screens(stopped: House) -> None:
    house = await patient(stopped)
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        house.clock.advance(LIFETIME.total_seconds())
        assert await screen.close_code() == 4401


async def test_whatever_expires_nobody_is_taken_from_a_call(stopped: House) -> None:
    house = await patient(stopped)
    browser = await house.sign_in()
    house.agents.on_call = True
    async with house.screen(browser) as screen:
        await screen.hello()
        house.clock.advance(LIFETIME.total_seconds() + 60)
        await change_user(house, locale="zh-CN")
        async with browser.get("/api/v1/calls") as answer:
            assert answer.status == 200, "REST goes on, too"
        assert (await screen.order("a", "agent.ready"))["ok"]
        async with house.screen(browser) as again:
            assert (await again.hello())["type"] == "snapshot"
        await change_user(house, active=False)
        for each in range(5):
            house.clock.advance(RECHECK.total_seconds())
            await asyncio.sleep(0.01)
            assert (await screen.order(f"b{each}", "agent.ready"))["ok"]
        house.agents.on_call = False
        await settled_clock(house, lambda: screen.socket.state is not State.OPEN)
        assert await screen.close_code() == 4401


async def test_a_note_that_waits_holds_up_no_telephone(house: House) -> None:
    house.calls.held = asyncio.Event()
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        note = {"call_id": CALL, "note": "x"}
        for each in range(ORDERS_WAITING + 2):  # one is under way; then all that may wait
            await screen.say(type="command", id=f"n{each}", name="call.note", args=note)
        refused = await screen.hear()
        assert (refused["id"], refused["error"]["code"]) == (
            f"n{ORDERS_WAITING + 1}",
            "too_many_orders",
        )
        result = await screen.order("h", "phone.answer", call_id=CALL)
        assert (result["id"], result["ok"]) == ("h", True)
        house.calls.held.set()
        written = [(await screen.hear())["id"] for _ in range(ORDERS_WAITING + 1)]
        assert written == [f"n{each}" for each in range(ORDERS_WAITING + 1)]  # in their order


async def patient(stopped: House) -> House:
    """With screens that may be silent for long, where it is not about that."""
    stopped.set(lease_s=7 * 24 * 3600.0)
    await stopped.start()
    return stopped


async def change_user(house: House, **values: Any) -> None:
    async with house.database.begin() as connection:
        await connection.execute(user.update().values(**values))


async def settled_clock(house: House, done: Callable[[], bool]) -> None:
    """Let the checks of the screens come due until one has had its effect."""
    async with asyncio.timeout(5):
        while not done():
            house.clock.advance(RECHECK.total_seconds())
            await asyncio.sleep(0.01)


async def test_a_deactivated_user_loses_the_screen(stopped: House) -> None:
    house = await patient(stopped)
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        await change_user(house, active=False)
        await settled_clock(house, lambda: screen.socket.state is not State.OPEN)
        assert await screen.close_code() == 4401
    assert house.clock.now() - START < LIFETIME


async def test_orders_are_given_by_the_role_of_now(stopped: House) -> None:
    house = await patient(stopped)
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        assert (await screen.order("a", "call.note", call_id=CALL, note=""))["ok"]
        assert house.calls.actors[-1].scope("call", "update") == "own"
        await change_user(house, role_id=default_id("role", "admin"))

        async def ask() -> None:
            id_ = str(house.clock.now())
            assert (await screen.order(id_, "call.note", call_id=CALL, note=""))["ok"]

        async with asyncio.timeout(5):
            while house.calls.actors[-1].scope("call", "update") != "all":
                house.clock.advance(RECHECK.total_seconds())
                await ask()


async def test_the_database_away_takes_nobody_off_the_phone(stopped: House) -> None:
    house = await patient(stopped)
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        async with house.database.begin() as connection:
            await connection.execute(text("ALTER TABLE session RENAME TO elsewhere"))
        for each in range(5):
            house.clock.advance(RECHECK.total_seconds())
            await asyncio.sleep(0.01)
            assert (await screen.order(str(each), "agent.ready"))["ok"]
        async with house.database.begin() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO session"))
        await change_user(house, active=False)
        await settled_clock(house, lambda: screen.socket.state is not State.OPEN)


async def test_a_screen_that_has_not_greeted_is_signed_out_too(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        async with browser.delete("/api/v1/session") as answer:
            assert answer.status == 204
        with suppress(ConnectionClosed):
            await screen.say(type="hello")
            await screen.say(type="command", id="x", name="agent.ready")
        assert await screen.close_code() == 4401
    assert names(house) == ["sign_out"]


async def test_an_agent_vanishes_with_the_last_screen_only(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as kept:
        await kept.hello()
        async with house.screen(browser) as screen:
            await screen.hello()
        await settle(house, screens=1)
        for _ in range(12):
            house.clock.advance(5)
            await ping(kept)
    await settle(house, screens=0)
    house.clock.advance(5)
    async with house.screen(browser) as reloaded:
        await reloaded.hello()
        house.clock.advance(10)
        await ping(reloaded)
        assert "vanished" not in names(house)
    await settle(house, screens=0)
    house.clock.advance(LEASE_S)
    await asyncio.sleep(0)
    assert names(house).count("vanished") == 1


async def test_a_screen_that_stops_sending_loses_its_lease(house: House) -> None:
    """A closed lid: the socket stays open, and for the switch the agent is there."""
    browser = await house.sign_in()
    async with house.screen(browser) as silent, house.screen(browser) as other:
        for screen in (silent, other):
            await screen.hello(screen="one" if screen is silent else "two")
        for _ in range(2):
            house.clock.advance(5)
            await ping(other)
        house.clock.advance(4.9)
        assert house.web.gateway.gauges()["gateway_screens"]() == 2
        house.clock.advance(0.1)
        assert house.web.gateway.gauges()["gateway_screens"]() == 1
        assert await silent.close_code() == CLOSE_SILENT
        assert "vanished" not in names(house), "the other screen is there"
        left = [asked for asked in house.holders.asked if asked[0] == "left"]
        assert [by_itself for *_, by_itself in left] == [False], "of its page nobody knows"
        house.clock.advance(LEASE_S - 0.1)
        await asyncio.sleep(0)
        assert "vanished" in names(house)
        assert await other.close_code() == CLOSE_SILENT


async def test_any_frame_is_a_sign_of_life(house: House) -> None:
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello()
        for each in range(4):
            house.clock.advance(LEASE_S - 1)
            assert (await screen.order(str(each), "agent.ready"))["ok"]
        assert "vanished" not in names(house)


async def test_a_half_open_screen_resumes_where_it_stood(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        first = await screen.hello()
        house.clock.advance(LEASE_S)
        assert await screen.close_code() == CLOSE_SILENT
    house.feed.publish(None, "queue", queue(3))
    async with house.screen(browser) as back:
        assert (await back.hello(first["epoch"], first["seq"]))["type"] == "resumed"
        assert (await back.hear())["data"]["waiting"] == 3
    assert names(house) == ["sign_in", "vanished", "sign_in"]


@pytest.mark.parametrize(("how", "by_itself"), [("says goodbye", True), ("dies", True)])
async def test_a_screen_that_leaves_left_by_itself(house: House, how: str, by_itself: bool) -> None:
    async with house.screen(await house.sign_in()) as screen:
        await screen.hello(screen="tab", device="browser", device_name="Chrome, Linux", legs=1)
        if how == "dies":
            screen.socket.transport.abort()
    await settle(house, screens=0)
    me = next(user for name, user, *_ in house.holders.asked if name == "came")
    assert house.holders.asked == [
        ("came", me, Page("tab", "browser", "Chrome, Linux"), 1),
        ("left", me, by_itself),
    ]


async def test_a_screen_that_was_closed_by_us_did_not_leave_by_itself(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        await screen.hello(screen="tab")
        async with browser.delete("/api/v1/session") as answer:
            assert answer.status == 204
        assert await screen.close_code() == 4401
    await settle(house, screens=0)
    assert house.holders.asked[-1][0::2] == ("left", False)


async def test_an_order_knows_the_screen_it_was_given_at(house: House) -> None:
    browser = await house.sign_in()
    me = await user_of(browser)
    async with house.screen(browser) as screen:
        await screen.hello(screen="tab")
        assert (await screen.order("a", "phone.claim"))["ok"]
    assert ("claim", me, "tab") in house.holders.asked


async def test_a_page_that_is_back_before_its_old_socket_ends_still_looks(house: House) -> None:
    browser = await house.sign_in()
    me = await user_of(browser)
    async with house.screen(browser) as back:
        async with house.screen(browser) as old:
            await old.hello(screen="tab")
            await back.hello(screen="tab")
        await settle(house, screens=1)
        assert ("left", me, "tab") not in house.health.asked
    await settle(house, screens=0)
    assert ("left", me, "tab") in house.health.asked


async def ping(peer: Peer) -> None:
    """A sign of life, heard."""
    await peer.say(type="ping")
    while (await peer.hear())["type"] != "pong":
        pass


async def test_a_slow_screen_is_cut_off_and_resumes_while_others_go_on(house: House) -> None:
    browser = await house.sign_in()
    stalled = await _stalled_screen(house, browser)
    async with house.screen(browser) as quick:
        await quick.hello()
        await settle(house, screens=2)
        big = queue(0, "q" * 4000)
        sent = 0
        while house.web.gateway.cut_off == 0:
            house.feed.publish(None, "queue", big)
            sent += 1
            assert (await quick.hear())["seq"] == sent  # never waits for the other
        assert sent < 20_000
        house.feed.publish(None, "queue", queue(7))
        assert (await quick.hear())["data"]["waiting"] == 7
    await _read_until(stalled, CLOSE_FRAME)
    async with house.screen(browser) as back:
        told = await back.hello(house.feed.epoch, sent - 1)
        assert told["type"] == "resumed"
        assert [(await back.hear())["seq"] for _ in range(2)] == [sent, sent + 1]


async def _stalled_screen(house: House, browser: Any) -> socket.socket:
    """A screen whose machine stopped reading: a bare socket with a tiny buffer."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", house.web.gateway_port))
    request = (
        "GET /gateway HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Cookie: {house.cookie(browser)}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    assert b" 101 " in await loop.sock_recv(raw, 1024)
    hello = b'{"type":"hello"}'  # masked with zeros
    await loop.sock_sendall(raw, bytes((0x81, 0x80 | len(hello), 0, 0, 0, 0)) + hello)
    return raw


async def _read_until(raw: socket.socket, last: bytes) -> None:
    """A machine that wakes up reads everything that was sent, and `last` at the end of it."""
    loop, end = asyncio.get_running_loop(), b""
    async with asyncio.timeout(5):
        while end != last:
            end = (end + await loop.sock_recv(raw, 1 << 20))[-len(last) :]
    raw.close()


def names(house: House) -> list[str]:
    return [name for name, *_ in house.agents.asked]


async def settle(house: House, screens: int) -> None:
    """Until the gateway knows of just so many screens."""
    async with asyncio.timeout(5):
        # A figure of the server's has no event to wait for.
        while house.web.gateway.gauges()["gateway_screens"]() != screens:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
