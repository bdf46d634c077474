"""GET /healthz: are the switch and the database well? For people and load balancers."""

from __future__ import annotations

import asyncio

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from callcenter.web.answers import Health
from callcenter.web.context import WebContext

log = structlog.get_logger(__name__)

DEADLINE_S = 2.0


async def check(context: WebContext) -> Health:
    view = context.live.switch
    switch = "ok" if view.connected else f"not connected: {view.reason}"
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


def responder(context: WebContext) -> Handler:
    async def respond(_request: web.Request) -> web.Response:
        health = await check(context)
        return web.Response(
            status=200 if health.status == "ok" else 503,
            body=orjson.dumps(health),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return respond
