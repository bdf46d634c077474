"""`changed` messages: to whom, and what they say."""

from __future__ import annotations

from uuid import UUID

import orjson

from callcenter.feed import Feed, Message
from callcenter.services.news import News

WEI, LI, TICKET = UUID(int=1), UUID(int=2), UUID(int=3)


def test_who_is_concerned_is_told_what_to_read_again() -> None:
    feed = Feed("epoch")
    told: list[Message] = []
    feed.subscribe(told.append)
    news = News(feed)

    news.changed("ticket", TICKET)
    news.changed("callbacks", users=[WEI])
    news.changed("missed", users=())  # nobody is concerned

    assert [(m.type, m.is_for(WEI), m.is_for(LI)) for m in told] == [
        ("changed", True, True),
        ("changed", True, False),
    ]
    assert orjson.loads(told[0].encoded())["data"] == {"what": "ticket", "id": str(TICKET)}
    assert orjson.loads(told[1].encoded())["data"] == {"what": "callbacks", "id": None}
