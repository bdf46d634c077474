"""Who sits where, in memory: users with their devices and queues, the queues themselves, and what
agents may be not ready for.

Read from the database at the start and again and again (`services.reloading`); the live branch
reads it on every event and never waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from callcenter.domain.permissions import Actor, Scope
from callcenter.store.database import Database
from callcenter.store.queries import roster as rows

EVERYTHING: Final = frozenset({"call", "ticket"})
"""What a pop shows of a customer besides themselves."""


PhoneKind = Literal["browser", "desk"]
RecordingPolicy = Literal["never", "on_demand", "always"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A user, as telephony sees them. `interface` is "" for somebody without a phone."""

    user_id: UUID
    name: str
    extension: str
    interface: str
    queues: tuple[str, ...]
    reads_all: frozenset[str] = EVERYTHING  # of what a pop shows
    phone_kind: PhoneKind = "browser"  # where a call's sound is: on the page, or on the desk


@dataclass(frozen=True, slots=True)
class QueueInfo:
    id: UUID
    name: str
    label: dict[str, str]
    domain: str
    wrap_up_s: int
    is_default: bool
    wrap_up_extra_s: int = 0  # asked for once; 0: never
    recording: RecordingPolicy = "never"
    disposition_required: bool = False
    cost_centre: str = ""
    recording_days: int | None = None  # how long recordings are kept; None: for ever


@dataclass(frozen=True, slots=True)
class PauseReason:
    """What an agent may be not ready for, and for how long at a time (None: no limit)."""

    code: str
    allowed_minutes: int | None = None


class Roster:
    def __init__(
        self,
        seats: Iterable[Seat] = (),
        queues: Iterable[QueueInfo] = (),
        reasons: Iterable[PauseReason] = (),
    ) -> None:
        self._by_user: dict[UUID, Seat] = {}
        self._by_interface: dict[str, Seat] = {}
        self._by_extension: dict[str, Seat] = {}
        self.queues: dict[str, QueueInfo] = {}
        self.reasons: dict[str, PauseReason] = {}
        self.replace(seats, queues, reasons)

    def replace(
        self,
        seats: Iterable[Seat],
        queues: Iterable[QueueInfo],
        reasons: Iterable[PauseReason] | None = None,
    ) -> bool:
        """Whether anything is different now. No `reasons`: they stay as they are."""
        before = self._by_user, self.queues, self.reasons
        self._by_user = {seat.user_id: seat for seat in seats}
        self._by_interface = {s.interface: s for s in self._by_user.values() if s.interface}
        self._by_extension = {s.extension: s for s in self._by_user.values() if s.extension}
        self.queues = {queue.name: queue for queue in queues}
        if reasons is not None:
            self.reasons = {reason.code: reason for reason in reasons}
        return before != (self._by_user, self.queues, self.reasons)

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
            reasons = await rows.pause_reasons(connection)
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
                    phone_kind=seat["phone_kind"],
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
                    wrap_up_extra_s=queue["wrap_up_extra_s"],
                    recording=queue["recording"],
                    disposition_required=queue["disposition_required"],
                    cost_centre=queue["cost_centre"],
                    recording_days=queue["recording_days"],
                )
                for queue in queues
            ],
            [PauseReason(reason["code"], reason["allowed_minutes"]) for reason in reasons],
        )


def _reads_all(actor: Actor) -> frozenset[str]:
    return frozenset(one for one in EVERYTHING if actor.scope(one, "read") is Scope.ALL)
