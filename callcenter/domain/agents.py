"""An agent's state: the rules, then the table, then the one function that applies it.

Rules
1. Nobody is offered calls who did not go Ready: signing in leaves the agent not ready.
2. While a call rings or talks, *ready* and *not ready* do not change the state but what follows
   the call (`then`): the call, and the wrap-up after it, always finish first. So a break that is
   asked for during a call starts after it.
3. After talk comes wrap-up, until `until` or until the agent says so; a call without after-call
   work (an internal one) returns at once. It can be made longer once, by `extra_s`.
4. A ring that ended unanswered returns the agent to where they were; one they did not pick up
   (RNA) makes them not ready with reason ``missed``, so that the next caller is not kept waiting
   by the same empty chair. So does one they refused, with reason ``rejected`` (else the same call
   rings again a second later, without end), and a phone that cannot be rung, with ``no_phone``.
5. Of an agent whose screens give no sign of life nobody knows whether they are there: they are
   `away`. At rest that makes them *unresponsive*, and their phone is not rung; a call and its
   wrap-up go on (the phone may be another device), and unresponsive follows them. Coming back
   restores the state before: what follows (`then`) is not touched by being away, nor by a ring
   that was missed meanwhile. Who stays away is signed out in the end.
6. Nothing leads out of a call but its end: signing out is possible from every state but that.
7. A pause may have a limit (its reason's allowed minutes, from `paused_at`). Over it nothing is
   forced: it is shown. A call taken in the pause, or being away in it, does not begin it anew.

A pair that is not in the table is an error, not a shrug.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

State = Literal["signed_out", "ready", "ringing", "on_call", "wrap_up", "not_ready", "unresponsive"]
Rest = Literal["ready", "not_ready"]
Effect = Literal[
    "signed_out",
    "ringing",
    "on_call",
    "rest",  # go where `then` says; unresponsive while they are away
    "wrap",  # wrap up when there is after-call work, else rest
    "extend",  # wrap-up ends later
    "later",  # stay; only what follows changes
    "stay",  # nothing to do
]

REASON_SIGNED_IN = "signed_in"
REASON_MISSED = "missed"
REASON_REJECTED = "rejected"
REASON_NO_PHONE = "no_phone"
REASON_DISCONNECTED = "disconnected"

SYSTEM_REASONS = frozenset(
    (REASON_SIGNED_IN, REASON_MISSED, REASON_REJECTED, REASON_NO_PHONE, REASON_DISCONNECTED)
)
"""Given by us; an agent cannot ask for one."""

BUSY: frozenset[State] = frozenset(("ringing", "on_call", "wrap_up"))
"""With a call, or with the work after it: whatever expires, nobody is signed out then."""


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
    EXTEND = "extend"  # more time for the wrap-up
    VANISHED = "vanished"  # no screen of theirs gave a sign of life for the lease
    RETURNED = "returned"  # one does again


class InvalidTransition(Exception):
    def __init__(self, state: str, given: Input) -> None:
        super().__init__(f"an agent who is {state} cannot {given.replace('_', ' ')}")
        self.state = state
        self.given = given


class NoMoreTime(InvalidTransition):
    """The wrap-up was extended already, or its queue has no extra time."""


@dataclass(frozen=True, slots=True)
class Status:
    """`since` is when the state began, `until` when wrap-up ends by itself, `extra_s` by how many
    seconds it can still be extended.

    `then` and `then_reason` say where the agent rests when no call is left and they are there;
    `paused_at` when that pause began (None: not yet).
    """

    state: State
    since: datetime
    reason: str = ""
    until: datetime | None = None
    extra_s: float = 0.0
    then: Rest = "not_ready"
    then_reason: str = REASON_SIGNED_IN
    paused_at: datetime | None = None
    away: bool = False


TABLE: dict[State, dict[Input, Effect]] = {
    "signed_out": {
        Input.SIGN_IN: "rest",
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
        Input.GO_NOT_READY: "rest",
        Input.RING: "ringing",
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "rest",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "rest",
        Input.RETURNED: "stay",
    },
    "ringing": {
        Input.SIGN_IN: "later",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "later",
        Input.GO_NOT_READY: "later",
        Input.RING: "stay",
        Input.RING_ENDED: "rest",
        Input.RING_MISSED: "rest",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "later",
        Input.RETURNED: "later",
    },
    "on_call": {
        Input.SIGN_IN: "later",
        Input.GO_READY: "later",
        Input.GO_NOT_READY: "later",
        Input.RING: "stay",  # a second call rings in
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "stay",
        Input.TALK_ENDED: "wrap",
        Input.VANISHED: "later",
        Input.RETURNED: "later",
    },
    "wrap_up": {
        Input.SIGN_IN: "later",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "rest",
        Input.GO_NOT_READY: "rest",
        Input.RING: "stay",  # a colleague's transfer; the after-call work goes on
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.WRAP_UP_ENDED: "rest",
        Input.EXTEND: "extend",
        Input.VANISHED: "later",
        Input.RETURNED: "later",
    },
    "not_ready": {
        Input.SIGN_IN: "stay",
        Input.SIGN_OUT: "signed_out",
        Input.GO_READY: "rest",
        Input.GO_NOT_READY: "rest",  # with another reason
        Input.RING: "ringing",
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "rest",
        Input.RETURNED: "stay",
    },
    "unresponsive": {
        Input.SIGN_IN: "rest",
        Input.SIGN_OUT: "signed_out",
        # Somebody else may say what they come back to; it takes a screen of theirs to be back.
        Input.GO_READY: "later",
        Input.GO_NOT_READY: "later",
        Input.RING: "ringing",  # a desk phone, or a call that was on its way
        Input.RING_ENDED: "stay",
        Input.RING_MISSED: "stay",
        Input.ANSWERED: "on_call",
        Input.TALK_ENDED: "stay",
        Input.VANISHED: "stay",
        Input.RETURNED: "rest",
    },
}


def step(
    status: Status,
    given: Input,
    now: datetime,
    *,
    reason: str = "",
    wrap_until: datetime | None = None,
    extra_s: float = 0.0,
) -> Status:
    """The status after `given`; the same object when nothing changed.

    `reason` belongs to GO_NOT_READY and RING_MISSED; `wrap_until` (None: no after-call work) and
    `extra_s` to TALK_ENDED. Raises InvalidTransition for a pair the table does not have, and its
    NoMoreTime for a wrap-up that cannot be extended any more.
    """
    effect = TABLE.get(status.state, {}).get(given)
    if effect is None:
        raise InvalidTransition(status.state, given)
    status = _away(status, given)
    status = _decide_what_follows(status, given, reason)
    if effect == "extend":
        return _extended(status)
    if effect == "wrap" and wrap_until is not None and wrap_until > now:
        return replace(
            status, state="wrap_up", since=now, reason="", until=wrap_until, extra_s=extra_s
        )
    if effect in ("rest", "wrap"):
        return _rest(status, now)
    if effect == "signed_out":
        return signed_out(now)
    if effect in ("ringing", "on_call"):
        return replace(status, state=effect, since=now, reason="", until=None, extra_s=0.0)
    return status


def signed_out(now: datetime) -> Status:
    return Status("signed_out", now)


def restored(
    state: str,
    reason: str,
    then: Rest,
    then_reason: str,
    until: datetime | None,
    paused_at: datetime | None,
    now: datetime,
    *,
    since: datetime,
    wrap_up_s: float = 0.0,
    extra_s: float = 0.0,
) -> Status:
    """Somebody who was signed in when a former run of ours last looked: away until a screen of
    theirs is back. A wrap-up that has not run out goes on; of calls the switch will tell.

    `since`: when that state began. `wrap_up_s` and `extra_s`: what the queue of their last call
    gives; a wrap-up that lasts longer than the first has had the second.
    """
    status = Status(
        "unresponsive",
        now,
        REASON_DISCONNECTED,
        then=then,
        then_reason=then_reason,
        paused_at=paused_at,
        away=True,
    )
    if state == "wrap_up" and until is not None and until > now:
        had_more = (until - since).total_seconds() > wrap_up_s
        left_s = 0.0 if had_more else extra_s
        return replace(status, state="wrap_up", since=since, reason="", until=until, extra_s=left_s)
    if state == "unresponsive":
        return replace(status, since=since)
    if state == "not_ready":  # where they rest is what they were
        return replace(status, then="not_ready", then_reason=reason)
    return status


def limit_at(status: Status, allowed_minutes: int | None) -> datetime | None:
    """Until when the pause they are in is allowed; `allowed_minutes` of its reason."""
    if status.state != "not_ready" or status.paused_at is None or allowed_minutes is None:
        return None
    return status.paused_at + timedelta(minutes=allowed_minutes)


def _away(status: Status, given: Input) -> Status:
    if given is Input.VANISHED and status.state != "signed_out":
        away = True
    elif given in (Input.RETURNED, Input.SIGN_IN):
        away = False
    else:
        return status
    return status if status.away == away else replace(status, away=away)


def _decide_what_follows(status: Status, given: Input, reason: str) -> Status:
    if given is Input.GO_READY:
        return _then(status, "ready", "")
    if given is Input.GO_NOT_READY:
        return _then(status, "not_ready", reason)
    if given is Input.SIGN_IN and status.state == "signed_out":
        return _then(status, "not_ready", REASON_SIGNED_IN)
    missed = given is Input.RING_MISSED and status.state in ("ready", "ringing")
    if missed and status.then == "ready" and not status.away:
        return _then(status, "not_ready", reason or REASON_MISSED)
    return status


def _then(status: Status, rest: Rest, reason: str) -> Status:
    if (status.then, status.then_reason) == (rest, reason):
        return status
    return replace(status, then=rest, then_reason=reason, paused_at=None)


def _extended(status: Status) -> Status:
    if status.until is None or status.extra_s <= 0:
        raise NoMoreTime(status.state, Input.EXTEND)
    return replace(status, until=status.until + timedelta(seconds=status.extra_s), extra_s=0.0)


def _rest(status: Status, now: datetime) -> Status:
    paused_at = (status.paused_at or now) if status.then == "not_ready" else None
    state: State = "unresponsive" if status.away else status.then
    reason = REASON_DISCONNECTED if status.away else status.then_reason
    if (status.state, status.reason) == (state, reason):
        return status if status.paused_at == paused_at else replace(status, paused_at=paused_at)
    return replace(
        status,
        state=state,
        since=now,
        reason=reason,
        until=None,
        extra_s=0.0,
        paused_at=paused_at,
    )
