"""Comparisons of our call log with what the switch itself recorded, for administrators."""

from __future__ import annotations

from callcenter.web.answers import DifferenceList, ReconciliationList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import DifferenceQuery, ReconciliationQuery


async def listed(incoming: Incoming[None, ReconciliationQuery]) -> ReconciliationList:
    rows = await incoming.context.comparisons.listed(incoming.actor, incoming.query.limit)
    return ReconciliationList(tuple(rows))


async def differences(incoming: Incoming[None, DifferenceQuery]) -> DifferenceList:
    rows = await incoming.context.comparisons.differences(
        incoming.actor, incoming.id, incoming.query.limit
    )
    return DifferenceList(tuple(rows))


ROUTES = (
    Route(
        "GET",
        "/reconciliations",
        listed,
        "Comparisons of the call log with the switch's own record, newest first",
    ),
    Route("GET", "/reconciliations/{id}/differences", differences, "What a comparison found"),
)
