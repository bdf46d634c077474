"""What the log's commits mean to others: cards first, then the screens of who had the calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.directory import Directory
from callcenter.services.views import LoggedView
from callcenter.store.queries import AnyRow


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call that ended, that somebody missed, or the work after which is over.

    `agents`: whose phones it was on; `number` the customer's, as the switch wrote it; `reached`:
    somebody spoke with them; `kept`: callbacks (rows) that it was the promised call of.
    """

    id: UUID
    party_id: UUID | None
    agents: frozenset[UUID]
    direction: str
    number: str
    queue: str  # the last one; "" outside of any
    reached: bool
    ended: bool
    kept: tuple[AnyRow, ...]


Listener = Callable[[LoggedCall], None]


class LogNews:
    def __init__(self, directory: Directory, feed: Feed) -> None:
        self._directory = directory
        self._feed = feed
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Called for every call that is told of, after the screens that had it; must not wait."""
        self._listeners.append(listener)

    async def tell(self, calls: Collection[LoggedCall]) -> None:
        """Call it after the commit: whoever is told, and reads, reads what was committed."""
        await self._directory.refresh({call.party_id for call in calls if call.party_id})
        for call in calls:
            if call.agents:
                self._feed.publish(call.agents, "call.logged", LoggedView(call.id, call.party_id))
            for listener in self._listeners:
                listener(call)
