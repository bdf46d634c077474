"""GET /healthz: are the switch and the database well? For people and load balancers.

Anybody may know what is unwell. Why names hosts and users of ours, so it is told only to who is
signed in, or asks from this very machine.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from callcenter.web.answers import Health
from callcenter.web.auth import token_in
from callcenter.web.client import ADDRESS
from callcenter.web.context import WebContext

log = structlog.get_logger(__name__)

DEADLINE_S = 2.0
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


async def check(context: WebContext, *, why: bool) -> Health:
    view = context.live.switch
    reason = f": {view.reason}" if why else ""
    switch = "ok" if view.connected else f"not connected{reason}"
    database = await _database(context)
    well = switch == database == "ok"
    return Health("ok" if well else "unwell", switch, database)


async def _database(context: WebContext) -> str:
    try:
        async with asyncio.timeout(DEADLINE_S):
            await context.database.ping()
    except TimeoutError:
        return f"no answer within {DEADLINE_S:g} s"
    except Exception:  # whatever the driver raises means the same here; the log says which
        log.exception("database_unwell")
        return "not reachable"
    return "ok"


def _is_here(request: web.Request) -> bool:
    """Not a proxy on this machine that nobody told us to trust: that asks for somebody else."""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and ip_address(request[ADDRESS]).is_loopback


async def _is_signed_in(context: WebContext, request: web.Request) -> bool:
    token = token_in(request.headers.get("Cookie", ""))
    if not token:
        return False
    try:
        await context.auth.session(token, request[ADDRESS])
    except Exception:  # not theirs, or the database cannot say: no reason to tell more
        return False
    return True


def responder(context: WebContext) -> Handler:
    async def respond(request: web.Request) -> web.Response:
        why = _is_here(request) or await _is_signed_in(context, request)
        health = await check(context, why=why)
        return web.Response(
            status=200 if health.status == "ok" else 503,
            body=orjson.dumps(health),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return respond
