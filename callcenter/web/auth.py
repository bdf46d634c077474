"""The session cookie: HttpOnly, SameSite=Strict, Secure where the site has TLS."""

from __future__ import annotations

from aiohttp import web

from callcenter.services.auth import GRACE, LIFETIME

COOKIE = "callcenter_session"


def set_cookie(response: web.StreamResponse, token: str, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int((LIFETIME + GRACE).total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="Strict",
    )


def clear_cookie(response: web.StreamResponse, *, secure: bool) -> None:
    response.del_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="Strict")


def token_in(cookie_header: str) -> str:
    """Our token in a Cookie header as it came; "" when there is none."""
    for part in cookie_header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value.strip('"')
    return ""
