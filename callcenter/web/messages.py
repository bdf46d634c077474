"""The gateway's frames, both ways: the wire contract of the live screen.

Times are ISO-8601 UTC strings, ids UUID strings. `callcenter.web.typescript` makes the browser's
types of it. `seq` numbers what the feed published; a screen resumes after the last it applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from callcenter.services.views import (
    AgentView,
    CallView,
    ChangedView,
    ColleagueView,
    DelayView,
    HealthView,
    LoggedView,
    NoticeView,
    PhoneOrderView,
    PhoneView,
    QueueView,
    Snapshot,
    SwitchView,
)
from callcenter.web import bodies
from callcenter.web.answers import ErrorInfo

CLOSE_TOO_SLOW = 4008  # too much waited to be sent: come back and resume
CLOSE_SILENT = 4009  # nothing was heard for the lease: come back and resume
CLOSE_SIGNED_OUT = 4401  # the session ended: sign in again
# Besides these: 1007 not JSON, 1008 not a frame of ours or no hello in time, 1009 too large,
# 1001 the server is going away.

# --- server → client ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SnapshotMessage:
    """The whole desk; what is on the screen before it is thrown away."""

    type: Literal["snapshot"]
    epoch: str
    seq: int
    data: Snapshot


@dataclass(frozen=True, slots=True)
class ResumedMessage:
    """Nothing was lost: the messages after the client's `seq` follow."""

    type: Literal["resumed"]
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class CallMessage:
    type: Literal["call"]
    seq: int
    data: CallView


@dataclass(frozen=True, slots=True)
class Gone:
    id: UUID


@dataclass(frozen=True, slots=True)
class CallGoneMessage:
    type: Literal["call.gone"]
    seq: int
    data: Gone


@dataclass(frozen=True, slots=True)
class AgentMessage:
    type: Literal["agent"]
    seq: int
    data: AgentView


@dataclass(frozen=True, slots=True)
class QueueMessage:
    type: Literal["queue"]
    seq: int
    data: QueueView


@dataclass(frozen=True, slots=True)
class SwitchMessage:
    type: Literal["switch"]
    seq: int
    data: SwitchView


@dataclass(frozen=True, slots=True)
class CommandDone:
    """The order was accepted; what it does is seen in the events that follow."""

    type: Literal["result"]
    id: str
    ok: Literal[True]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CommandFailed:
    type: Literal["result"]
    id: str
    ok: Literal[False]
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class Pong:
    """`at` is the server's clock: screens count their timers by it, so that two of them agree."""

    type: Literal["pong"]
    at: datetime


@dataclass(frozen=True, slots=True)
class CallLoggedMessage:
    """Nothing of the desk changes: what a screen has read of the log is old."""

    type: Literal["call.logged"]
    seq: int
    data: LoggedView


@dataclass(frozen=True, slots=True)
class ColleagueMessage:
    type: Literal["colleague"]
    seq: int
    data: ColleagueView


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    type: Literal["phone"]
    seq: int
    data: PhoneView


@dataclass(frozen=True, slots=True)
class PhoneOrderMessage:
    """Changes nothing of the desk; only the screen it names obeys, and only while it is fresh."""

    type: Literal["phone.order"]
    seq: int
    data: PhoneOrderView


@dataclass(frozen=True, slots=True)
class ChangedMessage:
    """Nothing of the desk changes: what a screen has read over REST is old."""

    type: Literal["changed"]
    seq: int
    data: ChangedView


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """Changes nothing of the desk: a line that is shown for a while."""

    type: Literal["notice"]
    seq: int
    data: NoticeView


@dataclass(frozen=True, slots=True)
class DelayMessage:
    """The log is behind, or no longer. Told to everybody when it changes, while it lasts every
    few seconds."""

    type: Literal["delay"]
    seq: int
    data: DelayView


@dataclass(frozen=True, slots=True)
class HealthMessage:
    """Only to screens that asked with ``health.watch``, every two seconds."""

    type: Literal["health"]
    seq: int
    data: HealthView


FeedMessage = (
    CallMessage
    | CallGoneMessage
    | CallLoggedMessage
    | AgentMessage
    | QueueMessage
    | SwitchMessage
    | ColleagueMessage
    | PhoneMessage
    | PhoneOrderMessage
    | ChangedMessage
    | NoticeMessage
    | DelayMessage
    | HealthMessage
)
ServerMessage = SnapshotMessage | ResumedMessage | FeedMessage | CommandDone | CommandFailed | Pong

# --- client → server ------------------------------------------------------------------


ScreenId = Annotated[str, StringConstraints(max_length=40), bodies.WithoutNul]


class ClientFrame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(ClientFrame):
    """First frame. The last (epoch, seq) the screen applied, or nulls for a fresh screen."""

    type: Literal["hello"]
    epoch: Annotated[str, StringConstraints(max_length=64), bodies.WithoutNul] | None = None
    seq: Annotated[int, Field(ge=0)] | None = None
    # Which tab this is ("" for a program that watches and never holds the telephone), in which
    # browser, what people call that browser, and how many calls its telephone has now.
    screen: ScreenId = ""
    device: ScreenId = ""
    device_name: bodies.Name = ""
    legs: Annotated[int, Field(ge=0, le=20)] = 0


class Ping(ClientFrame):
    type: Literal["ping"]


class CommandFrame(ClientFrame):
    """`id` is the idempotency key: the same id is the same command, however often it is sent."""

    type: Literal["command"]
    id: Annotated[str, StringConstraints(min_length=1, max_length=80), bodies.WithoutNul]
    name: Annotated[str, StringConstraints(max_length=40), bodies.WithoutNul]
    args: dict[str, Any] = Field(default_factory=dict)


ClientMessage = Annotated[Hello | Ping | CommandFrame, Field(discriminator="type")]
CLIENT_MESSAGE: TypeAdapter[Hello | Ping | CommandFrame] = TypeAdapter(ClientMessage)


class NoArgs(ClientFrame):
    pass


class NotReadyArgs(ClientFrame):
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=40), bodies.WithoutNul
    ] = ""


class CallArgs(ClientFrame):
    call_id: UUID


class MuteArgs(ClientFrame):
    call_id: UUID
    on: bool


class DialArgs(ClientFrame):
    number: bodies.Number


class TransferArgs(ClientFrame):
    call_id: UUID
    target: bodies.Number


class TonesArgs(ClientFrame):
    """Ordinary keys: A to D are orders between us and the switch."""

    call_id: UUID
    digits: Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,40}$")]


class QualityArgs(ClientFrame):
    """The worst ten seconds of a call so far: share of packets lost, milliseconds, MOS 1 … 5."""

    call_id: UUID
    loss: Annotated[float, Field(ge=0, le=1)]
    jitter_ms: Annotated[float, Field(ge=0, le=60_000)]
    rtt_ms: Annotated[float, Field(ge=0, le=60_000)]
    mos: Annotated[float, Field(ge=1, le=5)]


class WatchArgs(ClientFrame):
    """While it is on (and the socket open) this user's screens are told of `health`."""

    on: bool


class ChooseCustomerArgs(ClientFrame):
    call_id: UUID
    party_id: UUID


class CallNoteArgs(ClientFrame):
    """`was`: the note that this one was made of, so that nobody's is overwritten unread."""

    call_id: UUID
    note: bodies.Text
    was: bodies.Text | None = None


COMMANDS: dict[str, type[ClientFrame]] = {
    "agent.ready": NoArgs,
    "agent.not_ready": NotReadyArgs,
    "agent.finish_wrap_up": NoArgs,
    "agent.extend_wrap_up": NoArgs,
    "phone.answer": CallArgs,
    "phone.reject": CallArgs,
    "phone.hangup": CallArgs,
    "phone.hold": CallArgs,
    "phone.resume": CallArgs,
    "phone.mute": MuteArgs,
    "phone.muted": MuteArgs,
    "phone.dial": DialArgs,
    "phone.transfer": TransferArgs,
    "phone.consult": TransferArgs,
    "phone.swap": CallArgs,
    "phone.complete": CallArgs,
    "phone.cancel_consult": CallArgs,
    "phone.three_way": CallArgs,
    "phone.record": MuteArgs,
    "phone.tones": TonesArgs,
    "phone.quality": QualityArgs,
    "phone.echo_test": NoArgs,
    "phone.claim": NoArgs,
    "health.watch": WatchArgs,
    "call.choose_customer": ChooseCustomerArgs,
    "call.note": CallNoteArgs,
}
