"""What the log's commits mean to others: cards first, then the screens of who had the calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from callcenter.feed import Feed
from callcenter.services.directory import Directory
from callcenter.services.views import LoggedView


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call that ended, or that somebody missed: its customer, and whose phones it was on."""

    id: UUID
    party_id: UUID | None
    agents: frozenset[UUID]


class LogNews:
    def __init__(self, directory: Directory, feed: Feed) -> None:
        self._directory = directory
        self._feed = feed

    async def tell(self, calls: Collection[LoggedCall]) -> None:
        """Call it after the commit: whoever is told, and reads, reads what was committed."""
        await self._directory.refresh({call.party_id for call in calls if call.party_id})
        for call in calls:
            if call.agents:
                self._feed.publish(call.agents, "call.logged", LoggedView(call.id, call.party_id))
