"""A call in an "always" queue of the real Asterisk: its recording is found, attached, checked,
encrypted and gone from the switch; what was paused plays as silence, the rest as it was spoken."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from callcenter.main import Application
from callcenter.settings import load
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.ids import default_id
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.spectrum import level
from tests.asterisk.voice import Voice
from tests.running import PASSWORD, Screen, add_agents, open_screen

pytestmark = pytest.mark.integration

CUSTOMER_HZ, AGENT_HZ, HEARD = 700.0, 1100.0, 0.05
RATE, HEADER = 8000, 44


@dataclass
class Kept:
    application: Application
    asterisk: AsteriskServer
    screen: Screen
    customer: Voice
    phone: Voice

    @property
    def monitor(self) -> Path:
        return self.asterisk.home / "spool/monitor"

    @property
    def store(self) -> Path:
        return self.application.settings.recordings.store

    async def recording(self) -> dict[str, Any]:
        """Once it is there, of the only call there is."""
        async with asyncio.timeout(20):
            while True:
                (call,) = (await self.screen.get("/calls"))["items"]
                found = (await self.screen.get(f"/calls/{call['id']}/recordings"))["items"]
                if found:
                    return {**found[0], "call": call}
                await asyncio.sleep(0.2)

    async def sound(self, row: dict[str, Any], begin_s: float, end_s: float) -> bytes:
        """These seconds of it, by HTTP range."""
        first, last = (HEADER + 2 * int(RATE * at) for at in (begin_s, end_s))
        headers = {"Range": f"bytes={first}-{last - 1}"}
        url = f"/api/v1/recordings/{row['id']}/sound"
        async with self.screen.http.get(url, headers=headers) as answer:
            assert answer.status == 206
            data = await answer.read()
        assert len(data) == last - first
        return data


@pytest_asyncio.fixture(loop_scope="session")
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    database = Database(url)
    await database.migrate()
    await add_agents(database, 1)
    async with database.begin() as connection:
        desk = {"extension": "2001", "interface": "PJSIP/2001", "phone_kind": "desk"}
        await connection.execute(tables.user.update().values(**desk))
        support = tables.queue.c.id == default_id("queue", "support")
        await connection.execute(tables.queue.update().where(support).values(recording="always"))
    await database.close()
    async with AsyncExitStack() as stack:
        plan = plan_for_tests(browsers=())
        asterisk = await stack.enter_async_context(AsteriskServer(plan))
        monitor = asterisk.home / "spool/monitor"
        monitor.mkdir(parents=True, exist_ok=True)
        settings = {
            "DATABASE__URL": url,
            "PATHS__VAR": str(tmp_path / "var"),
            "SWITCH__PORT": str(asterisk.ami_port),
            "SWITCH__USERNAME": asterisk.ami_user,
            "SWITCH__SECRET": asterisk.ami_secret,
            "FASTAGI__PORT": str(plan.fastagi_port),
            "HTTP__PORT": "0",
            "RECORDINGS__FOLDER": str(monitor),
            "RECORDINGS__STORE": str(tmp_path / "store"),
        }
        application = Application(
            load(None, {f"CALLCENTER_{name}": value for name, value in settings.items()})
        )
        await application.start()
        stack.push_async_callback(application.stop)
        customer = await stack.enter_async_context(
            Voice.carrier(asterisk, "13800138000", CUSTOMER_HZ)
        )
        phone = await stack.enter_async_context(Voice.phone(asterisk, "2001", AGENT_HZ))
        url = f"http://127.0.0.1:{application.web.port}"
        screen = await open_screen(url, "agent1", PASSWORD)
        stack.push_async_callback(screen.stop)
        await screen.until(lambda: screen.state["switch"]["connected"], 15)
        yield Kept(application, asterisk, screen, customer, phone)


def heard(data: bytes) -> set[float]:
    samples = np.frombuffer(data, np.int16) / 32768
    return {hz for hz in (CUSTOMER_HZ, AGENT_HZ) if level(samples, RATE, hz) > HEARD}


async def test_recorded_paused_kept_and_played(kept: Kept) -> None:
    screen = kept.screen
    assert (await screen.order("agent.ready"))["ok"]
    theirs = kept.customer.call("4008001234")
    await kept.phone.pick_up()
    await screen.until(lambda: bool(screen.calls) and screen.calls[0]["recording"] == "on", 10)
    call_id = screen.calls[0]["id"]
    for on, shown in ((False, "paused"), (True, "on")):
        await asyncio.sleep(2)
        assert (await screen.order("phone.record", call_id=call_id, on=on))["ok"]
        await screen.until(lambda want=shown: screen.calls[0]["recording"] == want)  # type: ignore[misc]  # bound now
    await asyncio.sleep(2)
    plain = list(kept.monitor.glob("*/*.wav"))
    assert [path.stem for path in plain] == [call_id]
    theirs.hang_up()

    row = await kept.recording()
    assert (row["state"], row["problems"], row["call_id"]) == ("stored", [], call_id)
    assert row["seconds"] == pytest.approx(row["call"]["connected_s"], abs=1.0)
    ((begin, end),) = [(pause["from_s"], pause["to_s"]) for pause in row["pauses"]]
    assert (begin, end - begin) == (pytest.approx(2, abs=0.7), pytest.approx(2, abs=0.7))
    ((agent, from_s, to_s),) = [(p["agent"], p["from_s"], p["to_s"]) for p in row["parts"]]
    assert (agent, from_s) == ("Agent1", 0.0)
    assert to_s == pytest.approx(row["seconds"], abs=0.5)

    assert set(await kept.sound(row, begin + 0.1, end - 0.1)) == {0}
    for first, last in ((0.3, begin - 0.2), (end + 0.2, row["seconds"] - 0.3)):
        assert heard(await kept.sound(row, first, last)) == {CUSTOMER_HZ, AGENT_HZ}

    async with screen.http.get(f"/api/v1/recordings/{row['id']}/sound") as answer:
        whole = await answer.read()
    with wave.open(io.BytesIO(whole)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        assert file.getnframes() / RATE == pytest.approx(row["seconds"], abs=0.01)
    (sealed,) = [path for path in kept.store.rglob("*") if path.is_file()]
    assert b"RIFF" not in sealed.read_bytes()
    assert [path for path in plain if path.exists()] == []
    assert kept.application.recording_keeper.health().problems == 0
    assert kept.application.alarms.current() == ()
