"""Telling screens that what they read over REST is old: `changed` messages.

Whoever changes such a thing says so here, after the commit: a screen that is told, and reads
again, then reads what was committed. Nothing of the record itself is sent: who may see it is
decided when it is read.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.views import Changed, ChangedView


class News:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def changed(
        self, what: Changed, id_: UUID | None = None, users: Collection[UUID] | None = None
    ) -> None:
        """`id_` of the one record, None for the whole list; `users` whom it concerns, None for
        everybody, and nobody is told when it is empty."""
        audience = None if users is None else frozenset(users)
        if audience is None or audience:
            self._feed.publish(audience, "changed", ChangedView(what, id_))
