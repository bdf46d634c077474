"""The command line as an operator meets it."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from callcenter.cli import app
from callcenter.cli.demo import prepare
from callcenter.settings import load
from callcenter.store.demo import RECORDED
from telephony.ports import free_tcp_port
from tests.running import open_screen

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Ended:
    code: int
    out: str
    err: str


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "CALLCENTER" not in name}
    return kept | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"} | more


async def callcenter(folder: Path, *arguments: str, **environment: str) -> Ended:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", *arguments),
        cwd=folder,
        env=_environment(**environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def in_process(*arguments: str, **environment: str) -> Ended:
    """For commands that run no loop of ours: starting Python anew takes longer than they do."""
    result = CliRunner().invoke(app, arguments, env=environment)
    return Ended(result.exit_code, result.stdout, result.stderr)


@dataclass
class Demo:
    process: asyncio.subprocess.Process
    printed: str
    seconds: float

    def password(self, login: str) -> str:
        found = re.search(rf"^  {login} +(\S.*)$", self.printed, re.MULTILINE)
        assert found, self.printed
        return found[1]

    async def stop(self) -> Ended:
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Ended(self.process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def demo(folder: Path, port: int, **environment: str) -> AsyncIterator[Demo]:
    """A running demo: everything it printed until it said how to stop it."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", "demo"),
        cwd=folder,
        env=_environment(HTTP_PORT=str(port), **environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            printed = await _greeting(process)
        yield Demo(process, printed, time.monotonic() - began)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _greeting(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    try:
        return (await process.stdout.readuntil(b"Ctrl-C stops.")).decode()
    except asyncio.IncompleteReadError as error:
        _, told = await process.communicate()
        raise AssertionError(f"it ended: {error.partial.decode()}{told.decode()}") from error


def free_pair() -> int:
    """A port whose neighbour is free too: the one for the pages, the other for the gateway."""
    port, other = free_tcp_port(), free_tcp_port()
    while other != port + 1:
        port, other = other, free_tcp_port()
    return port


@pytest.mark.integration  # a caller comes when a caller comes
async def test_the_demo_is_ready_to_be_used_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_pair()
    async with demo(tmp_path, port) as first:
        assert f"http://127.0.0.1:{port}" in first.printed
        agent_password = first.password("agent")
        screen = await open_screen(f"http://127.0.0.1:{port}", "agent", agent_password)
        assert (await screen.order("agent.ready"))["ok"]
        call = await screen.rings(within_s=20)
        assert call["caller"]["looked_up"]
        await screen.stop()
        busy = await callcenter(tmp_path, "demo", HTTP_PORT=str(port))
        assert (busy.code, busy.out) == (1, "")
        assert re.fullmatch(rf"127.0.0.1:{port} cannot be listened on .*HTTP_PORT=.*\n", busy.err)
        twice = await callcenter(tmp_path, "demo", HTTP_PORT=str(free_pair()))
        assert twice.code == 1
        assert "in use by another process" in twice.err
        ended = await first.stop()
    assert (ended.code, ended.err) == (0, "")
    assert "Stopped" in ended.out
    with closing(sqlite3.connect(tmp_path / "var/demo/callcenter.db")) as connection:
        [taken] = connection.execute("SELECT count(*) FROM recording").fetchone()
    left = list((tmp_path / "var/demo/monitor").rglob("*.wav"))  # for the next start
    assert taken + len(left) >= RECORDED
    assert (tmp_path / "var/demo/secret.key").stat().st_mode & 0o777 == 0o600

    async with demo(tmp_path, port, CALLCENTER_DEMO_PASSWORD="chosen by me") as second:
        assert second.password("agent") == "chosen by me"
        assert second.seconds < first.seconds  # nothing is made anew
        ended = await second.stop()
    assert (ended.code, ended.err) == (0, "")


def _contents(database: Path) -> tuple[int, list[str], list[str]]:
    """The schema's version (every change of it counts), users, and everything else."""
    with closing(sqlite3.connect(database)) as connection:
        [version] = connection.execute("PRAGMA schema_version").fetchone()
        lines = list(connection.iterdump())
    users = [line for line in lines if line.startswith('INSERT INTO "user"')]
    return version, users, [line for line in lines if line not in set(users)]


async def test_a_second_start_of_the_demo_makes_nothing_anew_but_passwords(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    settings = load(None, {"CALLCENTER_DATABASE__URL": f"sqlite:///{file}"})
    console = Console(file=io.StringIO())
    first_passwords = await prepare(settings, console)
    version, users, rest = _contents(file)
    assert any("DEMO-" in line for line in rest)
    second_passwords = await prepare(settings, console)
    assert not set(first_passwords.values()) & set(second_passwords.values())
    again = _contents(file)
    assert (again[0], again[2]) == (version, rest)
    assert len(set(users) - set(again[1])) == len(second_passwords)


@pytest.mark.parametrize(
    ("text", "environment", "told"),
    [
        ("[http]\nport = 'ninety'\n", {}, "http.port = 'ninety': expected a whole number"),
        ("[switch]\nprot = 5\n", {}, "switch.prot: no such setting"),
        (
            "",
            {"CALLCENTER_DATABASE__URL": "mysql://x/y"},
            "database.url = 'mysql://x/y': expected sqlite:///FILE or",
        ),
        ("", {"HTTP_PORT": "-1"}, "HTTP_PORT: http.port = '-1': expected"),
    ],
)
def test_a_broken_setting_is_told_in_one_line(
    tmp_path: Path, text: str, environment: dict[str, str], told: str
) -> None:
    file = tmp_path / "callcenter.toml"
    file.write_text(text)
    ended = in_process("serve", "--config", str(file), **environment)
    assert ended.code == 2
    assert told in ended.err
    assert ended.err.count("\n") == 1


async def test_serve_without_a_switch_runs_and_says_so(tmp_path: Path) -> None:
    port = free_pair()
    (tmp_path / "callcenter.toml").write_text(
        f"[http]\nport = {port}\n[switch]\nport = {free_tcp_port()}\n[fastagi]\nport = 0\n"
        '[log]\nformat = "json"\n'
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", "serve", "--config", "callcenter.toml"),
        cwd=tmp_path,
        env=_environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(30):
        said = await process.stdout.readuntil(b'"event": "started"')
    assert b"Traceback" not in said
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        _, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")


@pytest.mark.integration  # five seconds are given to the journal
async def test_a_start_that_waits_for_its_database_can_be_stopped(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'callcenter.db'}"
    assert (await callcenter(tmp_path, "migrate", CALLCENTER_DATABASE__URL=url)).code == 0
    with closing(sqlite3.connect(tmp_path / "callcenter.db")) as connection:
        connection.execute('ALTER TABLE agent_event RENAME COLUMN "to" TO lost')
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", "serve"),
        cwd=tmp_path,
        env=_environment(HTTP_PORT="0", CALLCENTER_FASTAGI__PORT="0", CALLCENTER_DATABASE__URL=url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr
    async with asyncio.timeout(15):
        await process.stderr.readuntil(b"call_log_waits_for_database")
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in out + err


def test_a_database_that_is_not_there_is_told_with_its_key(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_tcp_port()}/nothing"
    url = f"postgresql://nobody:s3cret@{address}"
    ended = in_process("migrate", CALLCENTER_DATABASE__URL=url)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert ended.err.startswith(f"database.url = 'postgresql://nobody:***@{address}': expected a")
    assert "Connection refused" in ended.err
    file = tmp_path / "is-a-file"
    file.touch()
    ended = in_process("migrate", CALLCENTER_DATABASE__URL=f"sqlite:///{file}/callcenter.db")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert ended.err.startswith(f"database.url = 'sqlite:///{file}/callcenter.db': expected a")
    file.write_text("not a database, but long enough to be looked at " * 20)
    ended = in_process("migrate", CALLCENTER_DATABASE__URL=f"sqlite:///{file}")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "file is not a database" in ended.err


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        (
            "CALLCENTER_PATHS__VAR",
            "file/var",
            "paths.var = 'file/var': expected a folder that can be written: Not a directory",
        ),
        (
            "CALLCENTER_HTTP__HOST",
            "192.0.2.1",
            "http.host = '192.0.2.1': expected an address of this machine",
        ),
        (
            "CALLCENTER_FASTAGI__HOST",
            "192.0.2.1",
            "fastagi.host = '192.0.2.1': expected an address of this machine",
        ),
    ],
)
async def test_what_only_the_start_finds_out_is_told_with_its_key(
    tmp_path: Path, variable: str, value: str, told: str
) -> None:
    (tmp_path / "file").touch()
    free = {"HTTP_PORT": "0", "CALLCENTER_FASTAGI__PORT": "0", "CALLCENTER_LOG__LEVEL": "error"}
    ended = await callcenter(tmp_path, "serve", **free, **{variable: value})
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert ended.err.startswith(told)


def test_migrate_and_users(tmp_path: Path) -> None:
    settings = {
        "CALLCENTER_DATABASE__URL": f"sqlite:///{tmp_path / 'callcenter.db'}",
        "CALLCENTER_NEW_PASSWORD": "long enough to keep",
    }
    assert "created" in in_process("migrate", **settings).out
    assert "up to date" in in_process("migrate", **settings).out
    add = ("users", "add", "lina", "--name", "Li Na", "--extension", "1001", "--queues", "support")
    added = in_process(*add, **settings)
    assert (added.code, added.out) == (0, "lina can sign in.\n")
    again = in_process(*add, **settings)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "taken" in again.err
    unknown = in_process(*add, "--queues", "suport", **settings)
    assert unknown.err == "There is no 'suport'; there are sales, support, vip.\n"
    desk = in_process("users", "phone", "Lina", "desk", **settings)
    assert (desk.code, desk.out) == (0, "Lina hears calls on their desk phone.\n")
    nobody = in_process("users", "phone", "nobody", "browser", **settings)
    assert (nobody.code, nobody.err) == (1, "There is no user 'nobody'.\n")
    short = in_process(*add, **settings | {"CALLCENTER_NEW_PASSWORD": "short"})
    assert (short.code, short.err.count("\n")) == (2, 1)
