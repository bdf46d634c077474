"""Signing in over HTTP: the cookie, throttled guesses, foreign pages, what a screen learns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from callcenter.services.auth import GRACE, GUESSES_PER_LOGIN, LIFETIME, WINDOW_S
from callcenter.store.tables import audit, session, user
from tests.web.house import PASSWORD, House

GOOD = {"login": "agent", "password": PASSWORD}
OURS = dict.fromkeys(
    ("name", "accent", "accent_text", "accent_dark", "accent_dark_text", "logo_url"), ""
)
BAD = {"login": "agent", "password": "guess"}


async def audited(house: House) -> list[tuple[str, str]]:
    async with house.database.read() as connection:
        rows = await connection.execute(
            select(audit.c.action, audit.c.object_id).order_by(audit.c.seq)
        )
        return [(row.action, row.object_id) for row in rows]


@pytest.mark.parametrize("secure", [False, True])
async def test_the_cookie_is_for_our_pages_only(stopped: House, secure: bool) -> None:
    stopped.set(secure_cookies=secure)
    await stopped.start()
    async with stopped.visitor().post("/api/v1/session", json=GOOD) as answer:
        cookie = answer.cookies["callcenter_session"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert bool(cookie["secure"]) is secure
    # Whoever is in a call when the session expires keeps it until that is over.
    assert int(cookie["max-age"]) == (LIFETIME + GRACE).total_seconds()
    assert len(cookie.value) >= 43  # 256 bits


async def test_only_the_tokens_hash_is_stored(house: House) -> None:
    browser = await house.sign_in()
    token = house.cookie(browser).partition("=")[2]
    async with house.database.read() as connection:
        stored = (await connection.execute(select(session))).mappings().one()
    assert len(stored["token_hash"]) == 64
    assert token not in map(str, stored.values())


async def test_what_a_screen_learns_first(house: House) -> None:
    browser = await house.sign_in()
    async with browser.get("/api/v1/session") as answer:
        told = await answer.json()
    assert told == {
        "user": {
            "id": told["user"]["id"],
            "login": "agent",
            "name": "Agent",
            "extension": "1001",
            "locale": "en",
            "theme": "",
            "role": "agent",
            "prefs": {
                "density": "cosy",
                "ringtone": "",
                "ring_volume": 0.8,
                "ring_on": True,
                "notify": True,
                "columns": None,
                "shortcuts": {},
                "speed_dial": [],
                "devices": {"microphone": "", "speaker": "", "ringer": ""},
                "toured": False,
                "layout": {},
            },
            "may": [],
        },
        "gateway_url": f"ws://127.0.0.1:{house.web.gateway_port}/gateway",
        "simulated": True,
        "company": OURS,
    }


async def user_of(browser: ClientSession) -> Any:
    """A page that nobody has signed in to asks, too: no error, nobody."""
    async with browser.get("/api/v1/session") as answer:
        assert answer.status == 200
        told = await answer.json()
    if told["user"] is None:
        assert told == {"user": None, "gateway_url": "", "simulated": False, "company": OURS}
    return told["user"]


async def test_who_is_not_signed_in_is_nobody(house: House) -> None:
    assert await user_of(house.visitor()) is None
    async with house.visitor().get("/api/v1/openapi.json") as answer:
        operation = (await answer.json())["paths"]["/api/v1/session"]["get"]
    assert operation["security"] == [{"session": []}, {}]
    assert "401" not in operation["responses"]


async def test_signing_out_ends_it(house: House) -> None:
    browser = await house.sign_in()
    async with browser.delete("/api/v1/session") as answer:
        assert answer.status == 204
        assert answer.cookies["callcenter_session"].value == ""
    thief = house.visitor()
    async with thief.get("/api/v1/phone") as answer:
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "signed_out"
    assert await audited(house) == [("session.sign_in", "agent"), ("session.sign_out", "agent")]
    assert [name for name, *_ in house.agents.asked] == ["sign_out"]


async def test_nobody_signs_out_of_a_call(house: House) -> None:
    browser = await house.sign_in()
    house.agents.on_call = True
    async with browser.delete("/api/v1/session") as answer:
        assert answer.status == 409
    async with browser.get("/api/v1/session") as answer:
        assert answer.status == 200


async def test_a_session_expires(house: House) -> None:
    browser = await house.sign_in()
    house.clock.advance(LIFETIME.total_seconds() + 1)
    assert await user_of(browser) is None


@pytest.mark.parametrize(
    "body", [BAD, {"login": "nobody", "password": PASSWORD}, {"login": "x" * 80, "password": "y"}]
)
async def test_a_wrong_login_and_a_wrong_password_look_the_same(
    house: House, body: dict[str, str]
) -> None:
    async with house.visitor().post("/api/v1/session", json=body) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"] == {
            "code": "bad_credentials",
            "message": "The login or the password is wrong.",
            "fields": {},
        }
        assert not answer.cookies
    [(action, login)] = await audited(house)
    assert action == "session.refused"
    assert (login == "agent") is (body["login"] == "agent")


async def test_guesses_are_throttled_even_the_right_one(house: House) -> None:
    visitor = house.visitor()
    statuses = []
    for _ in range(GUESSES_PER_LOGIN):
        async with visitor.post("/api/v1/session", json=BAD) as answer:
            statuses.append(answer.status)
    assert statuses == [401] * GUESSES_PER_LOGIN
    async with visitor.post("/api/v1/session", json=GOOD) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) == WINDOW_S
        assert (await answer.json())["error"]["code"] == "too_many_attempts"
    house.clock.advance(WINDOW_S)
    async with visitor.post("/api/v1/session", json=GOOD) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # not a browser
        ({"Origin": "SELF"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),  # another server of the same host
        ({"Origin": "http://["}, 403),
        ({"Origin": "https://crm.example"}, 200),  # configured
    ],
)
async def test_writes_from_foreign_pages_are_refused(
    stopped: House, headers: dict[str, str], status: int
) -> None:
    stopped.set(origins=("https://crm.example",))
    await stopped.start()
    sent = {name: value.replace("SELF", stopped.url) for name, value in headers.items()}
    async with stopped.visitor().post("/api/v1/session", json=GOOD, headers=sent) as answer:
        assert answer.status == status
        if status == 403:
            assert (await answer.json())["error"]["code"] == "foreign_origin"


async def change_prefs(browser: ClientSession, status: int = 200, **prefs: Any) -> Any:
    async with browser.patch("/api/v1/session/prefs", json=prefs) as answer:
        assert answer.status == status, await answer.text()
        told = await answer.json()
        return told["user"] if status == 200 else told["error"]


WISHES: dict[str, Any] = {
    "locale": "zh-CN",
    "theme": "dark",
    "density": "dense",
    "ringtone": "bell",
    "ring_volume": 0.25,
    "ring_on": False,
    "notify": False,
    "columns": {"calls": 280, "work": 360},
    "shortcuts": {"call.answer": "Ctrl+Shift+A"},
    "speed_dial": [{"label": "银行", "number": "95588"}],
    "devices": {"microphone": "Jabra", "speaker": "Jabra", "ringer": "Built-in"},
    "toured": True,
    "layout": {"script": "folded"},
}


@pytest.mark.parametrize("name", WISHES)
async def test_a_preference_follows_its_user_and_leaves_the_others(house: House, name: str) -> None:
    here, there = await house.sign_in(), await house.sign_in()
    before = await user_of(there)
    changed = await change_prefs(here, **{name: WISHES[name]})
    outer = name in ("locale", "theme")
    assert (changed if outer else changed["prefs"])[name] == WISHES[name]
    assert await user_of(there) == changed  # on another machine
    for told in (before, changed):
        del (told if outer else told["prefs"])[name]
    assert changed == before


async def test_preferences_given_together_are_kept_together(house: House) -> None:
    browser = await house.sign_in()
    await change_prefs(browser, **WISHES)
    changed = await change_prefs(browser, columns=None, speed_dial=[], shortcuts={})
    wanted = {**WISHES, "columns": None, "speed_dial": [], "shortcuts": {}}
    assert (changed["locale"], changed["theme"]) == (wanted.pop("locale"), wanted.pop("theme"))
    assert changed["prefs"] == wanted


@pytest.mark.parametrize(
    "prefs",
    [
        {"colour": "pink"},
        {"density": "tiny"},
        {"ring_volume": 1.5},
        {"ring_on": None},
        {"columns": {"calls": 1, "work": 300}},
        {"columns": {"calls": 200}},
        {"ringtone": "../../etc/passwd"},
        {"shortcuts": {"Answer it": "A"}},
        {"shortcuts": {f"a{n}": "A" for n in range(81)}},
        {"speed_dial": [{"label": "", "number": "1"}]},
        {"speed_dial": [{"label": "x", "number": "1"}] * 31},
        {"devices": {"microphone": "x" * 201}},
        {"layout": {"script": "\0"}},
    ],
)
async def test_wrong_preferences_are_refused_and_nothing_is_kept(
    house: House, prefs: dict[str, Any]
) -> None:
    browser = await house.sign_in()
    before = await user_of(browser)
    error = await change_prefs(browser, 400, theme="dark", **prefs)
    assert error["code"] == "bad_request"
    assert [field.split(".")[0] for field in error["fields"]] == list(prefs)
    assert await user_of(browser) == before


async def test_what_another_version_stored_is_passed_over_and_kept(house: House) -> None:
    browser = await house.sign_in()  # whose row says {"columns": 3}
    assert (await user_of(browser))["prefs"]["columns"] is None
    await change_prefs(browser, theme="dark")
    async with house.database.read() as connection:
        stored = await connection.scalar(select(user.c.prefs))
    assert stored == {"columns": 3, "theme": "dark"}


async def test_signing_out_is_the_end_of_the_shift_in_every_browser(
    house: House, other: UUID
) -> None:
    here, there = await house.sign_in(), await house.sign_in()
    async with house.screen(there) as screen, house.screen(await house.sign_in("other")) as theirs:
        await screen.hello()
        await theirs.hello()
        async with here.delete("/api/v1/session") as answer:
            assert answer.status == 204
        assert await screen.close_code() == 4401
        assert await user_of(there) is None
        await theirs.say(type="ping")
        assert (await theirs.hear())["type"] == "pong"
    assert [action for action, _ in await audited(house)].count("session.sign_out") == 1


async def test_the_old_cookie_opens_no_gateway(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        await screen.hello()
        async with browser.delete("/api/v1/session"):
            assert await screen.close_code() == 4401


def _cases() -> list[Any]:
    return [
        ("/api/v1/session", "DELETE"),
        ("/api/v1/session/prefs", "PATCH"),
        ("/api/v1/phone", "GET"),
        ("/api/v1/calls", "GET"),
        ("/api/v1/customers", "POST"),
        ("/api/v1/tickets", "POST"),
    ]


@pytest.mark.parametrize(("path", "method"), _cases())
async def test_everything_else_needs_a_session(house: House, path: str, method: str) -> None:
    async with house.visitor().request(method, path, json={}) as answer:
        assert answer.status == 401
