"""What waits to be sent to one screen: its socket's write buffer, and a bound on it.

Nobody ever waits for a slow screen. A frame is written at once; when more than `LIMIT` bytes wait,
the screen is cut off, and takes up again by (epoch, seq) when it comes back.
"""

from __future__ import annotations

import asyncio

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

LIMIT = 256 * 1024
CLOSE_GRACE_S = 2.0  # for the close frame to get through to a screen that is merely slow


def text_frame(payload: bytes) -> bytes:
    """A WebSocket text frame, made once for all sockets (the gateway never compresses)."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


class Outbox:
    __slots__ = ("_closing", "_connection")

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._closing is None and self._connection.state is State.OPEN

    def push(self, frame: bytes) -> bool:
        """Write without waiting. False when too much waits already: then cut it off."""
        if not self.is_open:
            return True  # it is on its way out; what it misses it asks for when it is back
        transport = self._connection.transport
        transport.write(frame)
        return transport.get_write_buffer_size() <= LIMIT

    def close(self, code: int, reason: str) -> None:
        """Say goodbye, and hang up on a screen that does not listen."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._connection.close(code, reason))
            loop = asyncio.get_running_loop()
            hang_up = loop.call_later(CLOSE_GRACE_S, self._connection.transport.abort)
            self._closing.add_done_callback(lambda _: hang_up.cancel())
