"""Orders to a switch, and what can go wrong. Implemented by `telephony.ami.AmiSwitch`.

An order returns when the switch has accepted it; the *effect* is seen only in the events.
Orders name calls and devices as events do (call_id, interface); channels stay inside telephony.
No method replays itself after a lost connection: it raises `SwitchUnavailable` instead, and the
caller may resolve what happened by the ids it chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from telephony.events import TelephonyEvent

Listener = Callable[[TelephonyEvent], None]
"""Called synchronously, in the switch's order, on the loop's thread; must not raise or block."""


class SwitchError(Exception):
    """Base. `str(error)` is one plain English line, fit for a log."""


class SwitchUnavailable(SwitchError):
    """Not connected, or the deadline passed; the order may or may not have been carried out."""


class SwitchRefused(SwitchError):
    """The switch said no (its own message is in `str(error)`)."""


class UnknownLeg(SwitchError):
    """No such call, or the device has no channel in it any more."""


class UnsafeValue(SwitchError):
    """A value held what could become another order or argument: refused before the wire."""


class PhoneOrder(StrEnum):
    """Orders a phone obeys by SIP NOTIFY (``Event: talk`` / ``Event: hold``)."""

    TALK = "talk"  # answer when ringing, resume when holding
    HOLD = "hold"


class ConsultOrder(StrEnum):
    """What an agent may do while they consult somebody about a call."""

    SWAP = "swap"  # to the customer, and back to whom they consult
    COMPLETE = "complete"  # the customer goes to them; also while it still rings there
    CANCEL = "cancel"  # back to the customer, the consultation ends
    THREE_WAY = "three_way"  # all talk together; the agent leaves by hanging up


class RecordOrder(StrEnum):
    START = "start"
    PAUSE = "pause"  # silence is recorded until CONTINUE
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Originate:
    """Ring `interface`; when it answers, dial `number` in `context`.

    `uniqueid` is chosen by us and becomes the channel's Uniqueid and Linkedid, so that the call id
    (`events.call_id_for(pbx, uniqueid)`) is known before the switch answers.
    """

    uniqueid: str
    interface: str
    context: str
    number: str
    caller_id: str
    timeout_s: float = 20.0
    variables: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False  # `number` is a colleague's extension


class Switch(Protocol):
    pbx: str

    @property
    def simulated(self) -> bool:
        """True when the peer is our simulator (it says so in its banner)."""

    @property
    def connected(self) -> bool: ...

    def subscribe(self, listener: Listener) -> None: ...

    async def originate(self, order: Originate) -> UUID: ...

    async def hangup(self, call_id: UUID, interface: str) -> None:
        """Hang up this device's leg: rejects it when it rings, ends it when it talks."""

    async def phone(self, call_id: UUID, interface: str, order: PhoneOrder) -> None: ...

    async def mute(self, call_id: UUID, interface: str, on: bool) -> None: ...

    async def hears(self, call_id: UUID, interface: str, for_s: float) -> bool:
        """Listen to this device's leg for so long: whether any sound (silence of a muted
        microphone is sound) came from it."""

    async def redirect(self, call_id: UUID, context: str, exten: str) -> None:
        """Send the customer's channel to (context, exten); the agent's leg ends."""

    async def consult(self, call_id: UUID, interface: str, context: str, exten: str) -> None:
        """The customer waits with music while this agent is connected to (context, exten).

        The consultation is a call of its own (`events.ConsultBegan` ties the two); the agent's
        device needs one line only. To hang up the agent's leg in the consultation is CANCEL; to
        hang up its leg in the customer's call is COMPLETE, as on every desk phone.
        """

    async def consult_order(self, call_id: UUID, interface: str, order: ConsultOrder) -> None:
        """`call_id` is the customer's call."""

    async def record(self, call_id: UUID, order: RecordOrder, file: str) -> None:
        """The call as the customer hears and speaks it, also after a transfer, into `file`
        (``folder/name.wav`` of letters, digits, ``_`` and ``-``; relative to the switch's monitor
        folder). What is recorded already is not begun anew: START then only brings the event."""

    async def send_tones(self, call_id: UUID, interface: str, digits: str) -> None:
        """Key tones (``0-9*#``), as if this device had sent them."""

    async def queue_add(self, queue: str, interface: str, name: str, paused: bool) -> None:
        """Idempotent: being a member already is success (and its pause is set)."""

    async def queue_remove(self, queue: str, interface: str) -> None:
        """Idempotent: not being a member is success."""

    async def queue_pause(self, interface: str, paused: bool, reason: str) -> None:
        """In all its queues."""

    async def queue_priority(self, call_id: UUID, queue: str, priority: int) -> None: ...

    async def time(self) -> float:
        """The switch's own clock, in seconds since the epoch. It need not agree with ours."""

    async def set_global(self, name: str, value: str) -> None: ...

    async def db_put(self, family: str, key: str, value: str) -> None: ...

    async def db_tree(self, family: str) -> dict[str, str]:
        """All keys of a family with their values."""

    async def db_delete(self, family: str, key: str) -> None: ...
