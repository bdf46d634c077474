"""Who is asking, behind the reverse proxies that we trust to tell.

A proxy adds the address it was asked from at the right end of `X-Forwarded-For`. What stands left
of the rightmost address that is no proxy of ours was written by the client itself, or by anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from callcenter.web.context import Network

ADDRESS = web.RequestKey("address", str)
"""The client's IP address; set before anything else looks at a request."""


def address(peer: str, forwarded_for: str, proxies: Collection[Network]) -> str:
    """`peer` is who is connected; `forwarded_for` all X-Forwarded-For headers, comma separated."""
    client = peer
    hops = forwarded_for.split(",") if forwarded_for else []
    while hops and _is_one_of(client, proxies):
        nearer = _plain(hops.pop())
        if nearer is None:  # not an address: the proxy that sent it is all we know
            break
        client = nearer
    return client


def middleware(proxies: Collection[Network]) -> Middleware:
    @web.middleware
    async def find(request: web.Request, handler: Handler) -> web.StreamResponse:
        forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", ()))
        request[ADDRESS] = address(request.remote or "", forwarded_for, proxies)
        return await handler(request)

    return find


def _is_one_of(client: str, proxies: Collection[Network]) -> bool:
    plain = _plain(client)
    return plain is not None and any(ip_address(plain) in network for network in proxies)


def _plain(text: str) -> str | None:
    """An IP address as one text however it was written; None when it is none."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)
