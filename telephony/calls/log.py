"""From what is remembered to the final records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from telephony.calls import visits
from telephony.calls.causes import cause_of
from telephony.calls.model import Call, Leg, clock_time
from telephony.events import (
    CallLog,
    CallResult,
    Direction,
    EndCause,
    LegLog,
    LegResult,
    LegRole,
    VisitOutcome,
)

_OF_LEG = {
    LegResult.BUSY: CallResult.BUSY,
    LegResult.NO_ANSWER: CallResult.NO_ANSWER,
    LegResult.REJECTED: CallResult.REJECTED,
    LegResult.CANCELLED: CallResult.CANCELLED,
    LegResult.FAILED: CallResult.FAILED,
}


def leg_log(call: Call, leg: Leg, now: float) -> LegLog:
    ended = leg.ended_at or now
    ring_end = leg.answered_at or ended
    cause = cause_of(call, leg)
    return LegLog(
        leg_id=leg.leg_id,
        interface=leg.interface,
        role=leg.role,
        result=leg.result or LegResult.FAILED,
        started_at=clock_time(leg.started_at),
        answered_at=_time(leg.answered_at),
        ended_at=clock_time(ended),
        ring_s=_seconds(leg.ring_at, ring_end),
        connected_s=_seconds(leg.answered_at, ended),
        talk_s=round(leg.talk, 3),
        hold_s=round(leg.hold, 3),
        consult_s=round(leg.consult, 3),
        ended_by=_who(leg, cause),
        wait_s=_wait(call, leg, ended),
        cause=cause,
    )


def _who(leg: Leg, cause: EndCause) -> LegRole | None:
    """Nobody has hung up a telephone that was lost."""
    return None if cause is EndCause.LOST else leg.ended_by


def _wait(call: Call, leg: Leg, ended: float) -> float:
    """Of the party that called: until somebody was there, or until it left."""
    if leg is not call.legs[0]:
        return 0.0
    return _seconds(call.wait_from, min(ended, _waited_until(call, ended)))


def _waited_until(call: Call, now: float) -> float:
    """Without an answer: the last queue or telephone that the caller waited for; what a dialplan
    tells them after it is no waiting."""
    if call.answered_at is not None:
        return call.answered_at
    ends = [visit.left_at or now for visit in call.visits]
    ends += [leg.ended_at or now for leg in call.legs if leg.ring_at is not None]
    return max(ends, default=now)


def call_log(pbx: str, call: Call, now: float) -> CallLog:
    """The whole contact; every leg has ended."""
    assert call.direction is not None
    result = call_result(call)
    for leg in call.legs:
        if leg.result is None:  # the party that called, and was in no bridge
            _settle_caller(call, leg, result)
    return CallLog(
        pbx=pbx,
        call_id=call.call_id,
        uniqueid=call.uniqueid,
        direction=call.direction,
        result=result,
        caller=call.caller,
        caller_name=call.caller_name,
        dialled=call.dialled,
        queues=tuple(call.queues),
        started_at=clock_time(call.started_at),
        answered_at=_time(call.answered_at),
        ended_at=clock_time(now),
        wait_s=_seconds(call.wait_from, _waited_until(call, now)),
        connected_s=round(call.connected, 3),
        legs=tuple(_final(call, leg, now) for leg in call.legs),
        transfers=tuple(call.transfers),
        linked=tuple(call.linked),
        inferred=call.inferred,
        recovered=call.unseen or call.recalled is not None,
        visits=visits.logs(call, now),
    )


def _final(call: Call, leg: Leg, now: float) -> LegLog:
    """A leg that was said stays as it was said, but for what was told only after it (`causes`)."""
    if leg.log is None:
        return leg_log(call, leg, now)
    cause = cause_of(call, leg)
    return replace(leg.log, cause=cause, ended_by=_who(leg, cause))


def _settle_caller(call: Call, leg: Leg, result: CallResult) -> None:
    """Answered without a bridge: gone in the moment of the answer, or the bridge was not seen."""
    leg.result = _leg_result(result)
    if leg.result is not LegResult.ANSWERED:
        return
    answer, ended = call.answered_at, leg.ended_at or leg.started_at
    if answer is not None and leg.started_at <= answer <= ended:
        leg.answered_at = answer
        leg.ended_by = leg.ended_by or call.ender
    else:
        leg.result = LegResult.ABANDONED if leg is call.principal else LegResult.CANCELLED


def call_result(call: Call) -> CallResult:
    """Seen from the customer; for an internal call, from the one who calls."""
    if call.answered_at is not None:
        return CallResult.ANSWERED
    if call.direction is Direction.INBOUND:
        return _unanswered_inbound(call)
    if not call.legs:
        return CallResult.FAILED  # all of it happened while nobody looked
    if call.direction is Direction.OUTBOUND and call.principal is not None:
        return _OF_LEG.get(call.principal.result or LegResult.FAILED, CallResult.FAILED)
    if call.direction is Direction.OUTBOUND:
        # Nobody was dialled: the agent's own phone was not picked up, or there is no way out.
        return CallResult.CANCELLED if _called(call.legs) else CallResult.FAILED
    called = _called(call.legs[1:])  # click-to-dial rings the caller's own phone, too
    return _OF_LEG.get(called[-1], CallResult.ANSWERED) if called else CallResult.CANCELLED


def _unanswered_inbound(call: Call) -> CallResult:
    if any(visit.outcome is VisitOutcome.CALLBACK for visit in call.visits):
        return CallResult.NO_ANSWER  # nobody answered, and the caller is content to be called
    gave_up = call.abandoned or visits.is_abandoned(call)
    if gave_up or call.ender is LegRole.CUSTOMER:
        return CallResult.ABANDONED
    if call.queues:
        return CallResult.NO_ANSWER  # the queue, or the dialplan after it, gave up
    called = _called(call.legs)
    last = _OF_LEG.get(called[-1], CallResult.FAILED) if called else CallResult.FAILED
    return CallResult.NO_ANSWER if last is CallResult.CANCELLED else last


def _called(legs: Sequence[Leg]) -> list[LegResult]:
    return [
        leg.result
        for leg in legs
        if not leg.incoming and leg.result is not None and leg.role is not LegRole.SUPERVISOR
    ]


def _leg_result(result: CallResult) -> LegResult:
    return LegResult.ANSWERED if result is CallResult.ANSWERED else LegResult(result.value)


def _time(at: float | None) -> datetime | None:
    return None if at is None else clock_time(at)


def _seconds(start: float | None, end: float) -> float:
    return 0.0 if start is None else round(max(0.0, end - start), 3)
