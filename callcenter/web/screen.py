"""One socket of a live screen: who it is, what it says, what waits to be sent to it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Data

from callcenter.services.auth import Session
from callcenter.web.errors import fields_of
from callcenter.web.messages import CLIENT_MESSAGE, CLOSE_SIGNED_OUT, CommandFrame, Hello, Ping
from callcenter.web.outbox import Outbox, text_frame

ORDERS_WAITING = 32
_BROKEN = (1002, 1007, 1009)  # close codes websockets itself sends for what is no good frame


class Malformed(Exception):
    """What came is no frame of ours: close with `code`; `reason` is for a developer's eyes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Screen(ServerConnection):
    """`session` is set in the handshake, the rest when it is through."""

    session: Session
    tab: str = ""  # which of its user's screens it says it is
    signed_out: bool = False  # nothing more is obeyed, nor shown
    heard_at: datetime  # the last sign of life
    left_by_itself: bool = False  # the page closed it or died, or its line was cut
    outbox: Outbox
    orders: asyncio.Queue[CommandFrame]  # of the agent and their phone: wait for no disk
    records: asyncio.Queue[CommandFrame]  # what is written into the call log, which may lag

    def ready(self) -> None:
        self.outbox = Outbox(self)
        self.orders = asyncio.Queue(ORDERS_WAITING)
        self.records = asyncio.Queue(ORDERS_WAITING)

    def enqueue(self, command: CommandFrame) -> bool:
        """False when too many of its kind wait already."""
        queue = self.records if command.name.startswith("call.") else self.orders
        try:
            queue.put_nowait(command)
        except asyncio.QueueFull:
            return False
        return True

    def sign_out(self, reason: str) -> None:
        self.signed_out = True
        self.outbox.close(CLOSE_SIGNED_OUT, reason)

    async def read(self) -> Hello | Ping | CommandFrame:
        """The next frame. Raises Malformed, or ConnectionClosed when the screen is gone."""
        try:
            return parse(await self.recv())
        except ConnectionClosed as closed:
            if closed.sent is not None and closed.sent.code in _BROKEN:
                raise Malformed(int(closed.sent.code), closed.sent.reason) from None
            raise


def parse(data: Data) -> Hello | Ping | CommandFrame:
    """Raises Malformed."""
    if isinstance(data, bytes):
        raise Malformed(1008, "text frames only")
    try:
        return CLIENT_MESSAGE.validate_json(data)
    except ValidationError as error:
        if any(each["type"] == "json_invalid" for each in error.errors()):
            raise Malformed(1007, "not JSON") from None
        # A close frame holds 123 bytes of reason.
        wrong = ", ".join(fields_of(error))
        raise Malformed(1008, f"wrong fields: {wrong}"[:100]) from None


def frame_of(message: Any) -> bytes:
    """A message for this screen alone (a dataclass of `messages`), as a frame."""
    return text_frame(orjson.dumps(message))
