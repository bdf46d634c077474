"""Tickets."""

from __future__ import annotations

from callcenter.services.records import TicketDetail
from callcenter.web.answers import TicketList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import NoteCreate, TicketCreate, TicketPatch, TicketQuery


async def of_customer(incoming: Incoming[None, TicketQuery]) -> TicketList:
    query = incoming.query
    rows = await incoming.context.tickets.of_customer(incoming.actor, query.party_id, query.limit)
    return TicketList(tuple(rows))


async def create(incoming: Incoming[TicketCreate, None]) -> TicketDetail:
    return await incoming.context.tickets.create(incoming.actor, **incoming.body.model_dump())


async def show(incoming: Incoming[None, None]) -> TicketDetail:
    return await incoming.context.tickets.get(incoming.actor, incoming.id)


async def change(incoming: Incoming[TicketPatch, None]) -> TicketDetail:
    changes = incoming.body.model_dump(exclude_unset=True, exclude={"version"})
    return await incoming.context.tickets.update(
        incoming.actor, incoming.id, incoming.body.version, changes
    )


async def add_note(incoming: Incoming[NoteCreate, None]) -> TicketDetail:
    body = incoming.body
    return await incoming.context.tickets.add_note(
        incoming.actor, incoming.id, body.body, body.call_id
    )


ROUTES = (
    Route("GET", "/tickets", of_customer, "A customer's tickets, newest first"),
    Route("POST", "/tickets", create, "Open a ticket", status=201),
    Route("GET", "/tickets/{id}", show, "One ticket with its notes"),
    Route("PATCH", "/tickets/{id}", change, "Change a ticket's status, priority or subject"),
    Route("POST", "/tickets/{id}/notes", add_note, "Write a note", status=201),
)
