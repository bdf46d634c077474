"""One question over FastAGI: what is asked, what is set, and what happens when it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from twisted.internet.testing import StringTransport

from telephony.fastagi import (
    AgiFactory,
    FastAgiServer,
    Route,
    RouteAnswer,
    RouteRequest,
)

ENVIRONMENT = (
    "agi_network: yes",
    "agi_network_script: route",
    "agi_request: agi://127.0.0.1:4573/route",
    "agi_uniqueid: 1700000000.7",
    "agi_callerid: 13800138000",
    "agi_calleridname: 王伟",
    "agi_dnid: unknown",
    "agi_arg_1: 1700000000.5",
    "agi_arg_2: 4008001234",
)
VIP = RouteAnswer("vip", 10, "PJSIP/1001", "zh", "crm/welcome-vip")


@dataclass
class Router:
    """Answers what it was given, after `takes_s`."""

    answer: RouteAnswer = VIP
    takes_s: float = 0.0
    fault: Exception | None = None
    asked: list[RouteRequest] = field(default_factory=list)

    async def __call__(self, request: RouteRequest) -> RouteAnswer:
        self.asked.append(request)
        await asyncio.sleep(self.takes_s)
        if self.fault is not None:
            raise self.fault
        return self.answer


class Asterisk:
    """The other end of the line: sends an environment, obeys commands, notes the variables."""

    def __init__(self, route: Route, deadline_s: float = 0.5) -> None:
        self.factory = AgiFactory(route, "pbx1", deadline_s)
        self.line = StringTransport()
        self.session = cast(Any, self.factory.buildProtocol(None))  # Twisted's part is untyped
        self.session.makeConnection(self.line)
        self.variables: dict[str, str] = {}

    def send(self, lines: Sequence[str], ending: str = "\n") -> None:
        self.session.dataReceived(
            b"".join(f"{line}{ending}".encode("utf-8", "surrogateescape") for line in lines)
        )

    async def talk(self, reply: str = "200 result=1") -> dict[str, str]:
        """Answers each command with `reply` until the server closes the line."""
        async with asyncio.timeout(2):
            while not self.line.disconnecting:
                await asyncio.sleep(0.001)
                for command in self.line.value().decode().splitlines():
                    self.line.clear()
                    word, kind, name, value = command.split(" ", 3)
                    assert (word, kind) == ("SET", "VARIABLE")
                    assert value[0] == value[-1] == '"'
                    self.variables[name] = value[1:-1]
                    self.send([reply])
        return self.variables


async def test_a_caller_is_asked_for_and_routed() -> None:
    router = Router()
    asterisk = Asterisk(router)
    asterisk.send([*ENVIRONMENT, ""])
    assert await asterisk.talk() == {
        "CRM_QUEUE": "vip",
        "CRM_PRIORITY": "10",
        "CRM_RING_FIRST": "PJSIP/1001",
        "CRM_LANGUAGE": "zh",
        "CRM_GREETING": "crm/welcome-vip",
        "CRM_ROUTED": "1",
    }
    assert list(asterisk.variables)[-1] == "CRM_ROUTED"
    # The caller's own channel (argument 1), not the one the question is asked on.
    assert router.asked == [
        RouteRequest("pbx1", "1700000000.5", "13800138000", "王伟", "4008001234")
    ]
    assert asterisk.factory.stats.answered == 1


async def test_it_does_not_matter_how_the_bytes_are_cut() -> None:
    router = Router()
    asterisk = Asterisk(router)
    for byte in "".join(f"{line}\r\n" for line in [*ENVIRONMENT, ""]).encode():
        asterisk.session.dataReceived(bytes([byte]))
    await asterisk.talk()
    assert router.asked[0].caller_name == "王伟"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (["agi_callerid: unknown", "agi_calleridname: unknown"], ("", "", "", "")),
        (["agi_callerid: anonymous"], ("", "anonymous", "", "")),
        (["agi_uniqueid: 1.2", "agi_dnid: 4008"], ("1.2", "", "", "4008")),
        (["agi_callerid: \udcff\udcfe"], ("", "\ufffd\ufffd", "", "")),
        (["no colon", ": ", "agi_callerid"], ("", "", "", "")),
    ],
)
async def test_an_odd_environment_is_still_a_question(
    environment: list[str], expected: tuple[str, str, str, str]
) -> None:
    router = Router()
    asterisk = Asterisk(router)
    asterisk.send([*environment, ""])
    await asterisk.talk()
    assert router.asked == [RouteRequest("pbx1", *expected)]


@pytest.mark.parametrize(
    "answer",
    [
        RouteAnswer("vip,99", 1),
        RouteAnswer("", 1),
        RouteAnswer('a" "b', 1),
        RouteAnswer("vip\nHANGUP", 1),
        RouteAnswer("vip", -1),
        RouteAnswer("vip", 1, ring_first="PJSIP/1001&PJSIP/1002"),
        RouteAnswer("vip", 1, ring_first="Local/s@${SHELL(id)}"),
        RouteAnswer("vip", 1, language="zh,${EPOCH}"),
        RouteAnswer("vip", 1, greeting="../../etc/passwd"),
    ],
)
async def test_an_unsafe_answer_sets_nothing(answer: RouteAnswer) -> None:
    asterisk = Asterisk(Router(answer))
    asterisk.send([*ENVIRONMENT, ""])
    assert await asterisk.talk() == {}
    assert asterisk.factory.stats.failed == 1


async def test_a_router_that_fails_leaves_the_dialplan_to_its_fallback() -> None:
    asterisk = Asterisk(Router(fault=RuntimeError("database gone")))
    asterisk.send([*ENVIRONMENT, ""])
    assert await asterisk.talk() == {}
    assert asterisk.factory.stats.failed == 1


async def test_a_slow_router_is_given_up_on_at_the_deadline_and_the_dialplan_told() -> None:
    asterisk = Asterisk(Router(takes_s=5), deadline_s=0.05)
    asterisk.send([*ENVIRONMENT, ""])
    begun = asyncio.get_running_loop().time()
    assert await asterisk.talk() == {"CRM_ROUTED": "late"}
    assert asyncio.get_running_loop().time() - begun < 1
    assert asterisk.factory.stats.late == 1


async def test_a_peer_that_says_nothing_is_let_go() -> None:
    asterisk = Asterisk(Router(), deadline_s=0.05)
    asterisk.send(ENVIRONMENT)  # the blank line never comes
    assert await asterisk.talk() == {"CRM_ROUTED": "late"}
    assert asterisk.factory.stats.late == 1


@pytest.mark.parametrize("reply", ["HANGUP", "510 Invalid or unknown command", ""])
async def test_a_refused_variable_ends_the_question_unrouted(reply: str) -> None:
    asterisk = Asterisk(Router())
    asterisk.send([*ENVIRONMENT, ""])
    assert "CRM_ROUTED" not in await asterisk.talk(reply)


async def test_another_script_is_not_answered() -> None:
    router = Router()
    asterisk = Asterisk(router)
    asterisk.send(["agi_network_script: record", ""])
    assert await asterisk.talk() == {}
    assert router.asked == []


@pytest.mark.parametrize(
    "flood", [[f"agi_{n}: x" for n in range(1000)], ["agi_callerid: " + "1" * 5000]]
)
async def test_a_flood_is_cut_off(flood: list[str]) -> None:
    asterisk = Asterisk(Router())
    asterisk.send(flood)
    assert asterisk.line.disconnecting


async def test_the_server_listens_answers_and_stops() -> None:
    server = FastAgiServer(Router(), "pbx1")
    port = await server.start("127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("".join(f"{line}\n" for line in [*ENVIRONMENT, ""]).encode())
    commands = []
    while line := await reader.readline():
        commands.append(line)
        writer.write(b"200 result=1\n")
    assert commands[-1] == b'SET VARIABLE CRM_ROUTED "1"\n'
    writer.close()
    await writer.wait_closed()
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
