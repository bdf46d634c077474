"""What a desk is set up with, one's own figures, and the texts beside a call."""

from __future__ import annotations

from callcenter.services.records import DeskConfig, FiguresView
from callcenter.web.answers import ArticleList
from callcenter.web.api.route import Incoming, Route
from callcenter.web.bodies import ArticleQuery


async def show(incoming: Incoming[None, None]) -> DeskConfig:
    return await incoming.context.after.desk.get(incoming.context.company)


async def today(incoming: Incoming[None, None]) -> FiguresView:
    return await incoming.context.after.figures.today(incoming.user_id)


async def articles(incoming: Incoming[None, ArticleQuery]) -> ArticleList:
    query = incoming.query
    rows = await incoming.context.after.desk.articles(
        incoming.actor,
        queue=query.queue,
        kind=query.kind,
        text=query.q,
        locale=query.locale,
        limit=query.limit,
    )
    return ArticleList(tuple(rows))


ROUTES = (
    Route("GET", "/desk", show, "Company, pause reasons, dispositions, queues, tags"),
    Route("GET", "/me/today", today, "One's own figures since midnight"),
    Route("GET", "/articles", articles, "Scripts and knowledge, scripts first"),
)
