"""Members of queues and callers waiting in them, as the manager describes them."""

from __future__ import annotations

from dataclasses import dataclass, field

from telephony.simulator.channels import Channel, Fields

# As in Asterisk's devicestate.h; what Queue* events call Status.
STATUS = {
    "NOT_INUSE": 1,
    "INUSE": 2,
    "BUSY": 3,
    "UNAVAILABLE": 5,
    "RINGING": 6,
    "RINGINUSE": 7,
    "ONHOLD": 8,
}


@dataclass(eq=False, slots=True)
class Member:
    queue: str
    interface: str
    name: str
    paused: bool
    login_time: float
    penalty: int = 0
    reason: str = ""
    calls_taken: int = 0
    last_call: float = 0.0
    last_pause: float = 0.0
    in_call: bool = False
    state: str = "NOT_INUSE"
    free_at: float = 0.0  # end of its wrap-up

    def headers(self) -> Fields:
        """Of QueueMemberAdded, …Pause, …Removed and …Status."""
        return [
            ("Queue", self.queue),
            ("MemberName", self.name),
            ("Interface", self.interface),
            ("StateInterface", self.interface),
            *self._rest(),
        ]

    def listed(self) -> Fields:
        """Of the item QueueMember in QueueStatus, which names things differently."""
        return [
            ("Queue", self.queue),
            ("Name", self.name),
            ("Location", self.interface),
            ("StateInterface", self.interface),
            *self._rest(),
        ]

    def _rest(self) -> Fields:
        return [
            ("Membership", "dynamic"),
            ("Penalty", str(self.penalty)),
            ("CallsTaken", str(self.calls_taken)),
            ("LastCall", str(int(self.last_call))),
            ("LastPause", str(int(self.last_pause))),
            ("LoginTime", str(int(self.login_time))),
            ("InCall", str(int(self.in_call))),
            ("Status", str(STATUS[self.state])),
            ("Paused", str(int(self.paused))),
            ("PausedReason", self.reason),
            ("Ringinuse", "0"),
            ("Wrapuptime", "0"),
        ]


@dataclass(eq=False, slots=True)
class Attempt:
    """One member's phone rings for one caller."""

    member: Member
    channel: Channel
    since: float


@dataclass(eq=False, slots=True)
class Entry:
    """One caller in one queue."""

    channel: Channel
    queue: str
    priority: int
    number: int  # order of arrival
    joined_at: float
    position: int = 0  # when it joined
    attempts: list[Attempt] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)  # who refused in this round
    not_before: float = 0.0  # the pause after nobody answered

    def order(self) -> tuple[int, int]:
        return (-self.priority, self.number)
