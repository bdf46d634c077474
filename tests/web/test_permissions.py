"""Who may do what to whose record, over HTTP and the gateway, on the real services.

One row per request and object; the letters are the roles that are let through with a record of
their own, of somebody beneath the supervisor, and of somebody elsewhere:
A agent, S supervisor, D admin, O one who may work on their own only, N one whose role allows
nothing, V a visitor who is not signed in. Everybody else is refused, and nothing has changed then.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest_asyncio
from sqlalchemy import select

from callcenter.domain.names import name_key
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id, new_id
from callcenter.store.vault import Sealed, new_key, seal
from callcenter.web.http import ROUTES
from tests import people
from tests.people import NOW
from tests.running import PASSWORD, Running, Screen, add_agents, running

KINDS = ("customer", "call", "ticket", "callback", "task", "recording")
RECORDS = (*KINDS, *(f"my {kind}" for kind in KINDS))
Records = dict[str, UUID]
ROLES = {
    "A": "agent",
    "S": "supervisor",
    "D": "admin",
    "O": "own_only",
    "N": "nobody",
}
OWN = {"read": "own", "create": "own", "update": "own"}
PERMISSIONS = {"own_only": dict.fromkeys(KINDS, OWN), "nobody": {}}
SECRET = "nobody's business"


@dataclass(frozen=True)
class Row:
    """`body` names records: "call", "customer", "ticket" are the record in question (or belong to
    its owner), "my call" … those of who asks. `listed`: let through means standing in the list."""

    request: str
    own: str
    beneath: str = ""
    elsewhere: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    listed: str = ""
    who: str = ""  # what differs from another row of this request


NOTE, VERSION = {"note": "x"}, {"version": 1}
TICKET = {"subject": "x"}
CALLBACK = {"number": "13700137000", "due_at": f"{datetime.now(UTC) + timedelta(days=1)}"}
TABLE = [
    Row("GET /session", "ASDONV"),
    Row("PATCH /session/prefs", "ASDON", body={"theme": "dark"}),
    Row("GET /phone", "ASDON"),
    Row("GET /calls", "ASDO", "ASD", "ASD", listed="call"),
    Row("GET /calls/{call}", "ASDO", "ASD", "ASD"),
    Row("PATCH /calls/{call}", "ASDO", "SD", "D", NOTE | VERSION),
    Row("PATCH /calls/{my call}", "ASDO", "ASD", "ASD", {"party_id": "customer"} | VERSION,
        who="the customer"),
    Row("PATCH /calls/{my call}", "ASDO", "ASD", "ASD",
        {"party_id": "my customer", "ticket_id": "ticket"} | VERSION, who="the ticket"),
    Row("POST /calls/{call}/wrap-up", "ASDO", "SD", "D", NOTE),
    Row("GET /calls/missed", "ASDON"),
    Row("POST /calls/missed/clear", "ASDON", body={"until": None}),
    Row("GET /customers?q={customer}", "ASDO", "ASD", "ASD", listed="customer"),
    Row("POST /customers", "ASDO", body={"name": "New", "number": "13700137000"}),
    Row("GET /customers/{customer}", "ASDO", "ASD", "ASD"),
    Row("GET /customers/{customer}/timeline", "ASDO", "ASD", "ASD"),
    Row("POST /customers/{customer}/notes", "ASDO", "ASD", "ASD", {"body": "x"}),
    Row("GET /tickets?party_id={customer}", "ASDO", "ASD", "ASD"),
    Row("GET /tickets?party_id={my customer}", "ASDO", "ASD", "ASD", listed="ticket"),
    Row("POST /tickets", "ASDO", "ASD", "ASD", TICKET | {"party_id": "customer"},
        who="the customer"),
    Row("POST /tickets", "ASDO", "SD", "D", TICKET | {"party_id": "my customer", "call_id": "call"},
        who="the call"),
    Row("GET /tickets/{ticket}", "ASDO", "ASD", "ASD"),
    Row("PATCH /tickets/{ticket}", "ASDO", "ASD", "ASD", {"priority": 1} | VERSION),
    Row("POST /tickets/{ticket}/notes", "ASDO", "ASD", "ASD", {"body": "x"}),
    Row("POST /tickets/{my ticket}/notes", "ASDO", "ASD", "ASD", {"body": "x", "call_id": "call"},
        who="the call"),
    Row("GET /callbacks", "ASDO", "ASD", "ASD", listed="callback"),
    Row("POST /callbacks", "ASDO", "ASD", "ASD", CALLBACK | {"party_id": "customer"},
        who="the customer"),
    Row("POST /callbacks", "ASDO", "ASD", "ASD", CALLBACK | {"call_id": "call"}, who="the call"),
    Row("POST /callbacks", "ASDO", "ASD", "ASD", CALLBACK | {"ticket_id": "ticket"},
        who="the ticket"),
    Row("PATCH /callbacks/{callback}", "ASDO", "ASD", "ASD", {"owner": "me"} | VERSION),
    Row("GET /tasks", "ASDO", "ASD", "ASD", listed="task"),
    Row("POST /tasks", "ASDO", "ASD", "ASD", {"body": "x", "party_id": "customer"},
        who="the customer"),
    Row("POST /tasks", "ASDO", "ASD", "ASD", {"body": "x", "call_id": "call"}, who="the call"),
    Row("POST /tasks", "ASDO", "ASD", "ASD", {"body": "x", "ticket_id": "ticket"},
        who="the ticket"),
    Row("PATCH /tasks/{task}", "ASDO", "ASD", "ASD", {"done": True}),
    Row("GET /calls/{call}/recordings", "ASDO", "SD", "D", listed="recording"),
    Row("GET /recordings/{recording}/sound", "ASDO", "SD", "D"),
    Row("HEAD /recordings/{recording}/sound", "ASDO", "SD", "D"),
    Row("GET /recordings/{recording}/peaks", "ASDO", "SD", "D"),
    Row("DELETE /recordings/{recording}", "D", "D", "D", {"reason": "x"}),
    Row("GET /health/detail", "D"),
    Row("GET /reconciliations", "D"),
    Row("GET /reconciliations/{call}/differences", ""),  # no comparison; see its own test
    Row("GET /desk", "ASDON"),
    Row("GET /me/today", "ASDON"),
    Row("GET /articles", "ASDON"),
    Row("POST /practice", "ASDON"),
    Row("POST /practice/call", ""),  # in the practice room only, for who sits there
    Row("ORDER call.note", "ASDO", "SD", "D", {"call_id": "call"} | NOTE),
    Row("ORDER call.choose_customer", "ASDO", "SD", "D",
        {"call_id": "call", "party_id": "my customer"}, who="the call"),
    Row("ORDER call.choose_customer", "ASDO", "ASD", "ASD",
        {"call_id": "my call", "party_id": "customer"}, who="the customer"),
    Row("ORDER phone.hangup", "", body={"call_id": "call"}),  # it is in the log, on no desk
    Row("DELETE /session", "ASDON"),  # from here on all are visitors
    Row("POST /session", "ASDONV", body={"login": "agent1", "password": PASSWORD}),
]  # fmt: skip


def _customer(id_: UUID, owner_id: UUID | None) -> dict[str, Any]:
    """Its name is its id, so that a search finds it among all others."""
    name = {"name": str(id_), "name_key": name_key(str(id_))}
    at = {"created_at": NOW, "updated_at": NOW, "tier_id": default_id("tier", "standard")}
    return {"id": id_, "kind": "person", "owner_id": owner_id} | name | at


def _call(id_: UUID, agent_id: UUID | None, number: int) -> dict[str, Any]:
    """The newest of all, so that it is on the list's first page."""
    at = {"started_at": NOW + timedelta(seconds=number), "last_agent_id": agent_id}
    fixed = {"pbx": "pbx1", "direction": "inbound", "result": "answered"}
    return {"id": id_, "uniqueid": str(id_)} | at | fixed


def _ticket(id_: UUID, owner_id: UUID | None, number: int, party_id: UUID) -> dict[str, Any]:
    fixed = {"subject": "x", "domain": "support", "created_at": NOW, "updated_at": NOW}
    return {"id": id_, "number": number, "owner_id": owner_id, "party_id": party_id} | fixed


def _callback(id_: UUID, owner_id: UUID | None, number: int) -> dict[str, Any]:
    """The first due of all, so that it is on the list's first page."""
    at = {"due_at": NOW - timedelta(seconds=number), "created_at": NOW, "updated_at": NOW}
    return {"id": id_, "owner_id": owner_id, "number": "95588", "custom": {}} | at


def _task(id_: UUID, assignee_id: UUID | None, number: int) -> dict[str, Any]:
    at = {"at": NOW, "due_at": NOW - timedelta(seconds=number)}
    return {"id": id_, "kind": "task", "assignee_id": assignee_id, "author_id": assignee_id} | at


def _leg(call: dict[str, Any]) -> dict[str, Any]:
    """Its last agent's, who talked in it."""
    of = {"id": new_id(), "call_id": call["id"], "user_id": call["last_agent_id"]}
    fixed = {"pbx": "pbx1", "interface": "PJSIP/1", "role": "agent", "result": "answered"}
    at = {"started_at": NOW, "answered_at": NOW, "ended_at": NOW}
    return {"uniqueid": call["uniqueid"]} | of | fixed | at


@dataclass
class Office:
    """`users`: by role's letter, and "beneath" and "elsewhere"."""

    house: Running
    users: dict[str, UUID]
    browsers: dict[str, aiohttp.ClientSession]
    screens: dict[str, Screen]
    _number: int = 100_000
    _key: bytes = field(default_factory=new_key)
    _sealed: Sealed | None = None

    async def records(self, askers: Iterable[str], whose: str) -> dict[str, Records]:
        """Fresh ones for each asker: of `whose` ("own" …), and the asker's own beside them.

        Every ticket is on the asker's customer, so that nothing but its owner may refuse it.
        """
        tables_of = (
            "party", "call", "ticket", "callback", "activity", "call_leg", "recording",
        )  # fmt: skip
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in tables_of}
        made = {}
        for asker in askers:
            me = self.users.get(asker)
            made[asker] = ids = {name: new_id() for name in RECORDS}
            for mine, owner in (("", me if whose == "own" else self.users[whose]), ("my ", me)):
                self._number += 1
                customer, party_id = ids[f"{mine}customer"], ids["my customer"]
                rows["party"].append(_customer(customer, owner))
                rows["call"].append(_call(ids[f"{mine}call"], owner, self._number))
                rows["ticket"].append(_ticket(ids[f"{mine}ticket"], owner, self._number, party_id))
                rows["callback"].append(_callback(ids[f"{mine}callback"], owner, self._number))
                rows["activity"].append(_task(ids[f"{mine}task"], owner, self._number))
                rows["call_leg"].append(_leg(rows["call"][-1]))
                recording = ids[f"{mine}recording"]
                rows["recording"].append(self._recording(recording, ids[f"{mine}call"]))
        async with self.house.database.begin() as connection:
            for table, values in rows.items():
                await connection.execute(tables.metadata.tables[table].insert(), values)
        return made

    def _recording(self, id_: UUID, call_id: UUID) -> dict[str, Any]:
        """With a sound in the store, as it has one that was taken in: a copy of the same for all,
        because sealing waits for the disk."""
        application = self.house.application
        keys, store = application.master_keys(), application.settings.recordings.store
        if self._sealed is None:
            self._sealed = seal(BytesIO(b"RIFF" + bytes(100)), store / "one.bin", self._key)
        sealed, path = self._sealed, f"{id_}.bin"
        shutil.copyfile(store / "one.bin", store / path)
        key_id, wrapped = keys.wrap(id_, self._key)
        sound = {"path": path, "key": wrapped, "key_id": key_id, "peaks": b"\0", "seconds": 1.0}
        of = {"id": id_, "call_id": call_id, "pbx": "pbx1", "file": path, "sha256": sealed.sha256}
        return of | sound | {"state": "stored", "began_at": NOW, "created_at": NOW}

    async def ask(self, row: Row, asker: str, records: Records) -> bool:
        """Whether it was let through; a refusal must be a proper one."""
        named = {name: str(id_) for name, id_ in records.items()}
        body = {key: named.get(str(value), value) for key, value in row.body.items()}
        method, path = row.request.split(maxsplit=1)
        for name, id_ in named.items():
            path = path.replace(f"{{{name}}}", id_)
        if method == "ORDER":
            result = await self.screens[asker].order(path, **body)
            return bool(result["ok"])
        browser, sent = self.browsers[asker], body or None
        async with browser.request(method, f"/api/v1{path}", json=sent) as answer:
            is_json = answer.content_type == "application/json" and method != "HEAD"
            told = await answer.json() if is_json and answer.content_length else {}
            if answer.status < 400:
                ids = [item["id"] for item in told.get("items", ())]
                return not row.listed or named[row.listed] in ids
            links_another = "call_id" in body or "party_id" in body or "ticket_id" in body
            refusals = {401} if asker == "V" else {403, 404, 400} if links_another else {403, 404}
            assert answer.status in refusals, told
            assert method == "HEAD" or told["error"]["message"]
        return False

    async def is_untouched(self, records: Records) -> bool:
        async with self.house.database.read() as connection:
            task = tables.activity.c.id == records["task"]
            if await connection.scalar(select(tables.activity.c.done_at).where(task)):
                return False
            sound = select(tables.recording.c.key).where(
                tables.recording.c.id == records["recording"]
            )
            if await connection.scalar(sound) is None:
                return False
            for table in (tables.call, tables.ticket, tables.callback):
                ours = table.c.id.in_(records.values())
                query = select(table.c.version).where(ours).distinct()
                if (await connection.execute(query)).scalars().all() != [1]:
                    return False
        return True


@pytest_asyncio.fixture(loop_scope="session")
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    teams = {path: await people.add_team(database, path) for path in ("/1/", "/1/2/", "/9/")}
    async with database.begin() as connection:
        await connection.execute(
            tables.role.insert(),
            [
                {"id": default_id("role", name), "name": name, "permissions": permissions}
                for name, permissions in PERMISSIONS.items()
            ],
        )
    users = {}
    for number, (letter, role) in enumerate(ROLES.items(), start=1):
        team = teams["/1/" if letter == "S" else "/1/2/"]
        users[letter] = await people.add_user(
            database, role, role=role, team_id=team, extension=f"200{number}"
        )
    users["beneath"] = await people.add_user(database, "beneath", team_id=teams["/1/2/"])
    users["elsewhere"] = await people.add_user(database, "elsewhere", team_id=teams["/9/"])
    await add_agents(database, 1)
    url = database.url.render_as_string(hide_password=False)
    async with running(tmp_path, url) as house, AsyncExitStack() as stack:
        screens = {letter: await house.screen(role) for letter, role in ROLES.items()}
        visitor = aiohttp.ClientSession(house.url)
        await stack.enter_async_context(visitor)
        browsers = {letter: screen.http for letter, screen in screens.items()} | {"V": visitor}
        yield Office(house, users, browsers, screens)


async def test_who_is_let_through(office: Office) -> None:
    wrong = []
    for row in TABLE:
        asked = [("own", row.own), ("beneath", row.beneath), ("elsewhere", row.elsewhere)]
        for whose, letters in asked if row.beneath else asked[:1]:
            askers = office.screens if row.request.startswith("ORDER") else office.browsers
            for asker, records in (await office.records(askers, whose)).items():
                through = await office.ask(row, asker, records)
                if through is not (asker in letters):
                    outcome = "let through" if through else "refused"
                    wrong.append((row.request, row.who, whose, asker, outcome))
                elif not through and not await office.is_untouched(records):
                    wrong.append((row.request, row.who, whose, asker, "changed though refused"))
    assert wrong == []


async def test_a_customer_is_shown_without_what_is_not_for_these_eyes(office: Office) -> None:
    database = office.house.database
    me, other = office.users["O"], office.users["elsewhere"]
    customer = await people.add_customer(database, "Customer", owner_id=me)
    await people.add_call(database, customer, 1, other, note=SECRET)
    await people.add_ticket(database, customer, 7, owner_id=other, subject=SECRET)
    for letter, sees in (("O", False), ("A", True)):
        async with office.browsers[letter].get(f"/api/v1/customers/{customer}") as answer:
            assert answer.status == 200
            assert (SECRET in await answer.text()) is sees


def test_every_route_stands_in_the_table() -> None:
    def of(request: str) -> tuple[str, str]:
        method, path = request.split(maxsplit=1)
        path = path.partition("?")[0]
        for name in KINDS:
            path = path.replace(f"{{my {name}}}", "{id}").replace(f"{{{name}}}", "{id}")
        return method, path

    assert {of(row.request) for row in TABLE if not row.request.startswith("ORDER")} == {
        (route.method, route.path) for route in ROUTES
    }
