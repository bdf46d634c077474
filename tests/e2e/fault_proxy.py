"""What a bad network does between a browser and us: a TCP proxy that cuts, freezes and refuses.

A *cut* ends the connections at once, both ends see it. *Frozen* they stand as a dead Wi-Fi leaves
them: open for both ends, and nothing passes (a half-open connection). What was written meanwhile
passes when it thaws, unless the connections were `lost` for good. *Slow*, everything passes in
order, and so late that more and more waits.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType

_CHUNK = 64 * 1024
_TRICKLE_S = 0.05


class FaultProxy:
    """Listens on a free loopback port (`port`) and relays to 127.0.0.1:`target_port`."""

    def __init__(self, target_port: int = 0) -> None:
        self.target_port = target_port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusing = False
        self._bytes_per_s = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.accepted = 0

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Both ends lose what is open; new connections are welcome."""
        for writer in self._writers:
            writer.transport.abort()

    def refuse(self, on: bool) -> None:
        """New connections are closed at once while `on`."""
        self._refusing = on

    def freeze(self) -> None:
        """Nothing passes, nobody is told; new connections are accepted and hang as well."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def slow(self, bytes_per_s: int) -> None:
        """No more than so many pass each connection and way; 0: as fast as they come."""
        self._bytes_per_s = bytes_per_s

    def lose(self) -> None:
        """What is open stays half-open for ever; new connections work."""
        for task in self._tasks:
            task.cancel()
        self.thaw()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        self.accepted += 1
        await self._flowing.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._relay(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _relay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        # uvloop raises RuntimeError where asyncio says ConnectionError.
        with suppress(ConnectionError, RuntimeError):
            while data := await source.read(_CHUNK):
                await self._flowing.wait()
                await self._pass(data, sink)
        # A cancelled relay (`lose`) leaves its ends open: nobody is told.
        sink.close()
        self._writers.discard(sink)

    async def _pass(self, data: bytes, sink: asyncio.StreamWriter) -> None:
        while self._bytes_per_s and data:
            step = max(1, round(self._bytes_per_s * _TRICKLE_S))
            sink.write(data[:step])
            await sink.drain()
            data = data[step:]
            await asyncio.sleep(_TRICKLE_S)
        sink.write(data)
        await sink.drain()
