"""What calls do, in the past tense: the only language telephony speaks to the rest of the house.

Every value is frozen. `seq` rises by one per event and pbx, in the switch's own order; `at` is the
switch's clock in UTC. A consumer is idempotent on (pbx, call_id, seq). No channel name leaves
telephony: a leg is named by `leg_id` (its first channel's Uniqueid) and its `interface`
(the real device, e.g. ``PJSIP/1001``; never ``Local/…``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from telephony.problems import Problem

NAMESPACE = UUID("6b6a0f3e-5a55-5c0e-9a51-0f6b1f0d5d11")


def call_id_for(pbx: str, first_uniqueid: str) -> UUID:
    """Our call id: UUIDv5 of the pbx and the Uniqueid of the call's first channel."""
    return uuid5(NAMESPACE, f"{pbx}/{first_uniqueid}")


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class CallResult(StrEnum):
    """How a call ended, seen from the customer. Terminal: never overwritten."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the caller left before anybody answered
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CANCELLED = "cancelled"  # our side gave up before the far end answered
    FAILED = "failed"


class LegRole(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    OUTSIDE = "outside"  # a third party outside the house (transfer target, consulted expert)
    SUPERVISOR = "supervisor"


class LegResult(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    BUSY = "busy"
    CANCELLED = "cancelled"  # stopped ringing because the caller left or another agent took it
    FAILED = "failed"
    ABANDONED = "abandoned"  # the customer's own leg, when nobody answered


class EndCause(StrEnum):
    """Why a leg ended. Who ended it is `LegLog.ended_by`."""

    HUNG_UP = "hung_up"  # somebody who was in it ended the talk
    TRANSFERRED = "transferred"  # it handed the others over to somebody; a phone forwards (302)
    NOT_PICKED_UP = "not_picked_up"  # it rang until its time was up
    BUSY = "busy"
    DECLINED = "declined"  # by a hand, or by do-not-disturb
    TAKEN_ELSEWHERE = "taken_elsewhere"  # another phone answered
    CALLER_LEFT = "caller_left"  # whoever called gave up first
    MACHINE = "machine"  # an answering machine took it, and the dialplan ended the call
    GIVEN_UP = "given_up"  # the dialplan or the queue ended it: full, closed, its time was up
    CONGESTION = "congestion"  # no line, no route
    UNREACHABLE = "unreachable"  # not registered, switched off, no such number
    LOST = "lost"  # the switch or the telephone went away, or the end was not seen
    FAILED = "failed"


class VisitOutcome(StrEnum):
    """How a stay in a queue ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the caller hung up
    MOVED = "moved"  # sent to another place while waiting: another queue, an agent
    KEY = "key"  # pressed the key that leaves the queue
    CALLBACK = "callback"  # left it for a promised call; no abandon
    TIMED_OUT = "timed_out"  # waited as long as the queue lets wait
    EMPTY = "empty"  # nobody works in it (any more)
    FULL = "full"  # was not let in
    LOST = "lost"  # the end was not seen


class TransferKind(StrEnum):
    BLIND = "blind"
    ATTENDED = "attended"
    QUEUE = "queue"  # blind, and the target is a queue


class RecordingState(StrEnum):
    ON = "on"
    PAUSED = "paused"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LegLog:
    """One party's stay in a call. Times in seconds, by the switch's clock.

    `connected_s` runs from this party's answer until it left the call; it is
    `talk_s + hold_s + consult_s`: with the others in a bridge, having the other side on hold
    (or being held, for the customer), and speaking to a third party while the customer waits.
    Only who is called first of all is connected longer: the agent of a click-to-dial call while the
    other side rings, the customer of a campaign while the dialplan listens whether a machine has
    answered. They have answered and are with nobody, which is none of the three.

    A supervisor's leg lasts from when they hear somebody of the call until they do not; all of it
    is their `talk_s`, and nobody else's.
    """

    leg_id: str
    interface: str
    role: LegRole
    result: LegResult
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    ring_s: float
    connected_s: float
    talk_s: float
    hold_s: float
    consult_s: float
    ended_by: LegRole | None
    wait_s: float = 0.0  # in queues or ringing, before anybody answered; of a party that called
    cause: EndCause = EndCause.HUNG_UP


@dataclass(frozen=True, slots=True)
class QueueVisit:
    """One stay in a queue: what service levels are counted from (`domain.md`)."""

    queue: str
    joined_at: datetime
    left_at: datetime
    wait_s: float
    outcome: VisitOutcome
    priority: int = 0


@dataclass(frozen=True, slots=True)
class TransferLog:
    kind: TransferKind
    by: str  # interface
    to: str  # extension, queue or interface, as dialled
    at: datetime


@dataclass(frozen=True, slots=True)
class CallLog:
    """One customer contact, complete. `wait_s` is time in queues (or ringing) before an answer."""

    pbx: str
    call_id: UUID
    uniqueid: str
    direction: Direction
    result: CallResult
    caller: str
    caller_name: str
    dialled: str
    queues: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    wait_s: float
    connected_s: float
    legs: tuple[LegLog, ...]
    transfers: tuple[TransferLog, ...]
    linked: tuple[UUID, ...]
    inferred: bool = False  # the end was not seen but concluded after a resync
    recovered: bool = False  # not seen from begin to end by one process; legs may lack
    visits: tuple[QueueVisit, ...] = ()
    from_history: bool = False  # made of what the switch itself recorded (CEL): complete, no holds


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What all call events carry."""

    pbx: str
    call_id: UUID
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallArrived(CallEvent):
    """A new contact began. `caller` is the presented number ("" when withheld); for an outbound
    call the customer is `dialled` and the agent is `interface`."""

    uniqueid: str
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    interface: str


@dataclass(frozen=True, slots=True)
class CallQueued(CallEvent):
    queue: str
    priority: int
    position: int


@dataclass(frozen=True, slots=True)
class CallUnqueued(CallEvent):
    """The caller left a queue, for an agent, another place in the dialplan, or for good."""

    queue: str


@dataclass(frozen=True, slots=True)
class AgentRinging(CallEvent):
    """The pop's trigger: this device rings now for this call. `queue` is "" outside a queue."""

    leg_id: str
    interface: str
    queue: str


@dataclass(frozen=True, slots=True)
class AgentRingEnded(CallEvent):
    """The device stopped ringing without answering."""

    leg_id: str
    interface: str
    result: LegResult


@dataclass(frozen=True, slots=True)
class CallAnswered(CallEvent):
    """A leg answered. The first agent (or, outbound, customer) answer makes the call answered."""

    leg_id: str
    interface: str
    role: LegRole
    queue: str


@dataclass(frozen=True, slots=True)
class CallHeld(CallEvent):
    leg_id: str
    interface: str  # who put the other side on hold


@dataclass(frozen=True, slots=True)
class CallResumed(CallEvent):
    leg_id: str
    interface: str


@dataclass(frozen=True, slots=True)
class ConsultBegan(CallEvent):
    """`call_id` is a consultation that `interface` holds about the customer's call `of`.

    While it lasts, who is spoken to is told by CallHeld and CallResumed of both. It ends as any
    call ends, or is merged into the customer's (transfer completed, three-way).
    """

    of: UUID
    interface: str


@dataclass(frozen=True, slots=True)
class RecordingChanged(CallEvent):
    """The switch records this call, records silence in its place, or stopped."""

    state: RecordingState


@dataclass(frozen=True, slots=True)
class CallTransferred(CallEvent):
    kind: TransferKind
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class CallMerged(CallEvent):
    """`call_id` proved to be part of the contact `into` (e.g. a completed consultation)."""

    into: UUID


@dataclass(frozen=True, slots=True)
class LegEnded(CallEvent):
    """A leg that had answered left the call; `log` is final. The agent's wrap-up starts here."""

    log: LegLog


@dataclass(frozen=True, slots=True)
class CallEnded(CallEvent):
    log: CallLog


@dataclass(frozen=True, slots=True)
class SwitchEvent:
    """What is not about one call."""

    pbx: str
    seq: int
    at: datetime


class DeviceState(StrEnum):
    UNKNOWN = "unknown"
    NOT_INUSE = "not_inuse"
    INUSE = "inuse"
    BUSY = "busy"
    RINGING = "ringing"
    ONHOLD = "onhold"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class DeviceStateChanged(SwitchEvent):
    interface: str
    state: DeviceState


@dataclass(frozen=True, slots=True)
class MemberChanged(SwitchEvent):
    """A queue member as the switch has it (added, paused, removed by whoever did it)."""

    queue: str
    interface: str
    paused: bool
    reason: str
    removed: bool


@dataclass(frozen=True, slots=True)
class SwitchConnected(SwitchEvent):
    """Logged in and resynchronised: what the tracker says now is what the switch has."""

    version: str


@dataclass(frozen=True, slots=True)
class SwitchLost(SwitchEvent):
    """Not connected: a bad secret, refused, TLS, silent …"""

    problem: Problem

    @property
    def reason(self) -> str:
        """In English."""
        return str(self.problem)


TelephonyEvent = CallEvent | SwitchEvent
