"""Managers to connect to: one that misbehaves as told, and an ear for what a switch tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

from telephony.ami import AmiConfig, AmiSwitch
from telephony.ami.link import NEEDED
from telephony.calls import CallTracker, Topology
from telephony.events import TelephonyEvent

PATIENCE = 5.0  # seconds until something that must happen is missed
BANNER = b"Asterisk Call Manager/11.0.0\r\n"

Kind = TypeVar("Kind", bound=TelephonyEvent)
Answer = Callable[["Conversation", dict[str, str]], None]


class Conversation:
    """One connection of a client, as the manager sees it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.heard: list[dict[str, str]] = []

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def reply(self, action: dict[str, str], response: str = "Success", *lines: str) -> None:
        head = [f"Response: {response}", f"ActionID: {action['ActionID']}", *lines]
        self.send(("\r\n".join(head) + "\r\n\r\n").encode())

    def event(self, *lines: str) -> None:
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())


class Manager:
    """Answers what a healthy manager would, except where `answers` says otherwise."""

    def __init__(self, answers: dict[str, Answer] | None = None, greeting: bytes = BANNER) -> None:
        self.answers = answers or {}
        self.greeting = greeting
        self.conversations: list[Conversation] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Manager:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        for conversation in self.conversations:
            conversation.writer.transport.abort()

    @property
    def heard(self) -> list[dict[str, str]]:
        """Every action of every connection."""
        return [action for conversation in self.conversations for action in conversation.heard]

    def names(self) -> list[str]:
        return [action["Action"] for action in self.heard]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation(writer)
        self.conversations.append(conversation)
        conversation.send(self.greeting)
        try:
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                lines = raw.decode().strip().split("\r\n")
                action = dict(line.split(": ", 1) for line in lines if ": " in line)
                conversation.heard.append(action)
                self.answers.get(action["Action"], healthy)(conversation, action)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()


def healthy(conversation: Conversation, action: dict[str, str]) -> None:
    match action["Action"]:
        case "ListCommands":
            names = [name for actions in NEEDED.values() for name in actions]
            conversation.reply(action, "Success", *(f"{name}: x" for name in names))
        case "CoreSettings":
            conversation.reply(action, "Success", "AsteriskVersion: 22.10.1")
        case "CoreShowChannels" | "QueueStatus" | "DeviceStateList" as name:
            conversation.reply(action, "Success", "EventList: start")
            number = f"ActionID: {action['ActionID']}"
            conversation.event(f"Event: {name}Complete", "EventList: Complete", number)
        case _:
            conversation.reply(action)


def silent(conversation: Conversation, action: dict[str, str]) -> None:
    """Says nothing at all."""


def refusing(message: str) -> Answer:
    return lambda conversation, action: conversation.reply(action, "Error", f"Message: {message}")


class Ear:
    """A listener that remembers, and lets a test wait for what it is about."""

    def __init__(self) -> None:
        self.events: list[TelephonyEvent] = []
        self._heard = asyncio.Event()

    def __call__(self, event: TelephonyEvent) -> None:
        self.events.append(event)
        self._heard.set()

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    async def next(self, kind: type[Kind], after: int = 0) -> Kind:
        """The event of that kind that follows the first `after` of them, come or to come."""
        async with asyncio.timeout(PATIENCE):
            while len(found := self.all(kind)) <= after:
                self._heard.clear()
                await self._heard.wait()
        return found[after]


@asynccontextmanager
async def switch_to(
    port: int, ear: Ear | None = None, **changes: Any
) -> AsyncIterator[tuple[AmiSwitch, Ear]]:
    """A started switch with quick deadlines, and what it tells. `changes`: of its config, and
    `tracker`."""
    tracker = changes.pop("tracker", None) or CallTracker("test", Topology())
    quick = AmiConfig(
        host="127.0.0.1",
        port=port,
        username="callcenter",
        secret="callcenter",
        pbx="test",
        connect_timeout_s=0.3,
        action_timeout_s=0.3,
        list_timeout_s=0.3,
        heartbeat_s=5.0,
        heartbeat_deadline_s=0.2,
        backoff_first_s=0.01,
        backoff_max_s=0.05,
    )
    switch = AmiSwitch(replace(quick, **changes), tracker)
    ear = ear or Ear()
    switch.subscribe(ear)
    await switch.start()
    try:
        yield switch, ear
    finally:
        await switch.stop()


async def until(condition: Callable[[], bool], patience_s: float = PATIENCE) -> None:
    """For what is not told by an event."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (counters have no event)
            await asyncio.sleep(0.005)
