"""The simulator asks for each caller's way as the dialplan does: bounded, with a default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from telephony.fastagi import FastAgiServer, RouteAnswer, RouteRequest
from telephony.simulator import Simulator, SimulatorConfig
from tests.telephony.managers import until


@asynccontextmanager
async def simulator(agi_port: int, timeout_s: float = 1.0) -> AsyncIterator[Simulator]:
    playing = Simulator(SimulatorConfig(agents=2, agi_port=agi_port, agi_timeout_s=timeout_s))
    await playing.start()
    try:
        yield playing
    finally:
        await playing.stop()


def waiting(playing: Simulator, queue: str) -> list[tuple[str, int]]:
    entries = playing.world.queues[queue].entries
    return [(entry.channel.number, entry.priority) for entry in entries]


async def test_the_answer_decides_queue_priority_and_language() -> None:
    asked: list[RouteRequest] = []

    async def route(request: RouteRequest) -> RouteAnswer:
        asked.append(request)
        return RouteAnswer("vip", 10, language="zh")

    server = FastAgiServer(route, "pbx1", 0.5)
    async with simulator(await server.start("127.0.0.1", 0)) as playing:
        uniqueid = await playing.place_call("13800138000", "王小明", "4001002000")
        await until(lambda: waiting(playing, "vip") == [("13800138000", 10)])
        assert playing.world.queues["vip"].entries[0].channel.language == "zh"
    await server.stop()
    assert asked == [RouteRequest("pbx1", uniqueid, "13800138000", "王小明", "4001002000")]


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def freeze(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'SET VARIABLE CRM_QUEUE "vip\n\xff\xfe\nSET VARIABLE CRM_PRIORITY x\n')
    writer.close()


@pytest.mark.parametrize("server", [refuse, freeze, babble])
async def test_a_sick_server_costs_a_moment_and_the_default_queue_takes_over(
    server: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening, simulator(port, timeout_s=0.1) as playing:
        await playing.place_call("13800138000")
        await until(lambda: waiting(playing, "support") == [("13800138000", 0)])


async def test_no_server_at_all() -> None:
    async with simulator(agi_port=1) as playing:
        await playing.place_call("13800138000")
        await until(lambda: waiting(playing, "support") == [("13800138000", 0)])
