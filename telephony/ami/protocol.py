"""panoramisk's protocol and manager with the faults of 1.4 taken out.

Left to panoramisk: making the connection, numbering actions, parsing responses and matching them
to whoever waits. Ours: bytes → frames, events, lists, what is written, and what happens at the end.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from telephony.ami.config import AmiStats
from telephony.problems import Problem
from telephony.wire import BANNER, WANTED, Frame, Framer, encode_action

log = structlog.get_logger(__name__)

OnEvent = Callable[[Frame, datetime], None]


def worth_a_line(count: int) -> bool:
    """True for 1, 2, 4, 8 …: a fault in every event must not fill the disk."""
    return count & (count - 1) == 0


class ListReply:
    """The items of one list action, kept as raw frames until its ``EventList: Complete``."""

    def __init__(self, done: asyncio.Future[list[Frame]]) -> None:
        self.done = done
        self._items: list[Frame] = []

    def add(self, frame: Frame) -> None:
        if frame.get("EventList") != "Complete":
            self._items.append(frame)
        elif not self.done.done():
            self.done.set_result(self._items)


class AmiProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """One connection. `on_event` gets wanted events at once, in order, and may raise."""

    def __init__(self, on_event: OnEvent, stats: AmiStats) -> None:
        self._on_event = on_event
        self._stats = stats
        self._framer = Framer()
        self._lists: dict[str, ListReply] = {}
        loop = asyncio.get_running_loop()
        self._clock = loop.time
        self.greeting: asyncio.Future[str] = loop.create_future()
        self.lost: asyncio.Future[Problem] = loop.create_future()
        self.last_heard = self._clock()
        self.last_event = 0.0
        self.responses: dict[str, Action] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Like panoramisk's, but keeps what `__init__` made: bytes may come before the manager."""
        self.transport = transport
        self.closed = False

    def data_received(self, data: bytes) -> None:
        """The hot path. Whole frames only are looked at, so no letter is lost between chunks."""
        self.last_heard = self._clock()
        stats = self._stats
        received_at = datetime.now(UTC)
        for frame in self._framer.feed(data):
            name = frame.event
            if not name:
                self._answer(frame)
                continue
            if self._lists and self._listed(frame):
                continue
            stats.events += 1
            if name in WANTED:
                stats.wanted += 1
                self.last_event = self.last_heard
                try:
                    self._on_event(frame, received_at)
                except Exception:  # a fault in one event must not end the connection
                    stats.tracker_errors += 1
                    if worth_a_line(stats.tracker_errors):
                        log.exception("event_failed", event_name=name, frame=frame.raw[:2000])
        self._count()
        if not self.greeting.done():
            self._greet(data)

    def _greet(self, data: bytes) -> None:
        if self._framer.banner:
            self.greeting.set_result(self._framer.banner)
        elif not BANNER.startswith(data[: len(BANNER)]):
            self.lose(Problem("not_manager", {"said": repr(data[:40])}))

    def _count(self) -> None:
        """Moves the framer's counters to the statistics, which outlive this connection."""
        framer, stats = self._framer, self._stats
        if framer.malformed or framer.oversized or framer.undecodable:
            stats.malformed += framer.malformed
            stats.oversized += framer.oversized
            stats.undecodable += framer.undecodable
            framer.malformed = framer.oversized = framer.undecodable = 0

    def _listed(self, frame: Frame) -> bool:
        reply = self._lists.get(frame.get("ActionID"))
        if reply is None:
            return False
        reply.add(frame)
        return True

    def _answer(self, frame: Frame) -> None:
        try:
            message = Message.from_line(frame.raw.decode("utf-8", "replace"))
            if message is None or message.id not in self.responses:
                self._stats.stray_responses += 1
                return
            self.handle_message(message)
        except Exception:  # panoramisk raises several kinds on odd headers, e.g. repeated ones
            self._stats.bad_responses += 1
            log.warning("response_unreadable", frame=frame.raw[:500])

    def send_action(
        self, name: str, headers: Iterable[tuple[str, str]], action_id: str = ""
    ) -> Action:
        """Writes one action. Raises `wire.UnsafeHeader` before anything is kept or written.

        `action_id`: of several that are one whole, each sent when the one before is answered."""
        # as_list: QueueAdd never resolves otherwise, and lists are collected here, raw.
        named = {"ActionID": action_id} if action_id else {}
        action = Action({"Action": name, **named}, as_list=False)
        data = encode_action(name, [("ActionID", action.id), *headers])
        self.responses[action.id] = action
        self.transport.write(data)
        return action

    def collect(self, action: Action) -> asyncio.Future[list[Frame]]:
        """The items that will follow this action's response."""
        done = asyncio.get_running_loop().create_future()
        self._lists[action.id] = ListReply(done)
        return done

    def forget(self, action: Action) -> None:
        """Nobody waits any more: panoramisk would keep it for ever, and send it again."""
        self.responses.pop(action.id, None)
        self._lists.pop(action.id, None)

    def lose(self, problem: Problem) -> None:
        """Ends the connection now, because of that. Idempotent; whoever waits is woken."""
        if not self.lost.done():
            self.lost.set_result(problem)
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose(Problem("closed_saying", {"said": str(exc)}) if exc else Problem("closed"))

    def close(self) -> None:
        """Unlike panoramisk's, puts nothing aside to be sent again."""
        self.closed = True
        self.transport.abort()
        waiting = [action.future for action in self.responses.values()]
        waiting += [reply.done for reply in self._lists.values()]
        waiting.append(self.greeting)
        self.responses.clear()
        self._lists.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(ConnectionAbortedError())
                future.exception()  # nobody need be waiting


class OneConnection(Manager):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's manager for exactly one connection.

    It neither logs in, pings, reconnects nor replays: `link` and `session` do, with deadlines. The
    protocol does not know it, and so tells it nothing.
    """

    protocol: AmiProtocol | None

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, make: Callable[[], AmiProtocol]
    ) -> None:
        super().__init__(
            host=host,
            port=port,
            ssl=tls,
            protocol_factory=make,
            loop=asyncio.get_running_loop(),
        )

    async def open(self) -> AmiProtocol:
        """Raises OSError (refused, unreachable, TLS) as asyncio does."""
        await self.connect()
        assert self.protocol is not None
        return self.protocol

    def connection_made(self, connecting: asyncio.Task[tuple[object, AmiProtocol]]) -> None:
        if not connecting.cancelled() and connecting.exception() is None:
            self.protocol = connecting.result()[1]
