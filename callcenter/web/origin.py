"""Is this request from one of our own pages? Against requests forged by other sites.

A browser always says where its page is from (`Origin`, and `Sec-Fetch-Site`) when it writes or
opens a WebSocket. A program that says neither is no browser and carries no borrowed cookie.
"""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import urlsplit

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?")


def host_name(host: str) -> str:
    """The name in a Host header, without its port; "localhost" for what is no host at all."""
    found = _HOST.fullmatch(host)
    return found[1] if found else "localhost"


def is_ours(
    origin: str | None,
    fetch_site: str | None,
    host: str,
    allowed: Container[str],
    page_port: int | None = None,
) -> bool:
    """`host` is the Host header. `page_port`: where our pages are served when that is another
    port of the same host (the gateway's case)."""
    if origin is None:
        return fetch_site in (None, "same-origin", "none")
    if origin in allowed:
        return True
    try:
        page = urlsplit(origin)
        asked = urlsplit(f"//{host}")
        if page.scheme not in ("http", "https") or page.hostname is None:
            return False
        if page.netloc == host.lower():
            return True
        return page.hostname == asked.hostname and page.port is not None and page.port == page_port
    except ValueError:  # not an address at all
        return False
