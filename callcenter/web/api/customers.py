"""Customers."""

from __future__ import annotations

from callcenter.services.records import CustomerDetail, TimelineEntry
from callcenter.web.answers import CustomerList, TimelineList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import CustomerCreate, CustomerNote, CustomerQuery, TimelineQuery


async def search(incoming: Incoming[None, CustomerQuery]) -> CustomerList:
    query = incoming.query
    rows = await incoming.context.customers.search(incoming.actor, query.q, query.limit)
    return CustomerList(tuple(rows))


async def create(incoming: Incoming[CustomerCreate, None]) -> CustomerDetail:
    return await incoming.context.customers.quick_create(
        incoming.actor, **incoming.body.model_dump()
    )


async def show(incoming: Incoming[None, None]) -> CustomerDetail:
    return await incoming.context.customers.get(incoming.actor, incoming.id)


async def timeline(incoming: Incoming[None, TimelineQuery]) -> TimelineList:
    query = incoming.query
    entries, more = await incoming.context.customers.timeline(
        incoming.actor,
        incoming.id,
        kinds=query.kinds,
        before=query.before,
        before_id=query.before_id,
        limit=query.limit,
    )
    return TimelineList(tuple(entries), more)


async def add_note(incoming: Incoming[CustomerNote, None]) -> TimelineEntry:
    return await incoming.context.customers.add_note(
        incoming.actor, incoming.id, incoming.body.body
    )


ROUTES = (
    Route("GET", "/customers", search, "Customers by name, company, code or number"),
    Route("POST", "/customers", create, "Create a customer with one number", status=201),
    Route("GET", "/customers/{id}", show, "A customer's card, numbers and timeline"),
    Route("GET", "/customers/{id}/timeline", timeline, "What happened, newest first"),
    Route("POST", "/customers/{id}/notes", add_note, "Write a note on a customer", status=201),
)
