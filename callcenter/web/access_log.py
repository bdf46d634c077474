"""One structured line per request: no query string, no body, no cookie, so nothing secret."""

from __future__ import annotations

import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from callcenter.web.api.dispatch import SESSION
from callcenter.web.client import ADDRESS
from callcenter.web.metrics import Metrics

log = structlog.get_logger(__name__)


def access_log(metrics: Metrics) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        response = await handler(request)
        took_s = time.perf_counter() - started
        session = request.get(SESSION)
        resource = request.match_info.route.resource
        if resource is not None:  # what names no route must not invent label values
            metrics.request(request.method, resource.canonical, response.status, took_s)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status,
            ms=round(took_s * 1000, 1),
            user=session.user.login if session else None,
            ip=request[ADDRESS],
        )
        return response

    return middleware
