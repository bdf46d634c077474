"""The journal keeps what was flushed: across restarts, torn tails, full disks and kill -9."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from callcenter.store.inbox import Inbox, InboxBusy
from callcenter.store.segments import MAX_RECORD

HEADER = 8


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    opened = Inbox(tmp_path / "inbox")
    yield opened
    opened.close()


def contents(path: Path) -> list[bytes]:
    opened = Inbox(path)
    records = [record for _, record in opened.replay()]
    opened.close()
    return records


def segments(path: Path) -> list[Path]:
    return sorted(path.glob("*.log"))


async def test_what_was_flushed_is_replayed_after_a_restart(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    offsets = [inbox.append(record) for record in (b"one", "二".encode(), b"\0\n" * 9)]
    await inbox.flush()
    assert list(inbox.replay()) == list(
        zip(offsets, [b"one", "二".encode(), b"\0\n" * 9], strict=True)
    )
    assert [offset for offset, _ in inbox.replay(offsets[0])] == offsets[1:]
    inbox.close()
    assert contents(tmp_path) == [b"one", "二".encode(), b"\0\n" * 9]


async def test_what_is_done_is_not_replayed(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    first = inbox.append(b"one")
    inbox.append(b"two")
    await inbox.flush()
    inbox.mark_done(first)
    inbox.mark_done(0)  # never backwards
    assert [record for _, record in inbox.replay()] == [b"two"]
    inbox.close()
    assert contents(tmp_path) == [b"two"]


async def test_closing_writes_what_was_not_flushed(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.append(b"last words")
    inbox.close()
    assert contents(tmp_path) == [b"last words"]


async def test_finished_segments_go(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, segment_bytes=100)
    offset = 0
    for number in range(50):
        offset = inbox.append(b"%03d" % number)
        await inbox.flush()
    assert len(segments(tmp_path)) > 3
    inbox.mark_done(offset)
    inbox.close()
    assert len(segments(tmp_path)) == 1
    again = Inbox(tmp_path)
    assert again.append(b"051") == offset + HEADER + 3, "offsets go on"
    again.close()
    assert contents(tmp_path) == [b"051"]


@settings(deadline=None)  # the disk may be busy
@given(
    records=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=12),
    data=st.data(),
)
def test_a_torn_tail_costs_only_the_torn_record(records: list[bytes], data: st.DataObject) -> None:
    """Cut anywhere, or one bit flipped anywhere: what is before it is still there."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        inbox = Inbox(path)
        offsets = [0, *(inbox.append(record) for record in records)]
        inbox.close()
        (segment,) = segments(path)
        whole = segment.read_bytes()
        place = data.draw(st.integers(0, len(whole) - 1))
        if data.draw(st.booleans()):
            segment.write_bytes(whole[:place])
        else:
            flipped = bytes([whole[place] ^ (1 << data.draw(st.integers(0, 7)))])
            segment.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        intact = sum(offset <= place for offset in offsets[1:])
        again = Inbox(path)
        assert [record for _, record in again.replay()] == records[:intact]
        again.append(b"after")
        again.close()
        assert contents(path) == [*records[:intact], b"after"]


async def test_a_damaged_segment_does_not_hide_the_later_ones(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, segment_bytes=30)
    for number in range(9):
        inbox.append(b"record %d" % number)
        await inbox.flush()
    inbox.close()
    second = segments(tmp_path)[1]
    second.write_bytes(b"\xff" * second.stat().st_size)
    assert contents(tmp_path) == [b"record %d" % number for number in (0, 1, 4, 5, 6, 7, 8)]


async def test_a_mark_beyond_a_lost_tail_hides_nothing_new(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.mark_done(inbox.append(b"done"))
    inbox.close()
    (segment,) = segments(tmp_path)
    segment.write_bytes(b"")
    again = Inbox(tmp_path)
    again.append(b"new")
    again.close()
    assert contents(tmp_path) == [b"new"]


async def test_one_process_at_a_time(tmp_path: Path, inbox: Inbox) -> None:
    with pytest.raises(InboxBusy):
        Inbox(tmp_path / "inbox")


@pytest.mark.parametrize("record", [b"", b"x" * (MAX_RECORD + 1)])
def test_sizes_that_are_refused(inbox: Inbox, record: bytes) -> None:
    with pytest.raises(ValueError, match="a record has 1 to"):
        inbox.append(record)


class FullDisk:
    """Writes half of what it is given, then says the disk is full, so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def write(self, file: int, data: memoryview) -> int:
        if self.times == 0:
            return os.write(file, data)
        if len(data) > 1:
            return os.write(file, data[: len(data) // 2])
        self.times -= 1
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_delays_but_drops_nothing(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, write=FullDisk(2).write, retry_s=0.02)
    inbox.append(b"one")
    waiting = asyncio.create_task(inbox.flush())
    inbox.append(b"two")
    await asyncio.wait_for(waiting, 10)
    inbox.close()
    assert contents(tmp_path) == [b"one", b"two"]


async def test_a_disk_that_stays_full_does_not_keep_us_from_stopping(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, write=FullDisk(1_000_000).write)
    inbox.append(b"lost")
    inbox.close()
    assert contents(tmp_path) == []


async def test_who_waited_may_go_away(inbox: Inbox) -> None:
    inbox.append(b"one")
    waiting = asyncio.create_task(inbox.flush())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    inbox.append(b"two")
    await inbox.flush()


async def test_everybody_who_waits_is_served_by_one_write(tmp_path: Path) -> None:
    writes = count()

    def counting(file: int, data: memoryview) -> int:
        next(writes)
        return os.write(file, data)

    inbox = Inbox(tmp_path, write=counting)

    async def keep(number: int) -> None:
        inbox.append(b"%d" % number)
        await inbox.flush()

    await asyncio.gather(*(keep(number) for number in range(500)))
    inbox.close()
    assert len(contents(tmp_path)) == 500
    assert next(writes) < 100


async def test_kill_9_loses_nothing_that_was_said_to_be_kept(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.inbox_process", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    kept = 0
    while kept < 500:
        kept = int(await child.stdout.readline())
    child.kill()
    rest = (await child.stdout.read()).decode().splitlines(keepends=True)
    await child.wait()
    kept = int(next((line for line in reversed(rest) if line.endswith("\n")), kept))
    records = contents(tmp_path)
    assert len(records) >= kept
    assert records == [b"%d" % n + b"." * (n % 90) for n in range(len(records))]


class JournalModel(RuleBasedStateMachine):
    """Any order of appending, marking, closing and opening: replay is what is not done."""

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        self.kept: list[tuple[int, bytes]] = []
        self.done = 0
        self._open()

    def _open(self) -> None:
        self.inbox = Inbox(Path(self.folder.name), segment_bytes=120)

    @rule(record=st.binary(min_size=1, max_size=60))
    def append(self, record: bytes) -> None:
        self.kept.append((self.inbox.append(record), record))

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def mark(self, data: st.DataObject) -> None:
        offset, _ = data.draw(st.sampled_from(self.kept))
        self.done = max(self.done, offset)
        self.inbox.mark_done(offset)

    @rule()
    def restart(self) -> None:
        self.inbox.close()
        self._open()
        assert list(self.inbox.replay()) == [one for one in self.kept if one[0] > self.done]

    @invariant()
    def mark_is_kept(self) -> None:
        assert self.inbox.done == self.done

    def teardown(self) -> None:
        self.inbox.close()
        self.folder.cleanup()


def test_the_journal_behaves_like_its_model() -> None:
    few = settings(max_examples=40, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(JournalModel, settings=few)
