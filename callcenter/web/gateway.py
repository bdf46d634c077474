"""The live screens' WebSocket: numbered messages out, orders in.

A screen says hello with the last (epoch, seq) it applied and gets what it missed, or a snapshot;
from then on every message of the feed that is meant for its user. A message is encoded once, for
all sockets, and written without waiting (`outbox`). Orders of one socket run one after the other,
in two rows: what is written into the log never holds up the telephone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from callcenter.feed import Message
from callcenter.services.auth import Unauthenticated
from callcenter.services.errors import ServiceError
from callcenter.web import client
from callcenter.web.attendance import Attendance
from callcenter.web.auth import token_in
from callcenter.web.commands import Commands
from callcenter.web.context import WebContext
from callcenter.web.messages import (
    CLOSE_TOO_SLOW,
    CommandFrame,
    Hello,
    Ping,
    Pong,
    ResumedMessage,
    SnapshotMessage,
)
from callcenter.web.origin import is_ours
from callcenter.web.outbox import LIMIT, text_frame
from callcenter.web.screen import Malformed, Screen, frame_of
from callcenter.web.standing import Standing

log = structlog.get_logger(__name__)

PATH = "/gateway"
PRACTICE_PATH = f"{PATH}/practice"
MAX_FRAME = 64 * 1024  # a note of 10,000 characters, escaped
HELLO_WITHIN_S = 10.0
PING_EVERY_S = 10.0
PONG_WITHIN_S = 10.0

# websockets reports every broken handshake and lost peer with a traceback; we log what matters.
_quiet = logging.getLogger("callcenter.websockets")
_quiet.setLevel(logging.CRITICAL)


class Gateway:
    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._commands = Commands(context)
        self._attendance = Attendance(
            context.agents, context.holders, context.clock, context.settings.lease_s
        )
        self._server: Server | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._rooms: dict[str, Gateway] = {PATH: self}
        self.page_port = 0  # where our pages are served
        self.sent = self.cut_off = self.malformed = self.resumed = self.snapshots = 0

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises OSError when it is taken."""
        self._server = await serve(
            self._serve,
            host,
            port,
            compression=None,
            create_connection=Screen,
            process_request=self._admit,
            max_size=MAX_FRAME,
            # Never paused below the outbox's own limit, so that pings keep finding dead peers.
            write_limit=2 * LIMIT,
            ping_interval=PING_EVERY_S,
            ping_timeout=PONG_WITHIN_S,
            close_timeout=2.0,
            server_header=None,
            logger=_quiet,
        )
        self.open()
        return int(self._server.sockets[0].getsockname()[1])

    def open(self) -> None:
        """Serve screens that come by another gateway's port, as a room of it."""
        self._unsubscribe = self._context.feed.subscribe(self._publish)
        self._context.auth.subscribe(self._attendance.end)

    async def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._attendance.close()

    def add_room(self, path: str, room: Gateway) -> None:
        """Screens that come to `path` on our port are that gateway's."""
        self._rooms[path] = room

    def remove_room(self, path: str) -> None:
        """Its screens are told that it is over."""
        room = self._rooms.pop(path, None)
        if room is not None:
            room._attendance.dismiss("closed")

    def gauges(self) -> Mapping[str, Callable[[], float]]:
        return {
            "gateway_screens": self._attendance.count,
            "gateway_messages_sent": lambda: self.sent,
            "gateway_cut_off": lambda: self.cut_off,
            "gateway_silent": lambda: self._attendance.silent,
            "gateway_malformed": lambda: self.malformed,
            "gateway_resumed": lambda: self.resumed,
            "gateway_snapshots": lambda: self.snapshots,
            "gateway_commands_failed": lambda: self._commands.failed,
        }

    # --- the handshake -------------------------------------------------------------------------

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        assert isinstance(connection, Screen)
        room = self._rooms.get(request.path.split("?")[0])
        if room is None:
            return connection.respond(HTTPStatus.NOT_FOUND, f"The gateway is at {PATH}.\n")
        headers = request.headers
        origin = _header(headers, "Origin")
        if not is_ours(
            origin,
            _header(headers, "Sec-Fetch-Site"),
            _header(headers, "Host") or "",
            self._context.settings.origins,
            self.page_port,
        ):
            log.warning("gateway_foreign_origin", origin=origin)
            return connection.respond(HTTPStatus.FORBIDDEN, "A page of another site.\n")
        token = token_in("; ".join(headers.get_all("Cookie")))
        ip = client.address(
            str(connection.remote_address[0]),
            ",".join(headers.get_all("X-Forwarded-For")),
            self._context.settings.trusted_proxies,
        )
        try:
            connection.session = await room._context.auth.session(token, ip)
        except Unauthenticated:
            return connection.respond(HTTPStatus.UNAUTHORIZED, "Sign in first.\n")
        except ServiceError as error:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{error.message}\n")
        except Exception:  # the database, whatever its driver raises: the screen comes back
            log.exception("gateway_cannot_admit")
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Try again.\n")
        return None

    # --- one screen ----------------------------------------------------------------------------

    async def _serve(self, screen: ServerConnection) -> None:
        assert isinstance(screen, Screen)
        assert screen.request is not None
        room = self._rooms.get(screen.request.path.split("?")[0])
        if room is None:  # it was closed during the handshake
            await screen.close(1001, "closed")
            return
        await room._host(screen)

    async def _host(self, screen: Screen) -> None:
        screen.ready()
        self._attendance.admit(screen)
        busy = self._context.agents.busy
        standing = Standing(self._context.auth, self._context.clock, screen, busy)
        standing.start()
        workers = [
            asyncio.create_task(self._obey(screen, queue))
            for queue in (screen.orders, screen.records)
        ]
        try:
            await self._listen(screen)
        except ConnectionClosed as closed:  # gone; it resumes when it is back
            # Not when we closed it, or gave it up because it answered no ping.
            screen.left_by_itself = closed.sent is None or closed.rcvd_then_sent is True
        except Malformed as error:
            self.malformed += 1
            user = screen.session.user.login
            log.warning("gateway_malformed", user=user, code=error.code, reason=error.reason)
            await screen.close(error.code, error.reason)
        except Exception:  # a bug of ours: one screen has it, the others go on
            log.exception("gateway_failed", user=screen.session.user.login)
            await screen.close(1011, "internal error")
        finally:
            for worker in workers:
                worker.cancel()
            self._attendance.leave(screen)
            self._leave_health(screen)
            await standing.stop()

    def _leave_health(self, screen: Screen) -> None:
        """Unless the same page is here again already: its old socket may end after that."""
        user_id = screen.session.user.id
        there = self._attendance.screens.get(user_id, ())
        if all(one.tab != screen.tab for one in there):
            self._context.health.left(user_id, screen.tab)

    async def _listen(self, screen: Screen) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                hello = await screen.read()
        except TimeoutError:
            raise Malformed(1008, "no hello in time") from None
        if not isinstance(hello, Hello):
            raise Malformed(1008, "say hello first")
        screen.tab = hello.screen
        self._greet(screen, hello)
        while True:
            frame = await screen.read()
            self._attendance.heard(screen)
            match frame:
                case Ping():
                    self._push(screen, frame_of(Pong("pong", self._context.clock.now())))
                case CommandFrame() as command:
                    if not screen.enqueue(command):
                        self._push(screen, text_frame(self._commands.refuse(command)))
                case Hello():
                    raise Malformed(1008, "say hello only once")

    def _greet(self, screen: Screen, hello: Hello) -> None:
        """What was missed or a snapshot, then every message from here on: one step, so no gap."""
        if screen.signed_out:
            return
        feed, user_id = self._context.feed, screen.session.user.id
        missed = feed.since(hello.epoch, hello.seq, user_id)
        frames = [text_frame(message.encoded()) for message in missed or ()]
        if missed is None or hello.seq is None or sum(map(len, frames)) > LIMIT // 2:
            self.snapshots += 1
            snapshot = self._context.live.snapshot(user_id)
            frames = [frame_of(SnapshotMessage("snapshot", feed.epoch, feed.seq, snapshot))]
        else:
            self.resumed += 1
            frames.insert(0, frame_of(ResumedMessage("resumed", feed.epoch, hello.seq)))
        for frame in frames:
            screen.outbox.push(frame)
        self._attendance.join(screen, hello)

    async def _obey(self, screen: Screen, queue: asyncio.Queue[CommandFrame]) -> None:
        while True:
            command = await queue.get()
            if screen.signed_out:
                return
            result = await self._commands.run(screen.session, command, screen.tab)
            self._push(screen, text_frame(result))

    # --- fan-out: the hot path -----------------------------------------------------------------

    def _publish(self, message: Message) -> None:
        audience = message.audience
        screens = self._attendance.screens
        users = screens if audience is None else audience & screens.keys()
        if not users:
            return
        frame = text_frame(message.encoded())
        for user_id in users:
            for screen in screens[user_id]:
                self._push(screen, frame)

    def _push(self, screen: Screen, frame: bytes) -> None:
        self.sent += 1
        if not screen.outbox.push(frame):
            self.cut_off += 1
            log.warning("gateway_too_slow", user=screen.session.user.login)
            screen.outbox.close(CLOSE_TOO_SLOW, "too slow: come back and resume")


def _header(headers: Headers, name: str) -> str | None:
    """A header sent twice is nobody's: both values in one string match nothing."""
    return ", ".join(headers.get_all(name)) or None
