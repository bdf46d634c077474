"""Who sits where, in memory: users with their devices and queues, and the queues themselves.

Read from the database at the start and again and again (`services.reloading`); the live branch
reads it on every event and never waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from callcenter.domain.permissions import Actor, Scope
from callcenter.store.database import Database
from callcenter.store.queries import roster as rows

EVERYTHING: Final = frozenset({"call", "ticket"})
"""What a pop shows of a customer besides themselves."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A user, as telephony sees them. `interface` is "" for somebody without a phone."""

    user_id: UUID
    name: str
    extension: str
    interface: str
    queues: tuple[str, ...]
    reads_all: frozenset[str] = EVERYTHING  # of what a pop shows


@dataclass(frozen=True, slots=True)
class QueueInfo:
    id: UUID
    name: str
    label: dict[str, str]
    domain: str
    wrap_up_s: int
    is_default: bool


class Roster:
    def __init__(self, seats: Iterable[Seat] = (), queues: Iterable[QueueInfo] = ()) -> None:
        self._by_user: dict[UUID, Seat] = {}
        self._by_interface: dict[str, Seat] = {}
        self._by_extension: dict[str, Seat] = {}
        self.queues: dict[str, QueueInfo] = {}
        self.replace(seats, queues)

    def replace(self, seats: Iterable[Seat], queues: Iterable[QueueInfo]) -> bool:
        """Whether anything is different now."""
        before = self._by_user, self.queues
        self._by_user = {seat.user_id: seat for seat in seats}
        self._by_interface = {s.interface: s for s in self._by_user.values() if s.interface}
        self._by_extension = {s.extension: s for s in self._by_user.values() if s.extension}
        self.queues = {queue.name: queue for queue in queues}
        return before != (self._by_user, self.queues)

    def seats(self) -> Iterable[Seat]:
        return self._by_user.values()

    def seat(self, user_id: UUID) -> Seat | None:
        return self._by_user.get(user_id)

    def at(self, interface: str) -> Seat | None:
        """Who sits at this device."""
        return self._by_interface.get(interface)

    def extension(self, extension: str) -> Seat | None:
        return self._by_extension.get(extension)

    def extensions(self) -> Collection[str]:
        return self._by_extension.keys()

    def queue(self, name: str) -> QueueInfo | None:
        """That queue; for a call outside any queue (or in one we do not know) the default one."""
        found = self.queues.get(name)
        return found or next((one for one in self.queues.values() if one.is_default), None)

    async def load(self, database: Database) -> bool:
        """As the database has it now; whether that is different from before."""
        async with database.read() as connection:
            seats = await rows.seats(connection)
            memberships = await rows.memberships(connection)
            queues = await rows.queues(connection)
        queues_of: defaultdict[UUID, list[str]] = defaultdict(list)
        for one in memberships:
            queues_of[one["user_id"]].append(one["queue"])
        return self.replace(
            [
                Seat(
                    user_id=seat["id"],
                    name=seat["name"],
                    extension=seat["extension"] or "",
                    interface=seat["interface"] or "",
                    queues=tuple(queues_of[seat["id"]]),
                    reads_all=_reads_all(Actor(seat["id"], permissions=seat["permissions"])),
                )
                for seat in seats
            ],
            [
                QueueInfo(
                    id=queue["id"],
                    name=queue["name"],
                    label=queue["label"],
                    domain=queue["domain"],
                    wrap_up_s=queue["wrap_up_s"],
                    is_default=queue["is_default"],
                )
                for queue in queues
            ],
        )


def _reads_all(actor: Actor) -> frozenset[str]:
    return frozenset(one for one in EVERYTHING if actor.scope(one, "read") is Scope.ALL)
