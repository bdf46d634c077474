"""Calls rebuilt from CEL are the calls that were seen live, in every scenario that was recorded."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from telephony.calls import Topology
from telephony.events import CallLog, Direction
from telephony.history.csv_file import CsvFile
from telephony.history.rebuild import frames, rebuild
from telephony.history.rows import CelRow
from tests.telephony.histories import (
    EVER,
    PBX,
    RECORDINGS,
    differences,
    history_of,
    knowledge_of,
    live_of,
)

RECORDS = sorted(RECORDINGS.glob("*.cel.csv"))
SOME = ["attended_then_blind", "queue_overflow", "parked_and_fetched", "supervisor_listens"]


async def rows_of(name: str) -> list[CelRow]:
    reading = await CsvFile(str(RECORDINGS / f"{name}.cel.csv")).read(*EVER)
    return list(reading.rows)


def test_every_recording_has_the_switchs_record_beside_it() -> None:
    recordings = {path.stem for path in RECORDINGS.glob("*.ami")}
    assert {path.name.removesuffix(".cel.csv") for path in RECORDS} == recordings


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name.removesuffix(".cel.csv"))
async def test_the_rebuilt_log_is_the_live_one(path: Path) -> None:
    rebuilt = await history_of(path)
    assert differences(live_of(path), rebuilt.logs, knowledge_of(path)) == []
    assert (rebuilt.unfinished, rebuilt.incomplete) == ([], [])
    assert all(log.from_history and log.recovered for log in rebuilt.logs)


@pytest.mark.parametrize("name", SOME)
async def test_the_same_rows_give_the_same_calls(name: str) -> None:
    rows = await rows_of(name)
    assert rebuild(rows, PBX, Topology()) == rebuild(rows, PBX, Topology())


@pytest.mark.parametrize("name", SOME)
async def test_cut_anywhere_nothing_raises_and_nothing_half_is_told(name: str) -> None:
    """The end of the record may lack: those calls have not ended. Its beginning may, too: those
    calls are not rebuilt."""
    rows = await rows_of(name)
    whole = {log.call_id for log in rebuild(rows, PBX, Topology()).logs}
    for cut in range(len(rows)):
        begun = rebuild(rows[:cut], PBX, Topology())
        assert {log.call_id for log in begun.logs} <= whole
        rest = rebuild(rows[cut:], PBX, Topology())
        assert {log.call_id for log in rest.logs} <= whole
        assert rest.incomplete or cut == 0 or rest.logs == [] or rows[cut].event == "CHAN_START"


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name.removesuffix(".cel.csv"))
async def test_whatever_line_lacks_each_call_is_told_or_named(path: Path) -> None:
    """One line after the other: no call disappears without a word. One that cannot be told from
    the customer's any more (a consultation) is in that call's log; of one that nobody took the
    birth of its only leg may have been all there was."""
    rows = await rows_of(path.name.removesuffix(".cel.csv"))
    logs = rebuild(rows, PBX, Topology()).logs
    whole = [log for log in logs if log.direction is Direction.INBOUND or _met(log)]
    for lacking in range(0, len(rows), 1 + len(rows) // 60):
        row = rows[lacking]
        if row.event == "APP_START" and row.app == "Dial":
            continue  # that a telephone dials outside is known by nothing else
        got = rebuild([*rows[:lacking], *rows[lacking + 1 :]], PBX, Topology())
        told = {leg.leg_id for log in got.logs for leg in log.legs} | {*got.unfinished, *got.deaf}
        told |= {name for one in got.incomplete for name in one.uniqueids}
        assert all(told & {leg.leg_id for leg in log.legs} for log in whole), row


def _met(log: CallLog) -> bool:
    return sum(leg.answered_at is not None for leg in log.legs) > 1


async def test_the_birth_of_a_leg_may_lack() -> None:
    """The call is there, with the leg; that began a moment later than it did."""
    rows = await rows_of("blind_transfer")
    (whole,) = rebuild(rows, PBX, Topology()).logs
    births = [n for n, row in enumerate(rows) if row.event == "CHAN_START"]
    for birth in births[1:]:
        (log,) = rebuild([*rows[:birth], *rows[birth + 1 :]], PBX, Topology()).logs
        assert (log.call_id, log.result, log.ended_at) == (
            whole.call_id,
            whole.result,
            whole.ended_at,
        )
        assert [(leg.interface, leg.result) for leg in log.legs] == [
            (leg.interface, leg.result) for leg in whole.legs
        ]
    rest = rebuild(rows[1:], PBX, Topology())
    assert rest.logs == []
    assert [one.uniqueids[0] for one in rest.incomplete] == [rows[0].uniqueid]


async def test_a_call_that_goes_on_is_named() -> None:
    rows = await rows_of("queue_overflow")
    end = next(n for n, row in enumerate(rows) if row.event == "HANGUP")
    rebuilt = rebuild(rows[:end], PBX, Topology())
    assert rebuilt.logs == []
    assert rebuilt.unfinished == [rows[0].uniqueid]


async def test_an_end_that_cannot_be_read_is_taken_from_the_rows_after_it() -> None:
    rows = await rows_of("queue_overflow")
    (whole,) = rebuild(rows, PBX, Topology()).logs
    (log,) = rebuild([row for row in rows if row.event != "HANGUP"], PBX, Topology()).logs
    assert log.call_id == whole.call_id
    assert log.ended_at == pytest.approx(whole.ended_at, abs=whole.ended_at - whole.started_at)
    assert abs((log.ended_at - whole.ended_at).total_seconds()) < 0.15


async def test_calls_side_by_side_are_told_apart() -> None:
    """The rows of several scenarios at the same time, under other Uniqueids."""
    expected: list[CallLog] = []
    merged: list[CelRow] = []
    for number, name in enumerate([*SOME[:3], "first_by_priority"]):
        rows = [renamed(row, f"{number}-") for row in await rows_of(name)]
        shift = 1_795_400_000 - rows[0].at
        moved = [replace(row, at=row.at + shift) for row in rows]
        expected += rebuild(moved, PBX, Topology()).logs
        merged += moved
    together = rebuild(sorted(merged, key=lambda row: row.at), PBX, Topology()).logs
    assert {log.call_id for log in together} == {log.call_id for log in expected}
    by_id = {log.call_id: log for log in together}
    for log in expected:
        assert by_id[log.call_id].legs == log.legs
        assert by_id[log.call_id].visits == log.visits


def renamed(row: CelRow, prefix: str) -> CelRow:
    """Of another call: every Uniqueid and channel name in it is another one."""
    extra = {
        key: prefix + value if key.endswith("uniqueid") else value
        for key, value in row.extra.items()
    }
    for key in ("hangupsource", "pickup_channel"):
        if extra.get(key, "").startswith("PJSIP/"):
            extra[key] = f"{extra[key]}{prefix}"
    if "bridge_id" in extra:
        extra["bridge_id"] = prefix + extra["bridge_id"]
    return replace(
        row,
        uniqueid=prefix + row.uniqueid,
        linkedid=prefix + row.linkedid,
        channel=row.channel if row.channel.startswith("Local/") else f"{row.channel}{prefix}",
        extra=extra,
    )


def test_names_that_would_break_a_frame_do_not() -> None:
    start = CelRow(
        "CHAN_START",
        1_795_400_000.0,
        "1.1",
        "1.1",
        "PJSIP/carrier-1",
        number="1\r\nEvent: Hangup\r\nUniqueid: 1.1",
        name='A\\"\r\n\r\nEvent: Hangup\x00',
        exten="8000",
    )
    end = replace(start, event="HANGUP", at=start.at + 5)
    (log,) = rebuild([start, end], PBX, Topology()).logs
    assert log.ended_at.timestamp() == start.at + 5
    assert log.caller_name == 'A\\"    Event: Hangup '
    assert all(raw.raw.count(b"\r\n\r\n") == 0 for raw in frames([start, end]))


async def test_frames_are_in_the_order_of_their_time() -> None:
    for name in SOME:
        stamps = [float(one.stamp()) for one in frames(await rows_of(name))]
        assert all(one <= other for one, other in itertools.pairwise(stamps))
