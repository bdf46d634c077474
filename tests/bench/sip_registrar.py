"""What a telephone in the browser meets of a switch before its first call: SIP over a WebSocket
that asks who it is (RFC 2617 digest), registers it, and answers OPTIONS."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

_ECHOED = ("via", "from", "call-id", "cseq", "contact")
_CHALLENGE = 'WWW-Authenticate: Digest realm="bench", nonce="{nonce}", algorithm=MD5, qop="auth"'


@asynccontextmanager
async def registrar() -> AsyncIterator[str]:
    """Its address, ``ws://…``."""
    application = web.Application()
    application.router.add_get("/ws", _serve)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ((host, port),) = runner.addresses
        yield f"ws://{host}:{port}/ws"
    finally:
        await runner.cleanup()


async def _serve(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(protocols=("sip",))
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT and message.data.strip():
            await socket.send_str(answer(message.data))
    return socket


def answer(request: str) -> str:
    """The response to a REGISTER or OPTIONS; everybody who authenticates is let in."""
    start, *lines = request.partition("\r\n\r\n")[0].split("\r\n")
    headers = [(line.partition(":")[0].strip().lower(), line) for line in lines]
    known = {name for name, _ in headers}
    echoed = [line for name, line in headers if name in _ECHOED]
    to = next(line for name, line in headers if name == "to")
    status, more = "200 OK", ["Expires: 600"]
    if start.startswith("REGISTER") and "authorization" not in known:
        status, more = "401 Unauthorized", [_CHALLENGE.format(nonce=secrets.token_hex(8))]
    parts = [f"SIP/2.0 {status}", *echoed, f"{to};tag={secrets.token_hex(4)}", *more]
    return "\r\n".join([*parts, "Content-Length: 0", "", ""])
