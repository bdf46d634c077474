"""The HTTP side: API, health, metrics and the UI, as one aiohttp application."""

from __future__ import annotations

from functools import cache
from typing import Any

from aiohttp import web

from callcenter.services.company import LOGO_PATH
from callcenter.web import client, errors, health, logo, security
from callcenter.web.access_log import access_log
from callcenter.web.api import (
    callbacks,
    calls,
    customers,
    desk,
    health_detail,
    phone,
    practice,
    reconciliations,
    recordings,
    session,
    tasks,
    tickets,
)
from callcenter.web.api.dispatch import GatewayUrl, install
from callcenter.web.api.openapi import document
from callcenter.web.api.route import PREFIX, Route
from callcenter.web.context import WebContext
from callcenter.web.metrics import Metrics
from callcenter.web.static import StaticUi

MAX_BODY = 64 * 1024

ROUTES: tuple[Route, ...] = (
    *session.ROUTES,
    *phone.ROUTES,
    *calls.ROUTES,
    *recordings.ROUTES,
    *reconciliations.ROUTES,
    *health_detail.ROUTES,
    *customers.ROUTES,
    *tickets.ROUTES,
    *callbacks.ROUTES,
    *tasks.ROUTES,
    *desk.ROUTES,
    *practice.ROUTES,
)


def application(context: WebContext, metrics: Metrics, gateway_url: GatewayUrl) -> web.Application:
    """`gateway_url` tells where the gateway is, as the browser of this request reaches it."""
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            client.middleware(context.settings.trusted_proxies),
            access_log(metrics),
            errors.middleware,
            security.origin_check(context.settings.origins),
        ],
    )

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        sip = context.settings.sip_websocket_url, *context.settings.further_sip_urls
        policy = security.policy(gateway_url(request), *sip)
        security.set_headers(response, policy)

    app.on_response_prepare.append(prepare)
    install(app, ROUTES, lambda: context, gateway_url)
    install(
        app,
        practice.inside(ROUTES),
        context.practice.inside,
        lambda request: f"{gateway_url(request)}/practice",
        practice.PRACTICE_PREFIX,
    )
    app.router.add_get(f"{PREFIX}/openapi.json", _openapi)
    app.router.add_get(LOGO_PATH, logo.responder(context.logo))
    app.router.add_get("/healthz", health.responder(context))
    app.router.add_get("/metrics", metrics.respond)
    app.router.add_get("/{path:.*}", StaticUi(context.settings.ui).serve)
    return app


@cache
def _described() -> dict[str, Any]:
    """Made when somebody first asks: it costs the start 30 ms that nobody calling in needs."""
    return document(ROUTES)


async def _openapi(_request: web.Request) -> web.Response:
    return web.json_response(_described())
