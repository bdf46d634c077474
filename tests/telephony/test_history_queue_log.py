"""queue_log: each stay in a queue as app_queue counted it; broken lines, rotation."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.events import VisitOutcome
from telephony.history.lines import Faults
from telephony.history.queue_log import QueueFact, QueueLog, QueueReading, facts, parse
from telephony.history.rows import HistoryUnavailable

EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
CALL = "1795376630.0"
ENTERED = f"1795376630|{CALL}|support|NONE|ENTERQUEUE||13800138000|1"
# As a real Asterisk wrote them: a phone that was not picked up, then an answer.
ANSWERED = f"""1795376630|NONE|NONE|NONE|QUEUESTART|
1795376630|MANAGER|support|PJSIP/2001|ADDMEMBER|
{ENTERED}
1795376634|{CALL}|support|Agent 2001|RINGNOANSWER|4000
1795376634|NONE|NONE|Agent 2001|PAUSEALL|
1795376636|{CALL}|support|Agent 2002|CONNECT|6|1795376635.2|1
1795376638|{CALL}|support|Agent 2002|COMPLETECALLER|6|2|1
"""


def told(text: str) -> list[QueueFact]:
    faults = Faults()
    found = facts(parse(text.encode(), "queue_log", 0, faults))
    assert faults.count == 0
    return found


def utc(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def test_an_answered_stay() -> None:
    assert told(ANSWERED) == [
        QueueFact(
            callid=CALL,
            queue="support",
            caller="13800138000",
            entered_at=utc(1795376630),
            left_at=utc(1795376636),
            outcome=VisitOutcome.ANSWERED,
            wait_s=6,
            talk_s=2,
            agent="Agent 2002",
            leg_id="1795376635.2",
            ended_by="caller",
            rang=(("Agent 2001", 4.0),),
        )
    ]


@pytest.mark.parametrize(
    ("rest", "outcome", "wait_s", "talk_s", "ended_by"),
    [
        ("NONE|ABANDON|1|1|12", VisitOutcome.ABANDONED, 12, None, ""),
        ("NONE|EXITWITHTIMEOUT|1|1|30", VisitOutcome.TIMED_OUT, 30, None, ""),
        ("NONE|EXITEMPTY|1|1|7", VisitOutcome.EMPTY, 7, None, ""),
        ("NONE|EXITWITHKEY|2|1|1|9", VisitOutcome.KEY, 9, None, ""),
        ("Agent|CONNECT|3|1795.2|1", VisitOutcome.ANSWERED, 3, None, ""),
    ],
)
def test_how_a_stay_ends(
    rest: str, outcome: VisitOutcome, wait_s: int, talk_s: int | None, ended_by: str
) -> None:
    (fact,) = told(f"{ENTERED}\n1795376700|{CALL}|support|{rest}\n")
    assert (fact.outcome, fact.wait_s, fact.talk_s) == (outcome, wait_s, talk_s)
    assert fact.ended_by == ended_by


@pytest.mark.parametrize(
    ("rest", "talk_s", "ended_by"),
    [
        ("COMPLETEAGENT|1|5|1", 5, "agent"),
        ("BLINDTRANSFER|q-sales|crm-agents|1|2|1", 2, "transfer"),
        ("ATTENDEDTRANSFER|BRIDGE|c4750094-18fd|1|4|1", 4, "transfer"),
    ],
)
def test_how_a_talk_ends(rest: str, talk_s: int, ended_by: str) -> None:
    connect = f"1795376631|{CALL}|support|Agent|CONNECT|1|1795.2|1"
    (fact,) = told(f"{ENTERED}\n{connect}\n1795376700|{CALL}|support|Agent|{rest}\n")
    assert (fact.talk_s, fact.ended_by) == (talk_s, ended_by)
    assert fact.outcome is VisitOutcome.ANSWERED


def test_a_time_out_after_an_abandon_is_a_time_out() -> None:
    text = f"{ENTERED}\n1795376700|{CALL}|support|NONE|ABANDON|1|1|70\n"
    text += f"1795376700|{CALL}|support|NONE|EXITWITHTIMEOUT|1|1|70\n"
    assert [fact.outcome for fact in told(text)] == [VisitOutcome.TIMED_OUT]


def test_two_queues_are_two_stays() -> None:
    second = ANSWERED.replace("support", "sales")
    assert [fact.queue for fact in told(ANSWERED + second)] == ["support", "sales"]


def test_a_stay_without_its_beginning_is_passed_over() -> None:
    assert told(ANSWERED.partition("ENTERQUEUE")[2].partition("\n")[2]) == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("1795376630|1795376630.0|supp", "cut short"),
        (f"yesterday|{CALL}|support|NONE|ABANDON|1|1|1", "no time in Unix seconds"),
        (f"1795376630|{CALL}|support|NONE|\x00\x01|1", "no event"),
        ("\x01\x02\x03", "cut short"),
    ],
)
async def test_a_bad_line_is_told_and_the_rest_is_used(
    tmp_path: Path, bad: str, problem: str
) -> None:
    path = tmp_path / "queue_log"
    path.write_text(f"{bad}\n{ANSWERED}{bad}")
    reading = await QueueLog(str(path)).read(*EVER)
    assert reading.facts == told(ANSWERED)
    assert reading.bad_count == 2
    assert problem in str(reading.bad[0].problem)
    assert reading.bad[0].where == "queue_log@0"


async def test_rotated_files_are_read_as_one(tmp_path: Path) -> None:
    old, new = tmp_path / "queue_log.1.gz", tmp_path / "queue_log"
    begin, connect, end = ANSWERED.partition(f"1795376636|{CALL}")
    old.write_bytes(gzip.compress(begin.encode()))
    os.utime(old, (1795376634, 1795376634))
    new.write_text(connect + end)
    source = QueueLog(str(new))
    assert (await source.read(*EVER)).facts == told(ANSWERED)
    assert (await source.read(utc(1795376631), utc(1795376700))).facts == []


async def test_what_is_no_queue_log_says_so(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    with pytest.raises(HistoryUnavailable, match="there is no such file"):
        await QueueLog(str(path)).read(*EVER)
    path.touch()
    assert await QueueLog(str(path)).read(*EVER) == QueueReading([])
    path.write_text("a picture\n" * 20)
    with pytest.raises(HistoryUnavailable, match="no line of it can be read"):
        await QueueLog(str(path)).read(*EVER)


@given(st.binary(max_size=3000))
def test_bytes_of_any_kind_never_raise(data: bytes) -> None:
    facts(parse(data + b"\n" + ANSWERED.encode(), "x", 0, Faults()))


@given(st.lists(st.text(alphabet="0123456789|.ENTRQUCOABDX\x00", max_size=60)), st.integers(0, 7))
def test_garbage_between_lines_takes_no_good_line(noise: list[str], place: int) -> None:
    lines = ANSWERED.splitlines()
    kept = [text for text in noise if CALL not in text]
    mixed = "\n".join([*lines[:place], *kept, *lines[place:]])
    found = facts(parse(mixed.encode(), "x", 0, Faults()))
    assert [fact for fact in found if fact.callid == CALL] == told(ANSWERED)
