"""The numbered feed: who gets what, and what a screen that was away missed."""

from __future__ import annotations

from uuid import UUID

import orjson

from callcenter.feed import Feed, Message

LINA, ZHANG = UUID(int=1), UUID(int=2)


def numbers(messages: list[Message] | None) -> list[int] | None:
    return None if messages is None else [message.seq for message in messages]


def test_messages_are_numbered_whoever_they_are_for() -> None:
    feed = Feed()
    seen: list[Message] = []
    unsubscribe = feed.subscribe(seen.append)
    assert feed.publish(None, "queue", {"name": "support"}) == 1
    assert feed.publish(frozenset((LINA,)), "agent", {}) == 2
    unsubscribe()
    feed.publish(None, "queue", {})
    assert [one.seq for one in seen] == [1, 2]
    assert orjson.loads(seen[0].encoded()) == {
        "seq": 1,
        "type": "queue",
        "data": {"name": "support"},
    }
    assert seen[0].encoded() is seen[0].encoded(), "made once for all sockets"


def test_a_screen_gets_what_it_missed_and_only_what_is_its_own() -> None:
    feed = Feed(epoch="e")
    for audience in (None, frozenset((LINA,)), frozenset((ZHANG,)), None):
        feed.publish(audience, "x", {})
    assert numbers(feed.since("e", 0, LINA)) == [1, 2, 4]
    assert numbers(feed.since("e", 2, LINA)) == [4]
    assert numbers(feed.since("e", 4, LINA)) == []


def test_who_was_away_too_long_or_in_another_life_takes_a_snapshot() -> None:
    feed = Feed(epoch="e", ring=3)
    for _ in range(5):
        feed.publish(None, "x", {})
    assert numbers(feed.since("e", 2, LINA)) == [3, 4, 5]
    assert feed.since("e", 1, LINA) is None
    assert feed.since("other", 4, LINA) is None
    assert feed.since("e", 6, LINA) is None
    assert feed.since("e", -1, LINA) is None
    assert feed.since(None, None, LINA) is None
    assert Feed().epoch != Feed().epoch


def test_a_subscriber_may_leave_while_it_is_told() -> None:
    feed = Feed()
    seen: list[str] = []

    def once(message: Message) -> None:
        seen.append("once")
        leave()

    leave = feed.subscribe(once)
    feed.subscribe(lambda message: seen.append("always"))
    feed.publish(None, "x", {})
    feed.publish(None, "x", {})
    assert seen == ["once", "always", "always"]
