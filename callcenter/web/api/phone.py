"""How the browser's softphone registers."""

from __future__ import annotations

from callcenter.services.records import PhoneAccess
from callcenter.web.api.route import Incoming, Route


async def show(incoming: Incoming[None, None]) -> PhoneAccess:
    return incoming.context.phones.access(incoming.user_id)


ROUTES = (Route("GET", "/phone", show, "One's own SIP account, for the softphone"),)
