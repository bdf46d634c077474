"""The call log."""

from __future__ import annotations

from callcenter.services.records import CallDetail
from callcenter.web.answers import CallList, MissedCleared, MissedList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import CallPatch, CallQuery, MissedClear, WrapUp


async def recent(incoming: Incoming[None, CallQuery]) -> CallList:
    query = incoming.query
    rows = await incoming.context.calls.recent(
        incoming.actor,
        mine=query.mine,
        undisposed=query.undisposed,
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


async def wrap_up(incoming: Incoming[WrapUp, None]) -> CallDetail:
    given = incoming.body.model_dump(exclude_unset=True)
    return await incoming.context.after.wrap_ups.save(incoming.actor, incoming.id, given)


async def missed(incoming: Incoming[None, None]) -> MissedList:
    return MissedList(tuple(await incoming.context.after.missed.listed(incoming.actor)))


async def clear_missed(incoming: Incoming[MissedClear, None]) -> MissedCleared:
    until, former = await incoming.context.after.missed.clear(incoming.actor, incoming.body.until)
    return MissedCleared(until, former)


ROUTES = (
    Route("GET", "/calls", recent, "Calls, newest first"),
    Route("GET", "/calls/missed", missed, "Whom one should call back, newest first"),
    Route("POST", "/calls/missed/clear", clear_missed, "One's missed calls were seen"),
    Route("GET", "/calls/{id}", show, "One call with its legs"),
    Route("PATCH", "/calls/{id}", change, "Attach a call to a customer or ticket, note it"),
    Route(
        "POST",
        "/calls/{id}/wrap-up",
        wrap_up,
        "Save the work after a call, all at once",
        repeatable=True,
    ),
)
