"""Tasks: what is to be done next."""

from __future__ import annotations

from callcenter.services.records import TaskRow
from callcenter.web.answers import TaskList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import TaskCreate, TaskPatch, TaskQuery


async def listed(incoming: Incoming[None, TaskQuery]) -> TaskList:
    query = incoming.query
    rows = await incoming.context.after.tasks.listed(
        incoming.actor,
        mine=query.mine,
        party_id=query.party_id,
        done=query.done,
        limit=query.limit,
    )
    return TaskList(tuple(rows))


async def create(incoming: Incoming[TaskCreate, None]) -> TaskRow:
    return await incoming.context.after.tasks.create(incoming.actor, **incoming.body.model_dump())


async def change(incoming: Incoming[TaskPatch, None]) -> TaskRow:
    changes = incoming.body.model_dump(exclude_unset=True)
    return await incoming.context.after.tasks.update(incoming.actor, incoming.id, changes)


ROUTES = (
    Route("GET", "/tasks", listed, "Tasks, the first due first"),
    Route("POST", "/tasks", create, "Write down what is to be done", status=201),
    Route("PATCH", "/tasks/{id}", change, "Do, move, change or hand over a task"),
)
