"""How the whole of it is, for administrators; the live screen gets the same by ``health.watch``."""

from __future__ import annotations

from callcenter.services.views import HealthView
from callcenter.web.api.route import Incoming, Route


async def detail(incoming: Incoming[None, None]) -> HealthView:
    return await incoming.context.health.detail(incoming.actor)


ROUTES = (Route("GET", "/health/detail", detail, "Switches, log, history, recordings and alarms"),)
