"""Callbacks: calls that were promised."""

from __future__ import annotations

from callcenter.services.records import CallbackRow
from callcenter.web.answers import CallbackList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import CallbackCreate, CallbackPatch, CallbackQuery


async def listed(incoming: Incoming[None, CallbackQuery]) -> CallbackList:
    query = incoming.query
    rows = await incoming.context.after.callbacks.listed(incoming.actor, query.state, query.limit)
    return CallbackList(tuple(rows))


async def create(incoming: Incoming[CallbackCreate, None]) -> CallbackRow:
    given = incoming.body.model_dump()
    return await incoming.context.after.callbacks.create(incoming.actor, given)


async def change(incoming: Incoming[CallbackPatch, None]) -> CallbackRow:
    changes = incoming.body.model_dump(exclude_unset=True, exclude={"version"})
    return await incoming.context.after.callbacks.update(
        incoming.actor, incoming.id, incoming.body.version, changes
    )


ROUTES = (
    Route("GET", "/callbacks", listed, "Callbacks to make, the first due first"),
    Route("POST", "/callbacks", create, "Promise a callback", status=201),
    Route("PATCH", "/callbacks/{id}", change, "Take, move, note, do or cancel a callback"),
)
