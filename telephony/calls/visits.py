"""Stays in queues: when they began and ended, and how.

Rules
-----
1. A stay begins with QueueCallerJoin. It ends when the first agent answers, else with
   QueueCallerLeave; being connected takes some milliseconds more, which nobody waited.
2. Answered beats everything: a queue that has found an agent has done its work.
3. QueueCallerAbandon is said of everybody who leaves unanswered and not by a key: also when the
   time was up, when the last agent signed out, or when an order sent the caller elsewhere. So it is
   believed when the caller has hung up (HangupRequest). Otherwise the place in the dialplan tells:
   it is another one at once when the caller was sent elsewhere, and later when Queue() came back;
   and it stays the same when an order ended the channel.
4. A key that leaves the queue is a jump in the dialplan, made before the caller leaves: the frame
   names another place than the one where Queue() began, and nobody is said to abandon.
5. What the dialplan says of itself (CrmQueueLeft, from ``QUEUESTATUS``) settles the rest: time-out,
   nobody there, full. Without it, whoever leaves by itself waited as long as the queue lets wait.
"""

from __future__ import annotations

from telephony.calls.model import Call, Visit, clock_time
from telephony.events import QueueVisit, VisitOutcome
from telephony.wire import Frame

Place = tuple[str, str, str]
NOWHERE: Place = ("", "", "")

# QUEUESTATUS of app_queue, and two words of our own dialplan's.
_BY_STATUS = {
    "TIMEOUT": VisitOutcome.TIMED_OUT,
    "FULL": VisitOutcome.FULL,
    "JOINEMPTY": VisitOutcome.EMPTY,
    "JOINUNAVAIL": VisitOutcome.EMPTY,
    "LEAVEEMPTY": VisitOutcome.EMPTY,
    "LEAVEUNAVAIL": VisitOutcome.EMPTY,
    "WITHDRAW": VisitOutcome.MOVED,
    "KEY": VisitOutcome.KEY,
    "CALLBACK": VisitOutcome.CALLBACK,
}
NOT_LET_IN = frozenset({"FULL", "JOINEMPTY", "JOINUNAVAIL"})


def place_of(frame: Frame) -> Place:
    return frame.get("Context"), frame.get("Exten"), frame.get("Priority")


def begin(call: Call, visit: Visit) -> None:
    """Also ends what the call still had open. Who joins a queue has not hung up before."""
    last = _last(call)
    if last is not None and (last.left_at is None or last.doubtful):
        last.left_at = last.left_at or visit.joined_at
        last.outcome, last.doubtful = VisitOutcome.MOVED, False
    call.visits.append(visit)


def answered(call: Call, queue: str, at: float) -> None:
    visit = _last(call)
    if visit is None or visit.queue != queue:
        return
    # The answer may come after the leaving that it caused; their times tell.
    if visit.left_at is None or (visit.outcome is None and at <= visit.left_at):
        visit.left_at, visit.outcome = at, VisitOutcome.ANSWERED


def abandoned(call: Call, queue: str, place: Place, *, hung_up: bool) -> None:
    """Rule 3."""
    visit = _last(call)
    if visit is None or visit.queue != queue or visit.outcome is not None:
        return
    visit.outcome = VisitOutcome.ABANDONED
    if not hung_up:
        visit.doubtful = True
        _went_on(visit, place, VisitOutcome.MOVED)


def channel_ended(call: Call, uniqueid: str, place: Place) -> None:
    """The end of what is doubtful: where in the dialplan did the channel end?"""
    visit = _last(call)
    if visit is not None and visit.uniqueid == uniqueid:
        _went_on(visit, place, VisitOutcome.TIMED_OUT)
        visit.doubtful = False


def _went_on(visit: Visit, place: Place, as_what: VisitOutcome) -> None:
    if visit.doubtful and _has_moved(visit, place):
        visit.outcome, visit.doubtful = as_what, False


def left(call: Call, queue: str, at: float, place: Place) -> None:
    visit = _last(call)
    if visit is None or visit.queue != queue or visit.left_at is not None:
        return
    visit.left_at = at
    if visit.outcome is None and _has_moved(visit, place):
        visit.outcome = VisitOutcome.KEY


def told(call: Call, queue: str, status: str, at: float) -> bool:
    """What the dialplan says of the queue that the call has just left; True when it was not even
    let in, which no other event tells."""
    outcome = _BY_STATUS.get(status)
    if outcome is None:
        return False
    if status in NOT_LET_IN:
        call.visits.append(Visit(queue, at, left_at=at, outcome=outcome))
        return True
    visit = _last(call)
    if visit is not None and visit.queue == queue and visit.outcome is not VisitOutcome.ANSWERED:
        visit.left_at = visit.left_at or at
        visit.outcome, visit.doubtful = outcome, False
    return False


def logs(call: Call, now: float) -> tuple[QueueVisit, ...]:
    return tuple(_log(visit, now) for visit in call.visits)


def _log(visit: Visit, now: float) -> QueueVisit:
    left_at = now if visit.left_at is None else visit.left_at
    outcome = visit.outcome
    if outcome is None:
        outcome = VisitOutcome.LOST if visit.left_at is None else VisitOutcome.TIMED_OUT
    return QueueVisit(
        queue=visit.queue,
        joined_at=clock_time(visit.joined_at),
        left_at=clock_time(left_at),
        wait_s=round(max(0.0, left_at - visit.joined_at), 3),
        outcome=outcome,
        priority=visit.priority,
    )


def is_abandoned(call: Call) -> bool:
    visit = _last(call)
    return visit is not None and visit.outcome is VisitOutcome.ABANDONED


def _last(call: Call) -> Visit | None:
    return call.visits[-1] if call.visits else None


def _has_moved(visit: Visit, place: Place) -> bool:
    return NOWHERE not in {visit.place, place} and visit.place != place
