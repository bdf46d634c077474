"""What the tracker remembers while a call lives: channels, legs, calls.

Times are seconds since the epoch by the switch's clock; `clock_time` makes them datetimes where
they leave the tracker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

from telephony.calls.transitions import TRANSITIONS, LegState, Stimulus
from telephony.events import (
    Direction,
    EndCause,
    LegLog,
    LegResult,
    LegRole,
    RecordingState,
    TransferLog,
    VisitOutcome,
)


def clock_time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class Mode(Enum):
    """How an answered leg spends its time; see `events.LegLog`."""

    ALONE = "alone"  # answered, and nobody has been there yet (click-to-dial)
    TALK = "talk"
    HOLD = "hold"
    CONSULT = "consult"


@dataclass(slots=True, eq=False)
class Channel:
    """One channel of the switch. `interface` is "" when there is no device behind it."""

    uniqueid: str
    name: str
    interface: str
    call: Call
    alive: bool = True
    up: bool = False  # answered, by a party or by the dialplan
    bridge: str = ""
    place: tuple[str, str] = ("", "")  # context and extension when it entered the bridge
    mate: Channel | None = None  # the other half of a Local channel
    identity: tuple[str, str] = ("", "")  # its own number and name, as it was born with
    leg: Leg | None = None
    listening: Leg | None = None  # a supervisor's, in `listens_to`; see `supervising`
    listens_to: Call | None = None
    stays: int = 0  # how often it has listened to somebody


@dataclass(slots=True, eq=False)
class Leg:
    """One party's stay. `incoming`: this party called the switch, it was not called by it."""

    leg_id: str
    interface: str
    channel: Channel
    role: LegRole
    incoming: bool
    started_at: float
    state: LegState = LegState.CALLING
    result: LegResult | None = None
    ring_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    rang: bool = False  # the device itself said that it rings
    refusal: str = ""  # the cause its device gave when it ended the call by itself
    timed_out: bool = False  # its queue stopped ringing it
    queue: str = ""  # whose caller it was offered
    holding: bool = False
    held_at: float = 0.0  # when it last began to hold
    consulting: Call | None = None  # the last call it made while in this one
    ended_by: LegRole | None = None
    cause: EndCause | None = None  # why it ended, where that was seen; else see `causes`
    said_bye: bool = False  # its device hung up
    machine: bool = False  # what answered there is one, and no person
    code: str = ""  # Q.850 cause of its channel's end
    status: str = ""  # DialStatus of its dial, when that was not answered
    shares_with: str = ""  # whom it brought in, when three talk
    left_first: bool = False  # out of the bridge before anybody had hung up
    mode: Mode = Mode.ALONE
    since: float | None = None  # begin of `mode`
    talk: float = 0.0
    hold: float = 0.0
    consult: float = 0.0
    log: LegLog | None = None  # once it has ended, and been said

    def move(self, stimulus: Stimulus) -> bool:
        """Applies the table; True when the state changed."""
        after = TRANSITIONS[self.state, stimulus]
        changed = after is not self.state
        self.state = after
        return changed

    @property
    def answered(self) -> bool:
        return self.answered_at is not None

    @property
    def live(self) -> bool:
        return self.state is not LegState.ENDED

    def spend(self, mode: Mode, at: float) -> None:
        """From now on the time counts as `mode`. Frames may come in another order than they were
        made: no second is counted twice."""
        if self.since is not None:
            at = max(at, self.since)
            seconds = at - self.since
            if self.mode is Mode.TALK:
                self.talk += seconds
            elif self.mode is Mode.HOLD:
                self.hold += seconds
            elif self.mode is Mode.CONSULT:
                self.consult += seconds
        self.mode = mode
        self.since = at


@dataclass(slots=True)
class Visit:
    """One stay in a queue; see `visits`. `place` is where its Queue() is in the dialplan: context,
    extension and priority; `uniqueid` is the channel that waits."""

    queue: str
    joined_at: float
    place: tuple[str, str, str] = ("", "", "")
    uniqueid: str = ""
    priority: int = 0
    left_at: float | None = None
    outcome: VisitOutcome | None = None  # None: nothing has told yet
    doubtful: bool = False  # said to be abandoned, and nobody was seen to hang up


@dataclass(slots=True)
class PendingTransfer:
    """A transfer whose kind is known only when the customer arrives somewhere. `back`: no transfer
    but the way back to an agent whose telephone vanished. Whoever sent the customer away and is
    with them again has only put them on hold."""

    leg: Leg
    by: str
    to: str
    at: float
    back: bool = False


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that went on when a former process of ours last looked: what the log knows of it.

    `connected_s` is the time with agents who had left it by then; `seen_at` that last look.
    """

    uniqueid: str
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    queues: tuple[str, ...]
    queued_at: datetime | None  # when it joined the last of them
    started_at: datetime
    answered_at: datetime | None
    connected_s: float
    seen_at: datetime


@dataclass(slots=True, eq=False)
class Call:
    """One contact. `principal` is the leg the contact is about: the customer, or the outside
    party of a consultation; None in an internal call."""

    call_id: UUID
    uniqueid: str
    started_at: float
    caller: str
    caller_name: str
    dialled: str
    channels: dict[str, Channel] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)
    principal: Leg | None = None
    direction: Direction | None = None  # None until it is announced
    queue: str = ""  # where the caller waits now
    queues: list[str] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    priority: int = 0  # in the queue it is about to join
    wait_from: float | None = None
    answered_at: float | None = None
    abandoned: bool = False
    ender: LegRole | None = None  # who hung up first, since somebody last came in
    bye_at: float = 0.0  # when the first device to do so said it
    pending: PendingTransfer | None = None
    transfers: list[TransferLog] = field(default_factory=list)
    linked: list[UUID] = field(default_factory=list)
    asked: str = ""  # what the consultation dialled that has become part of this call
    consulted_by: Leg | None = None  # the leg of another call that made this one meanwhile
    near: Leg | None = None  # of that agent here, when the switch made it: see `consulting`
    recalls: str = ""  # the device that handed over while it rang, and is rung if that fails
    recording: RecordingState = RecordingState.OFF
    connected: float = 0.0
    connected_since: float | None = None
    inferred: bool = False
    unseen: bool = False  # it went on while nobody looked: times may lack
    recalled: OpenCall | None = None  # it began before this process did
    into: Call | None = None  # merged into

    def meter(self, on: bool, at: float) -> None:
        """Runs the clock of `connected` while it is on."""
        if self.connected_since is not None:
            at = max(at, self.connected_since)
            self.connected += at - self.connected_since
        self.connected_since = at if on else None

    def expect_transfer(self, by: Leg, to: str, at: float, *, back: bool = False) -> None:
        """This agent sends the customer away; the agent's stay ends by it."""
        if self.pending is None:
            self.pending = PendingTransfer(by, by.interface, to, at, back)
            by.ended_by = by.role
            by.cause = EndCause.LOST if back else EndCause.TRANSFERRED
            self.ender = None  # it left to transfer, not to end the call

    def keep(self) -> None:
        """No transfer after all: the agent is still there, or has the customer again."""
        if self.pending is not None:
            self.pending.leg.ended_by = self.pending.leg.cause = None
            self.pending = None

    def link(self, other: UUID) -> None:
        if other not in self.linked and other != self.call_id:
            self.linked.append(other)


def settled(call: Call) -> Call:
    """The call that this one has become part of: the root of the union."""
    while call.into is not None:
        call = call.into
    return call


@dataclass(frozen=True, slots=True)
class LiveLeg:
    leg_id: str
    interface: str
    role: LegRole
    state: str  # calling, ringing, answered
    holding: bool


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that has not ended, for a snapshot."""

    call_id: UUID
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    queue: str  # where the caller waits now
    queues: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    legs: tuple[LiveLeg, ...]
    recording: RecordingState = RecordingState.OFF
    consult_of: UUID | None = None  # the customer's call, when this is a consultation about it
