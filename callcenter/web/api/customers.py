"""Customers."""

from __future__ import annotations

from callcenter.services.records import CustomerDetail
from callcenter.web.answers import CustomerList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import CustomerCreate, CustomerQuery


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


ROUTES = (
    Route("GET", "/customers", search, "Customers by name, company, code or number"),
    Route("POST", "/customers", create, "Create a customer with one number", status=201),
    Route("GET", "/customers/{id}", show, "A customer's card, numbers and timeline"),
)
