"""Headers on every answer, and the refusal of writes from foreign pages."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from callcenter.services.errors import Forbidden
from callcenter.web.origin import is_ours

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(gateway_url: str, *sip_websocket_urls: str) -> str:
    """The content security policy: our own files only, and the WebSockets, ours and of switches."""
    sockets = " ".join(filter(None, map(_origin, (gateway_url, *sip_websocket_urls))))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
        f"connect-src 'self' {sockets}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def set_headers(response: web.StreamResponse, content_security_policy: str) -> None:
    """An answer that brings a policy of its own keeps that."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_security_policy)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
    headers["Server"] = "callcenter"


def origin_check(allowed: Container[str]) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in _SAFE and not is_ours(
            request.headers.get("Origin"),
            request.headers.get("Sec-Fetch-Site"),
            request.host,
            allowed,
        ):
            raise Forbidden("foreign_origin", "This request came from a page of another site.")
        return await handler(request)

    return check
