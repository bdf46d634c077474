"""The API's manners: bad bodies name their fields, errors are JSON, a key is one effect."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from yarl import URL

from callcenter.store.ids import default_id
from callcenter.store.tables import user
from tests.web.house import House

ID = "01890000-0000-7000-8000-000000000001"
TICKET = {"subject": "Invoice", "party_id": ID}


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "/session", {"login": "a"}, {"password"}),
        ("POST", "/session", {"login": "a", "password": "b", "x": 1}, {"x"}),
        ("POST", "/customers", {"name": " ", "number": "1" * 65}, {"name", "number"}),
        ("POST", "/customers", {"name": "a", "number": "1", "kind": "robot"}, {"kind"}),
        ("POST", "/customers", [], {"body"}),
        ("POST", "/customers", "not json", {"body"}),
        ("POST", "/tickets", TICKET | {"priority": 5}, {"priority"}),
        ("POST", "/tickets", TICKET | {"party_id": "7"}, {"party_id"}),
        ("POST", f"/tickets/{ID}/notes", {"body": ""}, {"body"}),
        ("PATCH", f"/tickets/{ID}", {"status": None, "version": 1}, {"status"}),
        ("PATCH", f"/tickets/{ID}", {"status": "lost"}, {"status", "version"}),
        ("PATCH", f"/calls/{ID}", {"note": "a" * 10_001, "version": 0}, {"note", "version"}),
        ("PATCH", "/session/prefs", {"locale": "tlh"}, {"locale"}),
        ("GET", "/calls?limit=0&before=yesterday&who=me", None, {"limit", "before", "who"}),
        ("GET", "/tickets", None, {"party_id"}),
        ("GET", "/calls?before=2026-01-01T00:00:00", None, {"before"}),  # whose clock?
        ("GET", "/customers?q=a%00b", None, {"q"}),
        ("POST", "/session", {"login": "a\0", "password": "b"}, {"login"}),
        ("POST", "/customers", dict.fromkeys(("name", "number", "company"), "a\0b"),
         {"name", "number", "company"}),
        ("POST", "/tickets", TICKET | dict.fromkeys(("subject", "queue", "domain"), "a\0b"),
         {"subject", "queue", "domain"}),
        ("POST", f"/tickets/{ID}/notes", {"body": "a\0b"}, {"body"}),
        ("PATCH", f"/tickets/{ID}", {"subject": "a\0b", "version": 1}, {"subject"}),
        ("PATCH", f"/calls/{ID}", {"note": "a\0b", "version": 1}, {"note"}),
        ("POST", "/callbacks", {"number": "1", "due_at": "2026-01-01T09:00"}, {"due_at"}),
        ("POST", "/callbacks", {"number": "", "due_at": "tomorrow", "zone": "Mars/Base"},
         {"number", "due_at", "zone"}),
        ("PATCH", f"/callbacks/{ID}", {"status": "lost", "owner": ID},
         {"status", "owner", "version"}),
        ("GET", "/callbacks?state=late&limit=201", None, {"state", "limit"}),
        ("POST", f"/calls/{ID}/wrap-up", {"tags": ["a", " ", "b" * 41]}, {"tags.1", "tags.2"}),
        ("POST", f"/calls/{ID}/wrap-up", {"tags": ["a"] * 21, "ticket": {"status": "lost"}},
         {"tags", "ticket.status"}),
        ("POST", f"/calls/{ID}/wrap-up", {"callback": {"zone": "../../etc/passwd"}},
         {"callback.due_at", "callback.zone"}),
        ("POST", f"/calls/{ID}/wrap-up", {"task": {"body": " "}, "note": "a\0b"},
         {"task.body", "note"}),
        ("POST", "/calls/missed/clear", {}, {"until"}),
        ("GET", f"/customers/{ID}/timeline?kinds=call,fax&before=now", None,
         {"kinds.1", "before"}),
        ("POST", f"/customers/{ID}/notes", {"body": " "}, {"body"}),
        ("POST", "/tasks", {"body": "x" * 10_001, "owner": "you"}, {"body", "owner"}),
        ("PATCH", f"/tasks/{ID}", {"done": None}, {"done"}),
        ("GET", "/articles?kind=novel&limit=0", None, {"kind", "limit"}),
    ],
)  # fmt: skip
async def test_a_bad_request_names_its_fields(
    house: House, method: str, path: str, body: Any, fields: set[str]
) -> None:
    browser = await house.sign_in()
    options = (
        {"data": body, "headers": {"Content-Type": "application/json"}}
        if isinstance(body, str)
        else {"json": body}
    )
    async with browser.request(method, "/api/v1" + path, **options) as answer:
        assert answer.status == 400
        error = (await answer.json())["error"]
    assert error["code"] == "bad_request"
    assert set(error["fields"]) == fields
    assert all(error["fields"].values())


@pytest.mark.parametrize(
    ("request_line", "options", "expected"),
    [
        ("GET /nothing", {}, (404, "not_found")),
        ("GET /calls/not-an-id", {}, (404, "not_found")),
        (f"GET /calls/{ID}", {}, (404, "no_such_call")),
        ("PUT /calls", {}, (405, "method_not_allowed")),
        ("POST /customers", {"data": {"name": "form"}}, (400, "bad_request")),
        ("POST /customers", {"json": {"name": "a" * 70_000}}, (413, "too_large")),
        (f"PATCH /calls/{ID}", {"json": {"version": 1}}, (409, "changed_meanwhile")),
    ],
)
async def test_every_error_is_json(
    house: House, request_line: str, options: dict[str, Any], expected: tuple[int, str]
) -> None:
    browser = await house.sign_in()
    method, path = request_line.split()
    async with browser.request(method, "/api/v1" + path, **options) as answer:
        assert answer.content_type == "application/json"
        assert (answer.status, (await answer.json())["error"]["code"]) == expected


@pytest.mark.parametrize("q", ["%FF%FE", "%ED%A0%80", "%F0%9F%91%8B"])
async def test_any_bytes_may_be_searched_for(house: House, q: str) -> None:
    browser = await house.sign_in()
    url = URL(f"{house.url}/api/v1/customers?q={q}", encoded=True)
    async with browser.get(url) as answer:
        assert answer.status == 200
    [(_, text, _)] = house.customers.asked
    text.encode()


async def test_a_patch_tells_absent_from_null(house: House) -> None:
    browser = await house.sign_in()
    for body in ({"version": 3, "ticket_id": None}, {"version": 3, "note": "x"}):
        async with browser.patch(f"/api/v1/calls/{ID}", json=body):
            pass
    assert house.calls.asked == [
        ("update", UUID(ID), 3, {"ticket_id": None}),
        ("update", UUID(ID), 3, {"note": "x"}),
    ]


async def test_a_query_is_typed(house: House) -> None:
    browser = await house.sign_in()
    async with browser.get(f"/api/v1/calls?mine=1&party_id={ID}&before=&limit=5") as answer:
        assert await answer.json() == {"items": []}
    assert house.calls.asked == [("recent", True, UUID(ID), None, 5)]


async def test_a_role_without_the_right_is_refused(house: House) -> None:
    user_id = await house.add_user("guest")
    browser = await house.sign_in("guest")
    async with house.database.begin() as connection:
        nobody = default_id("role", "nobody")
        await connection.execute(
            user.metadata.tables["role"].insert().values(id=nobody, name="nobody", permissions={})
        )
        await connection.execute(update(user).where(user.c.id == user_id).values(role_id=nobody))
    house.clock.advance(60)  # what a user may do is read again at least this often
    async with browser.get("/api/v1/calls") as answer:
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "forbidden"


async def test_a_deactivated_user_is_out(house: House) -> None:
    browser = await house.sign_in()
    async with house.database.begin() as connection:
        await connection.execute(update(user).values(active=False))
    house.clock.advance(60)
    async with browser.get("/api/v1/phone") as answer:
        assert answer.status == 401


async def test_a_repeated_key_is_one_effect(house: House) -> None:
    browser = await house.sign_in()

    async def post(key: str, body: dict[str, Any]) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key}
        async with browser.post("/api/v1/tickets", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    first, again = await asyncio.gather(post("k1", TICKET), post("k1", TICKET))
    later = await post("k1", TICKET)
    assert first == again == later
    assert first[0] == 201
    assert len(house.tickets.asked) == 1
    status, other = await post("k1", TICKET | {"subject": "Another"})
    assert (status, other["error"]["code"]) == (409, "key_reused")
    assert (await post("k2", TICKET))[1]["id"] != first[1]["id"]
    assert (await post("k" * 81, TICKET))[0] == 400


async def test_security_headers_are_on_every_answer(house: House) -> None:
    browser = await house.sign_in()
    for path in ("/", "/api/v1/session", "/api/v1/nothing", "/healthz"):
        async with browser.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert f"connect-src 'self' ws://127.0.0.1:{house.web.gateway_port};" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "aiohttp" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("host", "gateway"),
    [
        ("crm.example", "ws://crm.example:PORT"),
        ("crm.example:8080", "ws://crm.example:PORT"),
        ("[::1]:8080", "ws://[::1]:PORT"),
        ("crm.example; script-src *", "ws://localhost:PORT"),
        ("[", "ws://localhost:PORT"),
    ],
)
async def test_the_gateway_is_at_the_host_the_browser_used(
    house: House, host: str, gateway: str
) -> None:
    async with house.visitor().get("/api/v1/session", headers={"Host": host}) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
    expected = gateway.replace("PORT", str(house.web.gateway_port))
    assert f"connect-src 'self' {expected};" in policy
