"""Why each leg of a call ended, told from how it ended and from what the others did.

Rules
-----
1. What was seen is said: who handed the others over, TRANSFERRED; whose end was concluded and not
   seen, or whose telephone fell silent, LOST.
2. A leg that had answered was hung up by somebody who was in the call; when nobody was, the
   dialplan gave it up (on a machine, if it said that one had answered) — or, if it called and got
   no answer, ended for the reason of whom it called.
3. A leg that was called and did not answer ended as its device, its carrier or its dial says. When
   it only stopped ringing: somebody else answered, or whoever called left, or else the dialplan or
   the queue gave up.
4. A party that called and was not answered left by itself, or ended for the reason of whom it
   called; in a queue, which calls on, that reason is the queue's own.

It is asked when a leg that had answered ends and once more at the end of the call, for Asterisk may
name a transfer after the transferer has gone.
"""

from __future__ import annotations

from telephony.calls import visits
from telephony.calls.model import Call, Leg
from telephony.events import Direction, EndCause, LegResult, LegRole

SAME_MOMENT_S = 1.0  # an end that follows from another comes within it

_BY_RESULT = {
    LegResult.NO_ANSWER: EndCause.NOT_PICKED_UP,
    LegResult.BUSY: EndCause.BUSY,
    LegResult.REJECTED: EndCause.DECLINED,
}
# Q.850: 34 no circuit, 38 out of order, 41 temporary, 42 congestion, 44 no such channel, 47 none
# free, 58 no such bearer (SIP 502 and 503 → 34, 38; 408 → 18 is not picked up) …
NO_LINE = frozenset({"34", "38", "41", "42", "44", "47", "58"})
# 1 unallocated, 2 and 3 no route, 20 absent, 22 moved, 27 out of order, 28 not a number (SIP 404).
NOBODY = frozenset({"1", "2", "3", "20", "22", "27", "28"})
_FORWARDED = "23"  # the phone named another (302)
_BY_STATUS = {"CONGESTION": EndCause.CONGESTION, "CHANUNAVAIL": EndCause.UNREACHABLE}
# Of a leg that had answered: no sound came from it any more (rtp_timeout). Whom it talked to keeps
# that cause, too, until it says goodbye itself.
_SILENT = "44"


def cause_of(call: Call, leg: Leg) -> EndCause:
    """Of a leg that has ended; as far as is known now."""
    if leg.cause is not None:
        return leg.cause
    if leg.answered:
        return _of_talk(call, leg)
    return _of_caller(call, leg) if leg.incoming else _of_called(call, leg)


def _of_talk(call: Call, leg: Leg) -> EndCause:
    if leg.code == _SILENT and not leg.said_bye and leg.ended_by in {None, leg.role}:
        return EndCause.LOST
    if leg.ended_by is not None:
        return EndCause.HUNG_UP
    if leg.machine:
        return EndCause.MACHINE
    if call.answered_at is None and leg is call.legs[0]:
        return _of_whom_it_called(call, leg) or EndCause.GIVEN_UP
    return EndCause.GIVEN_UP


def _of_called(call: Call, leg: Leg) -> EndCause:
    if leg.code == _FORWARDED:
        return EndCause.TRANSFERRED
    if leg.result is LegResult.CANCELLED:
        if _taken_elsewhere(call, leg):
            return EndCause.TAKEN_ELSEWHERE
        return EndCause.CALLER_LEFT if _caller_left(call, leg) else EndCause.GIVEN_UP
    told = _BY_RESULT.get(leg.result) if leg.result else None
    if told is not None:
        return told
    return _of_code(leg.code) or _BY_STATUS.get(leg.status) or EndCause.FAILED


def _of_caller(call: Call, leg: Leg) -> EndCause:
    if _left_by_itself(call, leg):
        return EndCause.CALLER_LEFT
    if call.direction is Direction.INBOUND and call.queues:
        return EndCause.GIVEN_UP
    return _of_whom_it_called(call, leg) or _of_code(leg.code) or EndCause.GIVEN_UP


def _of_whom_it_called(call: Call, leg: Leg) -> EndCause | None:
    """None when it called nobody, or the call to them was taken back."""
    called = [other for other in call.legs if other is not leg and not other.incoming]
    if not called or called[-1].answered or called[-1].live:
        return None
    cause = cause_of(call, called[-1])
    return None if cause in {EndCause.CALLER_LEFT, EndCause.TAKEN_ELSEWHERE} else cause


def _of_code(code: str) -> EndCause | None:
    if code in NO_LINE:
        return EndCause.CONGESTION
    return EndCause.UNREACHABLE if code in NOBODY else None


def _taken_elsewhere(call: Call, leg: Leg) -> bool:
    """Somebody else who was called answered, while this one rang or as it stopped."""
    ended = leg.ended_at if leg.ended_at is not None else leg.started_at
    return leg.code == "26" or any(
        other.answered_at is not None
        and leg.started_at <= other.answered_at <= ended + SAME_MOMENT_S
        for other in call.legs
        if other is not leg and not other.incoming and other.role is not LegRole.SUPERVISOR
    )


def _caller_left(call: Call, leg: Leg) -> bool:
    ended = leg.ended_at if leg.ended_at is not None else leg.started_at
    return any(
        other.ended_at is not None
        and abs(other.ended_at - ended) <= SAME_MOMENT_S
        and _left_by_itself(call, other)
        for other in call.legs
        if other is not leg
        and (other.incoming or other.answered)
        and other.role is not LegRole.SUPERVISOR
    )


def _left_by_itself(call: Call, leg: Leg) -> bool:
    if leg.answered:
        return leg.ended_by is leg.role
    if leg is call.near:  # nobody else can take back what the switch dials for a consultation
        called = [other for other in call.legs if other is not leg]
        return bool(called) and called[-1].result is LegResult.CANCELLED
    gave_up = call.abandoned or visits.is_abandoned(call)
    return call.ender is leg.role or (gave_up and leg is call.principal)
