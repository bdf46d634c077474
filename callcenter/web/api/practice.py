"""The practice room: the way in, and what is different inside.

Inside are the same routes under ``/practice/api/v1``, for the same cookie; only that nobody signs
in there, and that leaving it ends no session.
"""

from __future__ import annotations

from callcenter.web.answers import PracticeView
from callcenter.web.api.route import PREFIX, Incoming, Route

PRACTICE_PREFIX = f"/practice{PREFIX}"


async def enter(incoming: Incoming[None, None]) -> PracticeView:
    return PracticeView(await incoming.context.practice.open(incoming.session))


async def call(incoming: Incoming[None, None]) -> None:
    await incoming.context.practice.call(incoming.user_id)


async def leave(incoming: Incoming[None, None]) -> None:
    """The cookie is the real house's, and stays."""
    await incoming.context.agents.sign_out(incoming.user_id)
    await incoming.context.auth.sign_out(incoming.session)


ROUTES = (
    Route("POST", "/practice", enter, "Open the practice room, or find it open"),
    Route("POST", "/practice/call", call, "In the practice room: be called now", status=204),
)
_LEAVE = Route("DELETE", "/session", leave, "Leave the practice room", status=204)


def inside(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """These routes as they are in the practice room."""
    kept = (one for one in routes if (one.path, one.method) not in _OUTSIDE)
    return (*kept, _LEAVE)


_OUTSIDE = {("/session", "POST"), ("/session", "DELETE")}
