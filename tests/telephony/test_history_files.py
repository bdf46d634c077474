"""The CSV record: bad lines among good ones, rotation; what is read, and what is told."""

from __future__ import annotations

import asyncio
import bz2
import csv
import gzip
import io
import lzma
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.history.csv_file import CsvFile
from telephony.history.layouts import SAMPLE
from telephony.history.line_pages import PAGE
from telephony.history.lines import BATCH, MAX_BAD, Faults, parse
from telephony.history.pages import gather
from telephony.history.rows import CelRow, HistoryUnavailable, Reading

START = 1_795_000_000.0
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))


def utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def fields(event: str, at: float, call: int, extra: str = "") -> list[str]:
    uniqueid = f"{int(START)}.{call}"
    return [
        *(event, f"{at:.6f}", uniqueid, uniqueid, f"PJSIP/carrier-{call:08x}", "13800138000"),
        *('王伟, "the" caller', "crm-inbound", "8000", "Queue", "support,ct", "", extra),
    ]


def line(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(values)
    return text.getvalue().encode()


def a_call(call: int, begins: float, lasts: float = 5.0) -> list[bytes]:
    """Three lines, of which the last has JSON in its last column."""
    return [
        line(fields("CHAN_START", begins, call)),
        line(fields("ANSWER", begins + 1, call)),
        line(fields("HANGUP", begins + lasts, call, '{"hangupcause":16,"hangupsource":"a,b"}')),
    ]


def calls(first: int, count: int, begins: float = START) -> bytes:
    """One each ten seconds."""
    return b"".join(
        b"".join(a_call(call, begins + 10 * (call - first))) for call in range(first, first + count)
    )


async def read(path: Path, since: datetime = EVER[0], until: datetime = EVER[1]) -> Reading:
    return await CsvFile(str(path)).read(since, until)


def numbers(reading: Reading) -> list[int]:
    """Of the calls, in the order of their beginning."""
    return [
        int(row.uniqueid.partition(".")[2]) for row in reading.rows if row.event == "CHAN_START"
    ]


GOOD = b"".join(a_call(7, START))
WHOLE = line(fields("ANSWER", START, 9))
BAD_LINES = {
    "cut": (WHOLE[:50] + b"\n", "cut short"),
    "cut within a quote at the end": (WHOLE[:-9] + b"\n", "cut short"),
    "an open quote": (b'"CHAN_START","1795000000.0\n', "cut short"),
    "a quote in the middle": (WHOLE.replace(b"carrier", b'car"rier') + b"", "cut short"),
    "binary": (bytes(range(1, 10)) + b"\xff\xfe\x80\n", "columns"),
    "NUL": (b"\0" * 300 + b"\n", "columns"),
    "empty columns": (b",,,,,,,,,,,,\n", "no event"),
    "fewer columns": (line(fields("ANSWER", START, 9)[:9]), "9 columns where 13"),
    "no time": (WHOLE.replace(b"1795000000.000000", b"yesterday", 1), "no time in Unix seconds"),
    "a dateformat": (
        WHOLE.replace(b"1795000000.000000", b"2026-11-22 19:00:00", 1),
        "take dateformat out of cel.conf",
    ),
    "a time before the switch": (WHOLE.replace(b"1795000000.000000", b"12.0", 1), "no likely time"),
    "not a number": (WHOLE.replace(b"1795000000.000000", b"nan", 1), "no likely time"),
    "broken JSON": (line(fields("HANGUP", START, 9, '{"hangupcause":')), "no JSON"),
    "JSON that is no object": (line(fields("HANGUP", START, 9, "[1]")), "no JSON object"),
    "another order": (
        b'"PJSIP/1001-00000001","ANSWER","1795000000.0","8000","x","x","x","x","x","x","x","x","x"\n',
        "use the cel_custom.conf",
    ),
    "a line of a megabyte": (b'"' + b"x" * 1_500_000 + b'"\n', "cut short"),
}


@pytest.mark.parametrize("name", BAD_LINES)
@pytest.mark.parametrize("place", range(4))
async def test_a_bad_line_is_told_and_the_rest_is_used(
    tmp_path: Path, name: str, place: int
) -> None:
    bad, problem = BAD_LINES[name]
    lines = a_call(7, START)
    lines.insert(place, bad)
    path = tmp_path / "callcenter.csv"
    path.write_bytes(b"".join(lines))
    reading = await read(path)
    assert [row.event for row in reading.rows] == ["CHAN_START", "ANSWER", "HANGUP"]
    assert reading.rows == (await alone(tmp_path)).rows
    assert reading.bad_count >= 1
    assert problem in str(reading.bad[0].problem)
    offset = sum(map(len, lines[:place]))
    assert reading.bad[0].where == f"callcenter.csv@{offset}"


async def alone(folder: Path) -> Reading:
    """The good lines."""
    path = folder / "alone.csv"
    path.write_bytes(GOOD)
    return await read(path)


async def test_every_value_comes_back(tmp_path: Path) -> None:
    row = (await alone(tmp_path)).rows[-1]
    assert row == CelRow(
        *("HANGUP", START + 5, f"{int(START)}.7", f"{int(START)}.7", "PJSIP/carrier-00000007"),
        number="13800138000",
        name='王伟, "the" caller',
        context="crm-inbound",
        exten="8000",
        app="Queue",
        data="support,ct",
        peer="",
        extra={"hangupcause": "16", "hangupsource": "a,b"},
    )


async def test_the_columns_of_asterisks_own_sample_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    values = ["x"] * SAMPLE.width
    places = (SAMPLE.event, SAMPLE.at, SAMPLE.uniqueid, SAMPLE.linkedid, SAMPLE.channel)
    for place, value in zip(places, fields("CHAN_START", START, 7), strict=False):
        values[place] = value
    values[SAMPLE.extra] = ""
    path.write_bytes(line(values))
    (row,) = (await read(path)).rows
    assert (row.event, row.at, row.uniqueid) == ("CHAN_START", START, f"{int(START)}.7")
    assert row.channel == "PJSIP/carrier-00000007"


async def test_more_columns_at_the_end_are_welcome(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(line([*fields("CHAN_START", START, 7), "account", "userfield"]))
    assert numbers(await read(path)) == [7]


async def test_a_record_in_an_unknown_order_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(BAD_LINES["another order"][0] * 30)
    with pytest.raises(HistoryUnavailable, match=r"callcenter\.csv.*pbx config"):
        await read(path)


async def test_a_file_that_is_no_record_says_so(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(random.Random(1).randbytes(10_000))
    with pytest.raises(HistoryUnavailable, match="no line of it can be read"):
        await read(path)


async def test_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailable, match="there is no such file"):
        await read(tmp_path / "callcenter.csv")
    with pytest.raises(HistoryUnavailable, match="there is no such folder"):
        await read(tmp_path / "nowhere" / "callcenter.csv")


async def test_an_empty_file_is_an_empty_record(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.touch()
    assert await read(path) == Reading([])


async def test_many_bad_lines_are_counted_and_the_first_are_told(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(GOOD + b"nothing\n" * 5000 + b"".join(a_call(8, START + 20)))
    reading = await read(path)
    assert numbers(reading) == [7, 8]
    assert reading.bad_count == 5000
    assert len(reading.bad) == MAX_BAD + 1
    assert str(reading.bad[-1].problem) == f"{5000 - MAX_BAD} more"


async def test_a_clock_that_went_back_is_told_and_the_order_kept(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    start, answer, _ = a_call(7, START)
    late = line(fields("HANGUP", START - 300, 7))
    path.write_bytes(start + answer + late + b"".join(a_call(8, START - 290)))
    reading = await read(path)
    events = ["CHAN_START", "ANSWER", "HANGUP"]
    assert [row.event for row in reading.rows] == events * 2
    (bad,) = reading.bad
    assert "the clock went back 301.0 s" in str(bad.problem)


async def test_rows_written_out_of_order_within_a_second_are_sorted(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    start, answer, end = a_call(7, START, lasts=1.2)
    path.write_bytes(start + end + answer)
    reading = await read(path)
    assert [row.event for row in reading.rows] == ["CHAN_START", "ANSWER", "HANGUP"]
    assert reading.bad == ()


garbage = st.binary(max_size=200) | st.sampled_from([bad for bad, _ in BAD_LINES.values()][:-1])


@given(st.lists(garbage, max_size=12), st.data())
@settings(max_examples=150, deadline=None)
def test_garbage_between_lines_never_raises_and_takes_no_good_line(
    noise: list[bytes], data: st.DataObject
) -> None:
    good = [one for call in range(4) for one in a_call(call, START + call)]
    mixed = list(good)
    for part in noise:
        place = data.draw(st.integers(0, len(mixed)))
        mixed.insert(place, part.replace(b"\n", b" ") + b"\n")
    rows = parse(b"".join(mixed), "x", 0, Faults())
    expected = parse(b"".join(good), "x", 0, Faults())
    found = [row for row in rows if row in expected]
    assert found == expected


@given(st.binary(max_size=4000))
@settings(max_examples=150, deadline=None)
def test_bytes_of_any_kind_never_raise(data: bytes) -> None:
    parse(data, "x", 0, Faults())


@given(st.integers(0, len(GOOD) - 2), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_one_wrong_byte_costs_its_own_lines_only(place: int, value: int) -> None:
    broken = GOOD[:place] + bytes([value]) + GOOD[place + 1 :]
    rows = parse(broken + GOOD, "x", 0, Faults())
    assert rows[-3:] == parse(GOOD, "x", 0, Faults())
    assert len(rows) >= 4


def test_batches_do_not_matter() -> None:
    """A bad line in one batch of lines that are split together leaves the next ones alone."""
    data = calls(0, BATCH)
    whole = parse(data, "x", 0, Faults())
    assert len(whole) == 3 * BATCH
    faults = Faults()
    lines = data.split(b"\n")
    places = range(0, len(lines), BATCH // 2)
    for place in places:
        lines.insert(place, b'"an open quote')
    assert parse(b"\n".join(lines), "x", 0, faults) == whole
    assert faults.count == len(places)


# -- what is read ------------------------------------------------------------------------------


async def test_a_call_that_lies_half_within_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(calls(0, 100))
    reading = await read(path, utc(START + 503), utc(START + 522))
    assert numbers(reading) == [50, 51, 52]
    assert len(reading.rows) == 9
    assert reading.complete_from == utc(START)


async def test_a_call_of_hours_is_read_whole_across_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    begin, answer, _ = a_call(9999, START)
    hours = [begin, answer, calls(0, 2000), line(fields("HANGUP", START + 20_000, 9999))]
    path.write_bytes(b"".join(hours))
    assert sum(map(len, hours)) > 3 * PAGE
    at_the_end = await read(path, utc(START + 19_999.5), utc(START + 20_001))
    assert numbers(at_the_end) == [9999]
    assert len(at_the_end.rows) == 3
    at_the_beginning = await read(path, utc(START), utc(START + 0.5))
    assert numbers(at_the_beginning) == [9999, 0]
    assert len(at_the_beginning.rows) == 6


async def test_a_linkedid_that_moves_keeps_a_call_together(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    one, two = fields("CHAN_START", START, 1), fields("CHAN_START", START + 1, 2)
    bridged = fields("BRIDGE_ENTER", START + 50, 2)
    bridged[3] = one[2]
    path.write_bytes(line(one) + line(two) + calls(10, 5) + line(bridged))
    reading = await read(path, utc(START + 49), utc(START + 51))
    assert numbers(reading) == [1, 2]


class Thousand:
    """`Pages`: one call on each, ten seconds apart; counts what is read."""

    def __init__(self, pages: int = 1000) -> None:
        self.pages = [
            parse(calls(call, 1, START + 10 * call), "x", 0, Faults()) for call in range(pages)
        ]
        self.read: list[int] = []
        self.probed: list[int] = []

    def __len__(self) -> int:
        return len(self.pages)

    def first_at(self, page: int) -> float | None:
        self.probed.append(page)
        return self.pages[page][0].at

    def rows(self, page: int) -> list[CelRow]:
        self.read.append(page)
        return self.pages[page]


@pytest.mark.parametrize(
    ("since", "until", "found", "probed"),
    [
        (9_900, 10_000, range(990, 1000), 500),  # the last minutes: the older half is not looked at
        (503, 522, range(50, 53), 1000),
        (-500, -1, range(0), 1000),
        (10_500, 11_000, range(0), 500),
    ],
)
def test_only_the_pages_that_are_needed_are_read(
    since: float, until: float, found: range, probed: int
) -> None:
    pages = Thousand()
    rows = gather(pages, START + since, START + until)
    assert sorted({row.uniqueid for row in rows}) == [f"{int(START)}.{call}" for call in found]
    assert len(pages.read) <= len(found) + 3
    assert len(set(pages.probed)) <= probed


def test_where_the_clock_went_back_both_times_are_found() -> None:
    """Ten minutes back in the middle: that time is there twice."""
    pages = Thousand(100)
    pages.pages[50:] = [
        [replace(row, at=row.at - 400) for row in rows] for rows in pages.pages[50:]
    ]
    rows = gather(pages, START + 300, START + 320)
    assert {int(row.uniqueid.partition(".")[2]) for row in rows} == {30, 31, 32, 70, 71, 72}


# -- rotation ----------------------------------------------------------------------------------


def packed_by(pack: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(pack(calls(0, 10)))

    return write


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("callcenter.csv.1", packed_by(bytes)),
        ("callcenter.csv-20261122", packed_by(bytes)),
        ("callcenter.csv.2.gz", packed_by(gzip.compress)),
        ("callcenter.csv-20261122.gz", packed_by(gzip.compress)),
        ("callcenter.csv.3.bz2", packed_by(bz2.compress)),
        ("callcenter.csv.3.xz", packed_by(lzma.compress)),
    ],
)
async def test_rotated_files_are_read_as_one(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    old, new = tmp_path / name, tmp_path / "callcenter.csv"
    write(old)
    os.utime(old, (START, START))
    new.write_bytes(calls(10, 10, START + 100))
    (tmp_path / "callcenter.csv.swp").write_bytes(b"of an editor")
    (tmp_path / "callcenter.csv.1.gz.tmp").write_bytes(b"of somebody")
    source = CsvFile(str(new))
    reading = await source.read(*EVER)
    assert numbers(reading) == list(range(20))
    assert reading.bad == ()
    assert reading.complete_from == utc(START)
    assert numbers(await source.read(utc(START + 150), utc(START + 152))) == [15]


async def test_a_call_over_the_rotation_is_whole(tmp_path: Path) -> None:
    begin, answer, end = a_call(7, START)
    (tmp_path / "callcenter.csv.1").write_bytes(calls(100, 5) + begin + answer)
    (tmp_path / "callcenter.csv").write_bytes(end)
    reading = await read(tmp_path / "callcenter.csv", utc(START + 5), utc(START + 6))
    assert [row.event for row in reading.rows if row.uniqueid.endswith(".7")] == [
        "CHAN_START",
        "ANSWER",
        "HANGUP",
    ]


async def test_a_damaged_packed_file_gives_what_can_be_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(calls(0, 3000))
    old = tmp_path / "callcenter.csv.1.gz"
    old.write_bytes(packed[: len(packed) // 2])
    os.utime(old, (START, START))
    (tmp_path / "callcenter.csv").write_bytes(calls(9000, 3, START + 90_000))
    reading = await read(tmp_path / "callcenter.csv")
    assert len(numbers(reading)) > 100
    assert numbers(reading)[-3:] == [9000, 9001, 9002]
    assert any("cannot be unpacked to its end" in str(bad.problem) for bad in reading.bad)


async def test_what_is_being_packed_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "callcenter.csv.1").write_bytes(calls(0, 5))
    (tmp_path / "callcenter.csv.1.gz").write_bytes(gzip.compress(calls(0, 5))[:40])
    (tmp_path / "callcenter.csv").write_bytes(calls(5, 5, START + 50))
    reading = await read(tmp_path / "callcenter.csv")
    assert numbers(reading) == list(range(10))
    assert reading.bad == ()


async def test_what_was_copied_and_not_yet_truncated_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "callcenter.csv.1").write_bytes(calls(0, 5))
    (tmp_path / "callcenter.csv").write_bytes(calls(0, 5))
    reading = await read(tmp_path / "callcenter.csv")
    assert numbers(reading) == list(range(5))
    assert len(reading.rows) == 15


async def test_a_file_written_anew_under_the_same_name_is_not_mistaken(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.csv"
    path.write_bytes(calls(0, 100))
    source = CsvFile(str(path))
    assert numbers(await source.read(*EVER)) == list(range(100))
    with path.open("r+b") as file:  # as copytruncate does, and then it grows
        file.truncate(0)
    path.write_bytes(calls(500, 200, START + 50_000))
    assert numbers(await source.read(*EVER)) == list(range(500, 700))
    assert numbers(await source.read(utc(START), utc(START + 900))) == []


async def test_rotation_while_it_is_read_loses_nothing(tmp_path: Path) -> None:
    """Somebody writes and rotates all the time; each reading has every call written before it."""
    path = tmp_path / "callcenter.csv"
    path.write_bytes(calls(0, 50))
    source = CsvFile(str(path))
    written = 50

    async def write() -> None:
        nonlocal written
        for turn in range(1, 41):
            with path.open("ab") as file:
                file.write(calls(written, 20, START + 10 * written))
            written += 20
            if turn % 4 == 0:
                await asyncio.to_thread(rotate, path)
            await asyncio.sleep(0.002)

    writing = asyncio.create_task(write())
    readings = 0
    while not writing.done():
        before = written
        try:
            reading = await source.read(*EVER)
        except HistoryUnavailable:  # it may be rotated faster than it can be read: that is said
            continue
        found = numbers(reading)
        assert sorted(set(found)) == sorted(found)
        assert set(range(before)) <= set(found)
        assert reading.bad == ()
        readings += 1
        await asyncio.sleep(0)
    await writing
    assert readings > 3
    assert numbers(await source.read(*EVER)) == list(range(written))


def rotate(path: Path) -> None:
    """``x`` → ``x.1`` → ``x.2.gz`` …, as logrotate does with delaycompress."""
    for number in range(20, 1, -1):
        packed = path.with_name(f"{path.name}.{number}.gz")
        if packed.exists():
            packed.rename(path.with_name(f"{path.name}.{number + 1}.gz"))
    first = path.with_name(f"{path.name}.1")
    if first.exists():
        status = first.stat()
        packed = path.with_name(f"{path.name}.2.gz")
        packed.write_bytes(gzip.compress(first.read_bytes()))
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        first.unlink()
    path.rename(first)
    path.touch()
