"""The call log."""

from __future__ import annotations

from callcenter.services.records import CallDetail
from callcenter.web.answers import CallList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import CallPatch, CallQuery


async def recent(incoming: Incoming[None, CallQuery]) -> CallList:
    query = incoming.query
    rows = await incoming.context.calls.recent(
        incoming.actor,
        mine=query.mine,
        party_id=query.party_id,
        before=query.before,
        limit=query.limit,
    )
    return CallList(tuple(rows))


async def show(incoming: Incoming[None, None]) -> CallDetail:
    return await incoming.context.calls.get(incoming.actor, incoming.id)


async def change(incoming: Incoming[CallPatch, None]) -> CallDetail:
    changes = incoming.body.model_dump(exclude_unset=True, exclude={"version"})
    return await incoming.context.calls.update(
        incoming.actor, incoming.id, incoming.body.version, changes
    )


ROUTES = (
    Route("GET", "/calls", recent, "Calls, newest first"),
    Route("GET", "/calls/{id}", show, "One call with its legs"),
    Route("PATCH", "/calls/{id}", change, "Attach a call to a customer or ticket, note it"),
)
