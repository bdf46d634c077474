"""Whose address counts behind a reverse proxy: for throttled guesses and the audit."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import select
from websockets.asyncio.client import connect

from callcenter.services.auth import GUESSES_PER_ADDRESS
from callcenter.store.tables import audit
from callcenter.web.client import address
from tests.web.house import PASSWORD, House

PROXIES = [ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"),  # the left one is the client's word
        ("127.0.0.1", "203.0.113.5, 10.0.0.7", "203.0.113.5"),  # through two proxies
        ("127.0.0.1", "10.0.0.9,10.0.0.7", "10.0.0.9"),  # from our own network
        ("198.51.100.1", "203.0.113.5", "198.51.100.1"),  # no proxy of ours
        ("127.0.0.1", "203.0.113.5, 'or 1=1", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", ",", "127.0.0.1"),
        ("::ffff:127.0.0.1", "2001:DB8::0:1", "2001:db8::1"),
        ("fd00::1", "::ffff:203.0.113.5", "203.0.113.5"),
        ("", "203.0.113.5", ""),
    ],
)
def test_the_rightmost_address_that_is_no_proxy_of_ours(
    peer: str, forwarded_for: str, client: str
) -> None:
    assert address(peer, forwarded_for, PROXIES) == client


async def _sign_in(house: House, client: str, login: str, password: str = PASSWORD) -> int:
    body, headers = {"login": login, "password": password}, {"X-Forwarded-For": client}
    async with house.visitor().post("/api/v1/session", json=body, headers=headers) as answer:
        return answer.status


async def test_guesses_from_one_address_lock_out_that_address_only(stopped: House) -> None:
    stopped.set(trusted_proxies=(ip_network("127.0.0.1"),))
    await stopped.start()
    for each in range(GUESSES_PER_ADDRESS):
        assert await _sign_in(stopped, "203.0.113.5", f"user{each}", "guess") == 401
    assert await _sign_in(stopped, "203.0.113.5", "agent") == 429
    assert await _sign_in(stopped, "203.0.113.6", "agent") == 200
    async with stopped.database.read() as connection:
        last = select(audit.c.ip).order_by(audit.c.seq.desc()).limit(1)
        assert (await connection.execute(last)).scalar_one() == "203.0.113.6"


async def test_who_is_no_proxy_cannot_claim_to_be_somebody_else(house: House) -> None:
    for each in range(GUESSES_PER_ADDRESS):
        await _sign_in(house, f"203.0.113.{each}", f"user{each}", "guess")
    assert await _sign_in(house, "203.0.113.99", "agent") == 429


@pytest.mark.parametrize(("proxies", "seen"), [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.5")])
async def test_the_gateway_asks_the_same_way(
    stopped: House, proxies: tuple[str, ...], seen: str
) -> None:
    stopped.set(trusted_proxies=tuple(map(ip_network, proxies)))
    await stopped.start()
    headers: Any = {
        "Cookie": stopped.cookie(await stopped.sign_in()),
        "X-Forwarded-For": "203.0.113.5",
    }
    at = f"ws://127.0.0.1:{stopped.web.gateway_port}/gateway"
    async with connect(at, additional_headers=headers) as socket:
        await socket.send('{"type":"hello"}')
        await socket.recv()
        await socket.send(
            '{"type":"command","id":"1","name":"call.note","args":'
            '{"call_id":"01890000-0000-7000-8000-00000000000a","note":""}}'
        )
        await socket.recv()
    assert stopped.calls.actors[-1].ip == seen
