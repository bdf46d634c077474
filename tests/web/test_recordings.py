"""Recordings over REST: who may hear what, any part of it, written down; deleted with proof."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
import pytest_asyncio

from callcenter.store import tables
from callcenter.store.database import Database
from tests.databases import Templates
from tests.services.voice_house import VoiceHouse, sound
from tests.web.house import House

DATA = sound(20, (5, 9))
API = "/api/v1"


class Listening:
    """A call of the agent `agent`, with a recording, and a browser for each role."""

    def __init__(self, web: House, voice: VoiceHouse) -> None:
        self.web = web
        self.voice = voice

    async def begin(self) -> None:
        self.call_id = await self.voice.call(20)
        self.voice.lay(self.call_id, DATA)
        self.voice.keeper.start()
        await self.voice.settles()
        self.row = await self.voice.row()
        self.url = f"{API}/recordings/{self.row.id}"
        await self.web.add_user("boss", role="supervisor")
        await self.web.add_user("root", role="admin")
        async with self.web.database.begin() as connection:
            mine = tables.user.select().where(tables.user.c.login == "agent")
            self.agent_id: UUID = (await connection.execute(mine)).one().id
            await connection.execute(tables.call.update().values(last_agent_id=self.agent_id))
            await connection.execute(tables.call_leg.update().values(user_id=self.agent_id))
        await self.web.start()
        self.agent = await self.web.sign_in()
        self.admin = await self.web.sign_in("root")


@pytest_asyncio.fixture(loop_scope="session")
async def listening(database_templates: Templates, tmp_path: Path) -> AsyncIterator[Listening]:
    file = tmp_path / "web.db"
    shutil.copyfile(await database_templates.sqlite(), file)
    database = Database(f"sqlite:///{file}")
    web, voice = House(database, tmp_path / "dist"), VoiceHouse(database, tmp_path)
    await web.add_user("agent", extension="1001")
    web.replace(library=voice.library)
    made = Listening(web, voice)
    await made.begin()
    yield made
    await voice.keeper.stop()
    await web.stop()
    await database.close()


async def test_a_call_says_which_there_are(listening: Listening) -> None:
    path = f"{API}/calls/{listening.call_id}/recordings"
    async with listening.agent.get(path) as answer:
        (row,) = (await answer.json())["items"]
    assert (row["id"], row["state"], row["seconds"]) == (str(listening.row.id), "stored", 20.0)
    assert (row["playable"], row["may_delete"], row["problems"]) == (True, False, [])
    assert row["pauses"] == [{"from_s": 5.0, "to_s": 9.0}]
    assert [(part["agent"], part["from_s"], part["to_s"]) for part in row["parts"]] == [
        ("Agent", 0.0, 20.0)
    ]
    async with listening.admin.get(path) as answer:
        assert (await answer.json())["items"][0]["may_delete"] is True
    async with listening.agent.get(f"{API}/calls/{uuid4()}/recordings") as answer:
        assert answer.status == 404


async def test_the_whole_sound(listening: Listening) -> None:
    async with listening.agent.get(f"{listening.url}/sound") as answer:
        assert await answer.read() == DATA
        assert answer.status == 200
        assert answer.content_type == "audio/wav"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Length"] == str(len(DATA))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def part(
    listening: Listening, asked: str, **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    given = {"Range": asked, "Accept-Encoding": "identity"} | headers
    async with listening.agent.get(f"{listening.url}/sound", headers=given) as answer:
        return answer, await answer.read()


async def test_a_part_of_it(listening: Listening) -> None:
    size = len(DATA)
    for asked, begin, end in (
        ("bytes=0-", 0, size),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=-100", size - 100, size),
        (f"bytes={44 + 16000 * 5 + 320}-{44 + 16000 * 9 - 1}", 44 + 80320, 44 + 144000),
    ):
        answer, data = await part(listening, asked)
        assert answer.status == 206
        assert data == DATA[begin:end]
        assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
    assert set(data) == {0}  # the last one was the pause


async def test_a_part_that_is_not_there_and_one_of_another_file(listening: Listening) -> None:
    answer, _ = await part(listening, f"bytes={len(DATA)}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(DATA)}")
    tag = answer.headers["ETag"]
    for known, status in ((tag, 206), ('"x"', 200)):
        answer, _ = await part(listening, "bytes=1-2", **{"If-Range": known})
        assert answer.status == status


async def test_its_length_alone(listening: Listening) -> None:
    async with listening.agent.head(f"{listening.url}/sound") as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(DATA)))
        assert await answer.read() == b""
    assert await listening.voice.audits("recording.played") == []


async def test_the_waveform(listening: Listening) -> None:
    async with listening.agent.get(f"{listening.url}/peaks") as answer:
        assert await answer.read() == listening.row.peaks
        assert answer.content_type == "application/octet-stream"
    assert await listening.voice.audits("recording.played") == []


async def test_that_somebody_listens_is_written_down_once(listening: Listening) -> None:
    for asked in ("bytes=0-9", "bytes=10-19", "bytes=20-"):
        await part(listening, asked)
    (entry,) = await listening.voice.audits("recording.played")
    assert (entry.actor_id, entry.object_id) == (listening.agent_id, str(listening.row.id))
    assert entry.after == {"call_id": str(listening.call_id)}
    listening.voice.clock.advance(601)
    await part(listening, "bytes=0-9")
    async with listening.admin.get(f"{listening.url}/sound") as answer:
        await answer.read()
    assert len(await listening.voice.audits("recording.played")) == 3


async def test_only_for_whom_it_is(listening: Listening) -> None:
    """Another agent, a supervisor of no team, and nobody at all."""
    await listening.web.add_user("other", extension="1002")
    for login in ("other", "boss"):
        session = await listening.web.sign_in(login)
        for path in ("sound", "peaks"):
            async with session.get(f"{listening.url}/{path}") as answer:
                assert answer.status == 404
                assert (await answer.json())["error"]["code"] == "no_such_recording"
        async with session.get(f"{API}/calls/{listening.call_id}/recordings") as answer:
            assert (await answer.json())["items"] == []
        async with session.delete(listening.url, json={"reason": "x"}) as answer:
            assert answer.status == 404
    async with listening.web.visitor().get(f"{listening.url}/sound") as answer:
        assert answer.status == 401
    assert await listening.voice.audits("recording.played") == []


async def test_deleting_leaves_a_proof_and_no_sound(listening: Listening) -> None:
    why = {"reason": "The customer asked for it"}
    async with listening.agent.delete(listening.url, json=why) as answer:
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "recording_delete"
    async with listening.admin.delete(listening.url, json={"reason": " "}) as answer:
        assert answer.status == 400
    for _ in range(2):  # again is the same
        async with listening.admin.delete(listening.url, json=why) as answer:
            assert answer.status == 200
            told = await answer.json()
    assert (told["state"], told["playable"], told["deleted_by"]) == ("deleted", False, "Root")
    row = await listening.voice.row()
    assert (row.key, row.peaks, row.path) == (None, None, "")
    assert row.sha256 == listening.row.sha256
    assert listening.voice.sealed() == []
    (entry,) = await listening.voice.audits("recording.deleted")
    assert entry.after["reason"] == why["reason"]
    proof = ("sha256", "bytes", "seconds", "file", "key_id", "call_id")
    assert {name: entry.before[name] for name in proof} == {
        name: str(value) if isinstance(value := getattr(listening.row, name), UUID) else value
        for name in proof
    }
    for path in ("sound", "peaks"):
        async with listening.admin.get(f"{listening.url}/{path}") as answer:
            assert answer.status == 404
            assert (await answer.json())["error"]["code"] == "recording_gone"


async def test_what_was_deleted_is_not_taken_in_again(listening: Listening) -> None:
    async with listening.admin.delete(listening.url, json={"reason": "x"}) as answer:
        assert answer.status == 200
    plain = listening.voice.lay(listening.call_id, DATA)
    await listening.voice.passes(300)
    assert (await listening.voice.row()).state == "deleted"
    assert not plain.exists()
    assert listening.voice.sealed() == []


async def test_what_was_tampered_with_is_not_played(listening: Listening) -> None:
    (path,) = listening.voice.sealed()
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    async with listening.agent.get(f"{listening.url}/sound") as answer:
        assert answer.status == 503
        assert (await answer.json())["error"]["code"] == "recording_unreadable"
    raw[-1] ^= 1
    raw[100] ^= 1  # the first chunk: found when it is read
    path.write_bytes(raw)
    try:
        async with listening.agent.get(f"{listening.url}/sound") as answer:
            got = await answer.read()
    except aiohttp.ClientError:
        got = b""
    assert got == b""
