"""The practice room: two agents take calls in it, and the real house knows nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from callcenter.main import Application
from callcenter.practice import PracticeRoom, PracticeSessions
from callcenter.practice.switch import SEATS
from callcenter.services.auth import Auth, Session
from callcenter.services.errors import NotFound, Unavailable
from callcenter.store import tables
from callcenter.store.database import Database
from tests.fakes import FakeClock
from tests.feed_scenarios import named
from tests.running import Running, Screen, add_agents, running

ROOM = "/practice/api/v1"


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[Running]:
    await add_agents(database, 2)
    url = database.url.render_as_string(hide_password=False)
    async with running(tmp_path, url) as made:
        yield made


def room(house: Running) -> PracticeRoom:
    found = house.application.practice
    assert isinstance(found, PracticeRoom)
    return found


async def ask(screen: Screen, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Origin": str(screen.http._base_url).rstrip("/")}
    async with screen.http.request(method, path, json=body, headers=headers) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else None


class Practising:
    """One user's page in the room."""

    def __init__(self, house: Running, real: Screen) -> None:
        self.house = house
        self.real = real
        self.desk: Screen

    async def enter(self) -> Practising:
        told = await ask(self.real, "POST", "/api/v1/practice")
        assert told == (200, {"url": "/practice/"})
        status, session = await self.ask("GET", "/session")
        assert status == 200
        self.session = session
        cookies = "; ".join(f"{one.key}={one.value}" for one in self.real.http.cookie_jar)
        socket = await connect(
            session["gateway_url"],
            additional_headers={"Cookie": cookies},
            origin=Origin(self.house.url),
            compression=None,
        )
        self.desk = await Screen(self.real.http, socket).start()
        self.house.screens.append(self.desk)
        return self

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await ask(self.real, method, ROOM + path, body)

    async def order(self, name: str, **args: Any) -> None:
        result = await self.desk.order(name, **args)
        assert result["ok"], result

    async def is_called(self) -> dict[str, Any]:
        assert await self.ask("POST", "/practice/call") == (204, None)
        await self.desk.rings()
        await self.desk.until(lambda: self.desk.calls[0]["caller"]["looked_up"])
        return self.desk.calls[0]


async def contents(house: Running) -> dict[str, int]:
    """Rows per table of the real database, but for the sign of life."""
    async with house.database.read() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
        }


async def test_two_practise_and_the_real_house_knows_nothing_of_it(house: Running) -> None:
    real_one, real_two = await house.screen("agent1"), await house.screen("agent2")
    await house.application.call_log.caught_up()
    before = await contents(house)
    real_state = real_one.state["me"]
    one, two = Practising(house, real_one), Practising(house, real_two)
    await asyncio.gather(one.enter(), two.enter())
    assert one.session["simulated"]
    assert one.session["gateway_url"].endswith("/gateway/practice")
    assert one.session["user"]["name"] == "Agent1"
    assert {one.session["user"]["extension"], two.session["user"]["extension"]} == {"2001", "2002"}

    mine = await one.is_called()
    assert mine["caller"]["match"] == "exact"
    assert mine["caller"]["card"]["note"].startswith("Practice: ")
    assert [ticket["subject"] for ticket in mine["caller"]["card"]["tickets"]]
    assert two.desk.calls == []  # it is their own customer who calls
    theirs = await two.is_called()
    assert theirs["caller"]["number"] != mine["caller"]["number"]
    assert await one.ask("POST", "/practice/call") == (
        409,
        {
            "error": {
                "code": "practice_busy",
                "message": "Finish the call that you have first.",
                "fields": {},
            }
        },
    )

    # Answered, held, consulted, noted, handed over, wrapped up.
    call = mine["id"]
    await one.order("phone.answer", call_id=call)
    await one.desk.shows("on_call")
    await one.order("phone.hold", call_id=call)
    await one.desk.until(lambda: one.desk.calls[0]["state"] == "held")
    await one.order("phone.resume", call_id=call)
    await one.desk.until(lambda: one.desk.calls[0]["state"] == "active")
    await one.order("call.note", call_id=call, note="Promised Friday")
    await one.order("phone.record", call_id=call, on=True)
    await one.desk.until(lambda: one.desk.calls[0]["recording"] == "on")
    await one.order("phone.consult", call_id=call, target="1101")
    await one.desk.until(lambda: any(each["consult_of"] == call for each in one.desk.calls))
    consulted = next(each for each in one.desk.calls if each["consult_of"] == call)
    assert consulted["caller"]["name"] == "陈晨 Chen Chen"
    await one.desk.until(
        lambda: any(each["consult_of"] and each["answered_at"] for each in one.desk.calls), 10
    )
    await one.order("phone.complete", call_id=call)
    await one.desk.shows("wrap_up")
    await one.order("agent.finish_wrap_up")

    await two.order("phone.answer", call_id=theirs["id"])
    await two.desk.shows("on_call")
    await two.order("phone.transfer", call_id=theirs["id"], target="1102")
    await two.desk.shows("wrap_up")

    status, told = await two.ask("GET", "/calls")
    assert status == 200
    assert {row["id"] for row in told["items"]} == {call, theirs["id"]}
    assert (await real_two.get("/calls"))["items"] == []
    assert (await real_two.get("/customers?q=Anna"))["items"] == []
    await house.application.call_log.caught_up()
    assert await contents(house) == before
    assert real_one.state["me"] == real_state
    assert real_one.calls == real_two.calls == []


async def test_the_room_is_entered_by_who_is_signed_in_next_door(house: Running) -> None:
    real = await house.screen("agent1")
    assert (await ask(real, "GET", f"{ROOM}/session"))[0] == 404  # it is not open
    one = await Practising(house, real).enter()
    async with aiohttp.ClientSession(house.url) as stranger:
        async with stranger.get(f"{ROOM}/session") as answer:
            assert (await answer.json())["user"] is None
        async with stranger.get(f"{ROOM}/calls") as answer:
            assert answer.status == 401
        async with stranger.post("/api/v1/practice") as answer:
            assert answer.status == 401
        foreign = {"Origin": "https://evil.example"}
        async with real.http.post(f"{ROOM}/practice/call", headers=foreign) as answer:
            assert answer.status == 403
        async with stranger.get("/practice/") as answer:  # the same page, which asks who it is
            assert answer.content_type == "text/html"
        async with stranger.get("/practice/api/v1/nothing") as answer:
            assert answer.status == 404
    with pytest.raises(InvalidStatus) as refused:
        await connect(one.session["gateway_url"], origin=Origin(house.url))
    assert refused.value.response.status_code == 401
    password = {"login": "seat1", "password": ""}
    assert (await one.ask("POST", "/session", password))[0] == 405  # nobody signs in here
    assert (await ask(real, "POST", "/api/v1/practice/call"))[1]["error"][
        "code"
    ] == "not_practising"


async def test_what_is_set_in_the_room_stays_there(house: Running) -> None:
    real = await house.screen("agent1")
    one = await Practising(house, real).enter()
    status, told = await one.ask("PATCH", "/session/prefs", {"theme": "dark", "toured": True})
    assert (status, told["user"]["theme"], told["user"]["prefs"]["toured"]) == (200, "dark", True)
    assert (await one.ask("GET", "/session"))[1]["user"]["theme"] == "dark"
    user = (await real.get("/session"))["user"]
    assert (user["theme"], user["prefs"]["toured"]) == ("", False)


async def test_leaving_the_room_signs_nobody_out(house: Running) -> None:
    real = await house.screen("agent1")
    one = await Practising(house, real).enter()
    assert (await one.ask("DELETE", "/session"))[0] == 204
    assert await closed(one.desk) == 4401
    assert (await real.get("/session"))["user"]["login"] == "agent1"
    await Practising(house, real).enter()


async def test_who_signs_out_next_door_leaves_the_room(house: Running) -> None:
    real = await house.screen("agent1")
    one = await Practising(house, real).enter()
    assert (await ask(real, "DELETE", "/api/v1/session"))[0] == 204
    assert await closed(one.desk) == 4401


async def test_the_room_closes_and_opens_again(house: Running) -> None:
    real = await house.screen("agent1")
    one = await Practising(house, real).enter()
    await one.is_called()
    await room(house).close()
    assert await closed(one.desk) == 1001
    assert not room(house).is_open
    assert (await one.ask("GET", "/session"))[1]["error"]["code"] == "practice_over"
    again = await Practising(house, real).enter()
    assert (await again.is_called())["caller"]["match"] == "exact"


async def test_it_closes_when_nothing_happens_in_it(house: Running) -> None:
    real, clock = await house.screen("agent1"), FakeClock()
    application = house.application
    assert isinstance(application.auth, Auth)
    idle = PracticeRoom(application.settings, application.auth, clock, Application)
    session = await session_of(house, real)
    assert await idle.open(session) == "/practice/"
    clock.advance(29 * 60)
    idle.inside().feed.publish(None, "changed", {})  # something happens on a desk
    clock.advance(29 * 60)
    assert idle.inside()  # it is open; a page that only looks is nobody who practises
    clock.advance(2 * 60)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not idle.is_open
    await idle.close()  # waits for what the clock began
    with pytest.raises(NotFound):
        idle.inside()
    clock.advance(24 * 60 * 60)


async def test_nothing_is_left_of_it_on_the_disk(house: Running) -> None:
    await room(house).open(await session_of(house, await house.screen("agent1")))
    database = room(house).inside().database
    assert isinstance(database, Database)
    assert database.url != house.database.url
    folder = Path(database.url.database or "").parent
    assert folder.stat().st_mode & 0o777 == 0o700  # for nobody else's eyes
    assert (folder / "journal").is_dir()
    await room(house).close()
    assert not folder.exists()


async def test_every_seat_is_taken(house: Running) -> None:
    real = await house.screen("agent1")
    session = await session_of(house, real)
    await room(house).open(session)
    sessions = room(house).inside().auth
    assert isinstance(sessions, PracticeSessions)
    taken = set()
    for number in range(SEATS - 1):
        user = replace(session.user, id=named(f"practising/{number}"))
        taken.add((await sessions.seated(replace(session, user=user))).user.extension)
    assert len(taken) == SEATS - 1
    user = replace(session.user, id=named("one more"))
    with pytest.raises(Unavailable) as caught:
        await room(house).open(replace(session, user=user))
    assert caught.value.code == "practice_full"
    assert (await sessions.seated(session)).user.extension == "2001"  # who sits, sits


async def session_of(house: Running, screen: Screen) -> Session:
    [cookie] = screen.http.cookie_jar
    return await house.application.auth.session(cookie.value, "10.0.0.7")


async def closed(screen: Screen) -> int | None:
    async with asyncio.timeout(5):
        await screen.socket.wait_closed()
    return screen.socket.close_code
