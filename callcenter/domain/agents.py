"""An agent's state: the rules, then the table, then the one function that applies it.

Rules
1. Nobody is offered calls who did not go Ready: signing in leaves the agent not ready.
2. While a call rings or talks, *ready* and *not ready* do not change the state but what follows
   the call (`then`): the call, and the wrap-up after it, always finish first.
3. After talk comes wrap-up, until `until` or until the agent says so; a call without after-call
   work (an internal one) returns at once.
4. A ring that ended unanswered returns the agent to where they were; one they did not pick up
   (RNA) makes them not ready with reason ``missed``, so that the next caller is not kept waiting
   by the same empty chair. So does one they refused, with reason ``rejected`` (else the same call
   rings again a second later, without end), and a phone that cannot be rung, with ``no_phone``.
5. A browser that vanished makes its agent not ready with reason ``disconnected``; a call in
   progress is left alone (the phone may be another device), and not ready follows it. One that
   stays away is signed out in the end.
6. Signing out is possible from every state but a call: hang up first.

A pair that is not in the table is an error, not a shrug.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

State = Literal["signed_out", "ready", "ringing", "on_call", "wrap_up", "not_ready"]
Rest = Literal["ready", "not_ready"]
Effect = Literal[
    "signed_out",
    "ready",
    "ringing",
    "on_call",
    "not_ready",
    "rest",  # go where `then` says
    "wrap",  # wrap up when there is after-call work, else rest
    "later",  # stay; only `then` changes
    "stay",  # nothing to do
]

REASON_SIGNED_IN = "signed_in"
REASON_MISSED = "missed"
REASON_REJECTED = "rejected"
REASON_NO_PHONE = "no_phone"
REASON_DISCONNECTED = "disconnected"


class Input(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    GO_READY = "go_ready"
    GO_NOT_READY = "go_not_ready"
    RING = "ring"
    RING_ENDED = "ring_ended"  # the caller left, or another agent was faster
    RING_MISSED = "ring_missed"  # not picked up, refused, or the phone could not ring
    ANSWERED = "answered"
    TALK_ENDED = "talk_ended"  # the last call of this agent ended
    WRAP_UP_ENDED = "wrap_up_ended"
    VANISHED = "vanished"  # no browser of theirs is connected any more


class InvalidTransition(Exception):
    def __init__(self, state: str, given: Input) -> None:
        super().__init__(f"an agent who is {state} cannot {given.replace('_', ' ')}")
        self.state = state
        self.given = given


@dataclass(frozen=True, slots=True)
class Status:
    """`since` is when the state began, `until` when wrap-up ends by itself.

    `then` and `then_reason` say where the agent rests when no call is left.
    """

    state: State
    since: datetime
    reason: str = ""
    until: datetime | None = None
    then: Rest = "not_ready"
    then_reason: str = REASON_SIGNED_IN


TABLE: dict[State, dict[Input, Effect]] = {
    "signed_out": {
        Input.SIGN_IN: "not_ready",
        Input.SIGN_OUT: "stay",
        # The desk phone of someone who is not signed in is still a phone.
        Input.RING: "stay",
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "stay",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "stay",
    },
    "ready": {
        Input.SIGN_IN: "stay",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "stay",
        Input.GO_NOT_READY: "not_ready",
        Input.RING: "ringing",
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "rest",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "not_ready",
    },
    "ringing": {
        Input.SIGN_IN: "stay",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "later",
        Input.GO_NOT_READY: "later",
        Input.RING: "stay",
        Input.RING_ENDED: "rest",
        Input.RING_MISSED: "rest",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "later",
    },
    "on_call": {
        Input.SIGN_IN: "stay",
        Input.GO_READY: "later",
        Input.GO_NOT_READY: "later",
        Input.RING: "stay",  # a second call rings in
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "stay",
        Input.TALK_ENDED: "wrap",
        Input.VANISHED: "later",
    },
    "wrap_up": {
        Input.SIGN_IN: "stay",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "ready",
        Input.GO_NOT_READY: "not_ready",
        Input.RING: "stay",  # a colleague's transfer; the after-call work goes on
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.WRAP_UP_ENDED: "rest",
        Input.VANISHED: "later",
    },
    "not_ready": {
        Input.SIGN_IN: "stay",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "ready",
        Input.GO_NOT_READY: "not_ready",  # with another reason
        Input.RING: "ringing",
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "not_ready",
    },
}


def step(
    status: Status,
    given: Input,
    now: datetime,
    *,
    reason: str = "",
    wrap_until: datetime | None = None,
) -> Status:
    """The status after `given`; the same object when nothing changed.

    `reason` belongs to GO_NOT_READY; `wrap_until` to TALK_ENDED (None: no after-call work).
    Raises InvalidTransition for a pair the table does not have.
    """
    effect = TABLE.get(status.state, {}).get(given)
    if effect is None:
        raise InvalidTransition(status.state, given)
    status = _decide_what_follows(status, given, reason)
    if effect in ("stay", "later"):
        return status
    if effect == "wrap" and wrap_until is not None and wrap_until > now:
        return replace(status, state="wrap_up", since=now, reason="", until=wrap_until)
    if effect in ("signed_out", "ringing", "on_call"):
        return replace(status, state=effect, since=now, reason="", until=None)
    return _rest(status, now)


def signed_out(now: datetime) -> Status:
    return Status("signed_out", now)


def _decide_what_follows(status: Status, given: Input, reason: str) -> Status:
    if given is Input.GO_READY:
        return _then(status, "ready", "")
    if given is Input.GO_NOT_READY:
        return _then(status, "not_ready", reason)
    if given is Input.SIGN_IN and status.state == "signed_out":
        return _then(status, "not_ready", REASON_SIGNED_IN)
    if given is Input.RING_MISSED and status.then == "ready" and status.state in _OFFERED:
        return _then(status, "not_ready", reason or REASON_MISSED)
    if given is Input.VANISHED and status.state != "signed_out":
        return _then(status, "not_ready", REASON_DISCONNECTED)
    return status


_OFFERED = ("ready", "ringing")


def _then(status: Status, rest: Rest, reason: str) -> Status:
    if (status.then, status.then_reason) == (rest, reason):
        return status
    return replace(status, then=rest, then_reason=reason)


def _rest(status: Status, now: datetime) -> Status:
    if (status.state, status.reason) == (status.then, status.then_reason):
        return status
    return replace(status, state=status.then, since=now, reason=status.then_reason, until=None)
