"""How a stay in a queue ended, by what the switch says and in which order (`calls.visits`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from telephony.calls import CallTracker
from telephony.events import CallEnded, CallLog, CallQueued, CallResult, QueueVisit, VisitOutcome
from telephony.history.lines import BATCH, Faults, parse
from telephony.replay import replay, replay_all
from telephony.wire import Frame
from tests.telephony.test_calls import CUSTOMER, channel_born, frame
from tests.telephony.test_history_files import fields, line
from tests.telephony.test_recordings import recording

BEGAN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAITS = {"Context": "from-internal", "Exten": "600", "Priority": "4"}
AFTER = WAITS | {"Priority": "5"}
H = WAITS | {"Exten": "h", "Priority": "1"}
ELSEWHERE = WAITS | {"Exten": "700", "Priority": "1"}


def said(event: str, place: dict[str, str], **more: str) -> Frame:
    return frame(event, Uniqueid="9.1", Queue="support", **place, **more)


def told(status: str) -> Frame:
    return said("UserEvent", AFTER, UserEvent="CrmQueueLeft", Status=status)


JOIN = said("QueueCallerJoin", WAITS)
HANGS_UP = frame("HangupRequest", Uniqueid="9.1")
ABANDON = said("QueueCallerAbandon", WAITS)
LEAVE = said("QueueCallerLeave", WAITS)


def log_of(*frames: Frame) -> CallLog:
    """Of a customer's call; each frame comes a second after the one before."""
    tracker = CallTracker("main")
    events = [
        event
        for number, one in enumerate((channel_born("9.1", CUSTOMER), *frames))
        for event in tracker.feed(one, BEGAN + timedelta(seconds=number))
    ]
    assert isinstance(events[-1], CallEnded)
    return events[-1].log


def visit_of(log: CallLog) -> QueueVisit:
    (visit,) = log.visits
    return visit


@pytest.mark.parametrize(
    ("frames", "outcome", "result"),
    [
        ((HANGS_UP, ABANDON, LEAVE, said("Hangup", WAITS)), "abandoned", CallResult.ABANDONED),
        # FreePBX runs an extension "h" on the channel of whoever has hung up.
        ((HANGS_UP, ABANDON, LEAVE, said("Hangup", H)), "abandoned", CallResult.ABANDONED),
        # An order ended the channel where it waited.
        ((ABANDON, LEAVE, said("Hangup", WAITS)), "abandoned", CallResult.ABANDONED),
        # Queue() came back, and the dialplan went on to its end.
        ((ABANDON, LEAVE, said("Hangup", AFTER)), "timed_out", CallResult.NO_ANSWER),
        ((LEAVE, said("Hangup", AFTER)), "timed_out", CallResult.NO_ANSWER),
        ((ABANDON, LEAVE, told("LEAVEEMPTY"), said("Hangup", AFTER)), "empty", "no_answer"),
        ((ABANDON, LEAVE, told("TIMEOUT"), said("Hangup", AFTER)), "timed_out", "no_answer"),
        ((ABANDON, LEAVE, told("WITHDRAW"), said("Hangup", AFTER)), "moved", "no_answer"),
        ((LEAVE, told("CALLBACK"), HANGS_UP, said("Hangup", AFTER)), "callback", "no_answer"),
        ((LEAVE, told("NONSENSE"), said("Hangup", AFTER)), "timed_out", CallResult.NO_ANSWER),
        # Out of time, and the caller hangs up in the announcement after it.
        (
            (ABANDON, LEAVE, told("TIMEOUT"), HANGS_UP, said("Hangup", AFTER)),
            "timed_out",
            "abandoned",
        ),
        # A jump of the dialplan before the caller has left: by a key; by an order.
        ((said("QueueCallerLeave", ELSEWHERE), said("Hangup", ELSEWHERE)), "key", "no_answer"),
        (
            (
                said("QueueCallerAbandon", ELSEWHERE),
                said("QueueCallerLeave", ELSEWHERE),
                HANGS_UP,
                said("Hangup", ELSEWHERE),
            ),
            "moved",
            CallResult.ABANDONED,
        ),
        # Nobody said how it left.
        ((said("Hangup", WAITS),), "lost", CallResult.NO_ANSWER),
    ],
)
def test_how_it_ended(frames: tuple[Frame, ...], outcome: str, result: str) -> None:
    log = log_of(JOIN, *frames)
    assert (str(visit_of(log).outcome), str(log.result)) == (outcome, str(result))


@pytest.mark.parametrize("status", ["FULL", "JOINEMPTY", "JOINUNAVAIL"])
def test_who_is_not_let_in_has_been_there_for_no_time(status: str) -> None:
    log = log_of(told(status), said("Hangup", AFTER))
    visit = visit_of(log)
    assert (visit.queue, visit.wait_s, log.queues, log.wait_s) == (
        "support",
        0.0,
        ("support",),
        0.0,
    )
    assert visit.outcome is (VisitOutcome.FULL if status == "FULL" else VisitOutcome.EMPTY)
    assert log.result is CallResult.NO_ANSWER


def test_who_joins_the_next_queue_has_not_abandoned_the_one_before() -> None:
    """Even where no frame names a place: as some other switch's events, or after a resync."""
    bare = [
        frame(f"QueueCaller{what}", Uniqueid="9.1", Queue="support")
        for what in ("Join", "Abandon", "Leave")
    ]
    sales = frame("QueueCallerJoin", Uniqueid="9.1", Queue="sales")
    leaves = frame("QueueCallerLeave", Uniqueid="9.1", Queue="sales")
    log = log_of(*bare, sales, leaves, frame("Hangup", Uniqueid="9.1"))
    assert [str(visit.outcome) for visit in log.visits] == ["moved", "timed_out"]
    assert [visit.wait_s for visit in log.visits] == [2.0, 1.0]
    assert (log.result, log.wait_s) == (CallResult.NO_ANSWER, 4.0)


def test_somebody_else_s_user_events_change_nothing() -> None:
    strange = said("UserEvent", WAITS, UserEvent="Strange", Status="FULL")
    log = log_of(JOIN, strange, HANGS_UP, ABANDON, LEAVE, said("Hangup", WAITS))
    assert visit_of(log).outcome is VisitOutcome.ABANDONED


def test_the_dialplan_says_with_which_priority_somebody_waits() -> None:
    """The event's own Priority is a line number of the dialplan."""
    raw = recording("first_by_priority")
    waited = {log.caller_name: visit_of(log).priority for log in replay(raw)}
    assert waited == {"Li Na": 10, "Wang Wei": 0}
    queued = [event for event in replay_all(raw).events if isinstance(event, CallQueued)]
    assert [event.priority for event in queued] == [0, 10]


@pytest.mark.parametrize("place", range(BATCH - 3, BATCH + 3))
def test_a_name_with_line_breaks_is_one_row_wherever_it_stands(place: int) -> None:
    rows = [fields("ANSWER", 1_795_000_000.0 + number, number) for number in range(2 * BATCH)]
    rows[place][6] = 'A"\r\n\r\nEvent: Hangup\n"B"'
    faults = Faults()
    read = parse(b"".join(map(line, rows)), "callcenter.csv", 0, faults)
    assert faults.bad == ()
    assert [row.uniqueid for row in read] == [row[2] for row in rows]
    assert read[place].name == rows[place][6]
