"""Errors as JSON: `{"error": {code, message, fields}}` with the status that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from callcenter.services.auth import Throttled, Unauthenticated
from callcenter.services.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ServiceError,
    Unavailable,
)

log = structlog.get_logger(__name__)

STATUS: Mapping[type[ServiceError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Throttled: 429,
    Unavailable: 503,
}

_HTTP_CODES = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know that method."),
    413: ("too_large", "The request is too large."),
}


class BadRequest(ServiceError):
    """The request is not what the API declares. `fields` says which part and why."""


def body(code: str, message: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": dict(fields or {})}}


def response(
    status: int, code: str, message: str, fields: Mapping[str, str] | None = None
) -> web.Response:
    return web.Response(
        status=status,
        body=orjson.dumps(body(code, message, fields)),
        content_type="application/json",
    )


def from_service(error: ServiceError) -> web.Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    answer = response(status, error.code, error.message, error.fields)
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def fields_of(error: ValidationError) -> dict[str, str]:
    """`{"field": "why"}`; a field inside another is named with dots."""
    return {
        ".".join(map(str, each["loc"])) or "body": (
            "unknown field" if each["type"] == "extra_forbidden" else each["msg"]
        )
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    }


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing leaves here as a traceback."""
    try:
        return await handler(request)
    except ServiceError as error:
        return from_service(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code, message = _HTTP_CODES.get(error.status, ("http_error", error.reason))
        answer = response(error.status, code, message)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:  # a bug of ours: log it whole, tell the client nothing of it
        log.exception("request_failed", method=request.method, path=request.path)
        return response(500, "internal", "Something went wrong on our side; it has been logged.")
