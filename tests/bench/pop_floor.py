"""What a pop costs at the least, by hand: AMI socket → bytes.find → one indexed SQLite look-up →
WebSocket send. No tracker, no queue, no state, no permissions, no resume: a floor, not a product.

Arguments: AMI port, database file. Prints the port of its WebSocket server; agent n connects to
/PJSIP/n.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from typing import Any

import orjson
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

LOGIN = b"Action: Login\r\nUsername: callcenter\r\nSecret: callcenter\r\n\r\n"
QUERY = """SELECT party.name, party.note FROM contact_point JOIN party
ON party.id = contact_point.party_id WHERE contact_point.kind = 'phone' AND contact_point.norm = ?
"""


def header(frame: bytes, name: bytes) -> str:
    start = frame.find(b"\r\n" + name + b": ") + len(name) + 4
    return frame[start : frame.find(b"\r\n", start)].decode()


class Floor(asyncio.Protocol):
    def __init__(self, database: sqlite3.Connection) -> None:
        self.screens: dict[str, ServerConnection] = {}
        self._database = database
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(LOGIN)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        *frames, self._buffer = self._buffer.split(b"\r\n\r\n")
        for frame in frames:
            if frame.find(b"Event: AgentCalled\r\n") >= 0:
                self._pop(frame)

    def _pop(self, frame: bytes) -> None:
        screen = self.screens.get(header(frame, b"Interface"))
        number = header(frame, b"CallerIDNum")
        found = self._database.execute(QUERY, (number,)).fetchone()
        if screen is None or found is None:
            return
        told = {
            "uniqueid": header(frame, b"Uniqueid"),
            "number": number,
            "queue": header(frame, b"Queue"),
            "name": found[0],
            "note": found[1],
        }
        broadcast([screen], orjson.dumps(told).decode())


async def main(ami_port: int, database: str) -> None:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    floor = Floor(connection)

    async def screen(socket: ServerConnection) -> None:
        assert socket.request is not None
        floor.screens[socket.request.path.removeprefix("/")] = socket
        await socket.wait_closed()

    await asyncio.get_running_loop().create_connection(lambda: floor, "127.0.0.1", ami_port)
    async with serve(screen, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
