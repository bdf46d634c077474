"""The real Asterisk writes its CEL into a file, SQLite and PostgreSQL at once; calls are rebuilt.

Its configuration is what `callcenter pbx config` writes; only the database's address is another.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from telephony.calls import Topology
from telephony.events import CallLog, CallResult, LegResult, VisitOutcome
from telephony.history.queue_log import QueueLog
from telephony.history.rebuild import rebuild
from telephony.history.rows import HistorySource
from telephony.history.source import make_source
from telephony.pbx.check_records import readable
from telephony.pbx.config import TEMPLATES
from telephony.pbx.findings import State
from telephony.ports import free_tcp_port
from tests.asterisk.scenario import answer, await_bye, bye, pause, ring
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.sipp import Carrier, Phone
from tests.databases import PostgresServer

pytestmark = pytest.mark.integration

MODULES = "\nload = cel_sqlite3_custom.so\nload = cel_pgsql.so\n"
TOLERANCE_S = 0.3  # sipp's own timers


class NetworkedPostgres(PostgresServer):
    """Asterisk lives in a root of its own, and sees no socket outside: it comes by TCP."""

    port = 0

    def come_back(self) -> None:
        self.port = free_tcp_port()
        options = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "-l", str(self.folder / "log"), "-o", options)

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


class RecordingSwitch(AsteriskServer):
    """With all three backends of CEL, from the snippets."""

    postgres_port = 0

    def _write(self) -> None:
        super()._write()
        etc = self.home / "etc"
        snippet = (etc / "snippets/cel_pgsql.conf").read_text()
        for key, value in {
            "port": str(self.postgres_port),
            "dbname": "postgres",
            "user": "postgres",
        }.items():
            snippet = re.sub(rf"^{key} = .*$", f"{key} = {value}", snippet, flags=re.MULTILINE)
        (etc / "cel_pgsql.conf").write_text(snippet)
        (etc / "cel_sqlite3_custom.conf").write_text(
            '#include "snippets/cel_sqlite3_custom.conf"\n'
        )

    @property
    def sqlite_path(self) -> Path:
        return self.home / "log/master.db"

    @property
    def queue_log_path(self) -> Path:
        return self.home / "log/queue_log"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def postgres() -> AsyncIterator[NetworkedPostgres]:
    server = NetworkedPostgres()
    await asyncio.to_thread(server.start)
    conf = (TEMPLATES / "cel_pgsql.conf").read_text()
    statements = "\n".join(
        line.removeprefix(";") for line in conf.splitlines() if line.startswith(";   ")
    )
    connection = await asyncpg.connect(server.address)
    await connection.execute(statements)
    await connection.close()
    yield server
    await asyncio.to_thread(server.stop)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def asterisk(postgres: NetworkedPostgres) -> AsyncIterator[RecordingSwitch]:
    """After two calls: one is answered after a second of ringing, the other is abandoned."""
    server = RecordingSwitch(plan_for_tests(browsers=()), extra={"modules.conf": MODULES})
    server.postgres_port = postgres.port
    async with server:
        await play(server)
        await asyncio.sleep(1.0)  # CEL is written behind the call
        yield server


async def play(server: RecordingSwitch) -> None:
    async with server.observe() as probe, Carrier(server) as carrier:
        steps = [ring(), pause(1), answer(), await_bye()]
        async with Phone(server, "2001", steps):
            await probe.ask(
                "QueueAdd",
                ("Queue", "support"),
                ("Interface", "PJSIP/2001"),
                ("MemberName", "Agent 2001"),
            )
            answered = await carrier.call("13800138000", "王伟", [pause(4), bye()])
            await answered.wait()
        await probe.ask("QueueRemove", ("Queue", "support"), ("Interface", "PJSIP/2001"))
        abandoned = await carrier.call("13900139000", "Li Na", [pause(2), bye()])
        await abandoned.wait()


def source_of(kind: str, asterisk: RecordingSwitch, postgres: NetworkedPostgres) -> HistorySource:
    path = {"csv": asterisk.cel_path, "sqlite": asterisk.sqlite_path}.get(kind, "")
    source = make_source(kind, path=str(path), url=postgres.address)
    assert source is not None
    return source


async def logs_from(source: HistorySource) -> Sequence[CallLog]:
    now = datetime.now(UTC)
    reading = await source.read(now - timedelta(minutes=5), now)
    assert reading.bad == ()
    rebuilt = rebuild(reading.rows, "pbx1", Topology())
    assert (rebuilt.unfinished, rebuilt.incomplete) == ([], [])
    return rebuilt.logs


@pytest.mark.parametrize("kind", ["csv", "sqlite", "pgsql"])
async def test_two_calls_are_rebuilt(
    kind: str, asterisk: RecordingSwitch, postgres: NetworkedPostgres
) -> None:
    answered, abandoned = await logs_from(source_of(kind, asterisk, postgres))
    assert answered.result is CallResult.ANSWERED
    assert (answered.caller, answered.caller_name) == ("13800138000", "王伟")
    assert [visit.outcome for visit in answered.visits] == [VisitOutcome.ANSWERED]
    customer, agent = answered.legs
    assert (customer.interface, agent.interface) == ("PJSIP/carrier", "PJSIP/2001")
    assert agent.ring_s == pytest.approx(1.0, abs=TOLERANCE_S)
    assert agent.talk_s == pytest.approx(3.0, abs=TOLERANCE_S + 0.5)  # Answer() waits for sound
    assert abandoned.result is CallResult.ABANDONED
    assert [visit.outcome for visit in abandoned.visits] == [VisitOutcome.ABANDONED]
    assert abandoned.wait_s == pytest.approx(2.0, abs=TOLERANCE_S + 0.5)
    assert [leg.result for leg in abandoned.legs] == [LegResult.ABANDONED]


async def test_all_three_tell_the_same(
    asterisk: RecordingSwitch, postgres: NetworkedPostgres
) -> None:
    of_file, of_sqlite, of_postgres = [
        await logs_from(source_of(kind, asterisk, postgres)) for kind in ("csv", "sqlite", "pgsql")
    ]
    assert of_file == of_sqlite == of_postgres


async def test_queue_log_agrees(asterisk: RecordingSwitch, postgres: NetworkedPostgres) -> None:
    now = datetime.now(UTC)
    reading = await QueueLog(str(asterisk.queue_log_path)).read(now - timedelta(minutes=5), now)
    assert reading.bad == ()
    logs = await logs_from(source_of("csv", asterisk, postgres))
    assert [(fact.callid, fact.outcome) for fact in reading.facts] == [
        (log.uniqueid, log.visits[0].outcome) for log in logs
    ]
    for fact, log in zip(reading.facts, logs, strict=True):
        assert fact.wait_s == pytest.approx(log.wait_s, abs=1.01)  # it counts whole seconds
        assert fact.leg_id in {"", *(leg.leg_id for leg in log.legs)}


async def test_the_check_says_that_it_can_be_read(
    asterisk: RecordingSwitch, postgres: NetworkedPostgres
) -> None:
    now = datetime.now(UTC)
    for kind in ("csv", "sqlite", "pgsql"):
        source = source_of(kind, asterisk, postgres)
        found = [one async for one in readable(source, str(asterisk.queue_log_path), now)]
        assert [one.state for one in found] == [State.OK, State.OK]
    nowhere = make_source("csv", path="/nowhere/callcenter.csv")
    (wrong,) = [one async for one in readable(nowhere, "", now)]
    assert wrong.state is State.WRONG
    assert "/nowhere" in wrong.remedy


async def test_a_column_without_a_time_zone_is_refused(
    asterisk: RecordingSwitch, postgres: NetworkedPostgres
) -> None:
    connection = await asyncpg.connect(postgres.address)
    await connection.execute(
        "CREATE TABLE local AS SELECT *, to_timestamp(eventtime)::timestamp AS t FROM cel;"
        "ALTER TABLE local DROP eventtime; ALTER TABLE local RENAME t TO eventtime;"
        "CREATE TABLE zoned AS SELECT *, to_timestamp(eventtime) AS t FROM cel;"
        "ALTER TABLE zoned DROP eventtime; ALTER TABLE zoned RENAME t TO eventtime;"
    )
    await connection.close()
    zoned = make_source("pgsql", url=postgres.address, table="public.zoned")
    assert zoned is not None
    assert len(await logs_from(zoned)) == 2
    for table, problem in {"local": "knows no time zone", "none": "there is no table none"}.items():
        source = make_source("pgsql", url=postgres.address, table=table)
        (finding,) = [one async for one in readable(source, "", datetime.now(UTC))]
        assert problem in finding.remedy
