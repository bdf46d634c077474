"""From an aiohttp request to a handler of the API and back, the same way for every route."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import aclosing
from typing import Any
from uuid import UUID

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from callcenter.services.auth import Session, Unauthenticated
from callcenter.services.errors import NotFound, ServiceError
from callcenter.web import auth
from callcenter.web.api.route import PREFIX, Bytes, Incoming, Route, WithCookie
from callcenter.web.client import ADDRESS
from callcenter.web.context import WebContext
from callcenter.web.errors import BadRequest, fields_of

GatewayUrl = Callable[[web.Request], str]
Contexts = Callable[[], WebContext]
"""The house that a request is for, as it is now. Raises ServiceError when it is closed."""

MAX_KEY = 80

SESSION = web.RequestKey("session", Session)
"""Set once the request is authenticated; the access log reads it."""


def install(
    app: web.Application,
    routes: tuple[Route, ...],
    contexts: Contexts,
    gateway_url: GatewayUrl,
    prefix: str = PREFIX,
) -> None:
    for route in routes:
        path = prefix + route.path
        app.router.add_route(route.method, path, _handler(route, contexts, gateway_url))


def _handler(route: Route, contexts: Contexts, gateway_url: GatewayUrl) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        context = contexts()
        session = await _who(route, request, context)
        raw = await request.read()
        incoming: Incoming[Any, Any] = Incoming(
            context=context,
            body=_body(route.body, request, raw),
            query=_query(route.query, request),
            ids={name: _uuid(value) for name, value in request.match_info.items()},
            ip=request[ADDRESS],
            gateway_url=gateway_url(request),
            who=session,
            headers=request.headers,
        )
        key = request.headers.get("Idempotency-Key", "")
        if key and session is not None and route.idempotent_by_key:
            return await _once(route, incoming, request, raw, key)
        answer = await route.handler(incoming)
        if isinstance(answer, Bytes):
            return await _stream(request, answer)
        return _response(route, answer, context)

    return handle


async def _stream(request: web.Request, answer: Bytes) -> web.StreamResponse:
    """Piece by piece, as fast as the client takes them; nothing of it is kept anywhere."""
    response = web.StreamResponse(status=answer.status, headers=dict(answer.headers))
    response.content_type = answer.media
    response.content_length = answer.length
    response.headers["Cache-Control"] = "no-store"
    await response.prepare(request)
    try:
        if answer.pieces is not None:
            async with aclosing(answer.pieces) as pieces:
                async for piece in pieces:
                    await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        pass  # they have heard enough
    except ServiceError:  # too late for another status: they must see that this is not all
        if request.transport is not None:
            request.transport.abort()
    return response


async def _who(route: Route, request: web.Request, context: WebContext) -> Session | None:
    if route.public:
        return None
    try:
        return await authenticate(request, context)
    except Unauthenticated:
        if route.anybody:
            return None
        raise


async def authenticate(request: web.Request, context: WebContext) -> Session:
    """Raises Unauthenticated."""
    token = request.cookies.get(auth.COOKIE, "")
    session = await context.auth.session(token, request[ADDRESS])
    request[SESSION] = session
    return session


async def _once(
    route: Route, incoming: Incoming[Any, Any], request: web.Request, raw: bytes, key: str
) -> web.Response:
    if len(key) > MAX_KEY:
        raise BadRequest(
            "bad_request",
            "The idempotency key is too long.",
            {"Idempotency-Key": f"at most {MAX_KEY} characters"},
        )

    async def effect() -> dict[str, Any]:
        # What the first request is told is what a repetition is told: plain JSON.
        return {"data": orjson.loads(orjson.dumps(await route.handler(incoming)))}

    what = f"{request.method} {request.path} {hashlib.sha256(raw).hexdigest()}"
    answer = await incoming.context.once.run(
        incoming.user_id, key, what, effect, repeatable=route.repeatable
    )
    return _response(route, answer["data"], incoming.context)


def _body(model: type | None, request: web.Request, raw: bytes) -> BaseModel | None:
    if model is None:
        return None
    if request.content_type != "application/json":
        raise BadRequest("bad_request", "Send JSON.", {"Content-Type": "must be application/json"})
    assert issubclass(model, BaseModel)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise BadRequest(
            "bad_request", "The request has wrong or missing fields.", fields_of(error)
        ) from None


def _query(model: type | None, request: web.Request) -> BaseModel | None:
    if model is None:
        return None
    assert issubclass(model, BaseModel)
    given = {name: value for name, value in request.query.items() if value}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise BadRequest(
            "bad_request", "The address has wrong or missing parameters.", fields_of(error)
        ) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("not_found", "There is nothing at this address.") from None


def _response(route: Route, answer: object, context: WebContext) -> web.Response:
    if isinstance(answer, WithCookie):
        response = _plain(route, answer.data)
        secure = context.settings.secure_cookies
        if answer.token:
            auth.set_cookie(response, answer.token, secure=secure)
        else:
            auth.clear_cookie(response, secure=secure)
    else:
        response = _plain(route, answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(route: Route, data: object) -> web.Response:
    if data is None:
        return web.Response(status=204)
    return web.Response(
        status=route.status, body=orjson.dumps(data), content_type="application/json"
    )
