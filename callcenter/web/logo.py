"""GET /company/logo: the company's picture, for everybody (the sign-in page shows it).

An SVG is a document that may hold scripts: whoever opens it by itself opens it in a sandbox, with
nothing allowed but its own styles.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from callcenter.services.company import Logo

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def responder(logo: Logo | None) -> Handler:
    async def respond(_request: web.Request) -> web.Response:
        if logo is None:
            raise web.HTTPNotFound
        return web.Response(
            body=logo.data,
            content_type=logo.media_type,
            headers={
                # Its address changes with it.
                "Cache-Control": "public, max-age=31536000, immutable",
                "Content-Security-Policy": POLICY,
            },
        )

    return respond
