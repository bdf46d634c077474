"""The journal: what happened, on the disk before anybody works on it. Append-only, in segments.

    append → memory → one thread: write, fdatasync (one for all that waited) → flush returns

An offset counts bytes since the journal began and means "everything before here". What was flushed
survives the process and the power. A record that is cut short or damaged ends its segment: at the
tail that is a crash in the middle of a write, anywhere else a broken disk, and is said in the log.
`mark_done` moves the mark that `replay` begins at, and segments wholly before it are removed; the
mark may lag behind after a crash, so that a record can be seen twice, but never not at all.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import structlog

from callcenter.store.segments import frame, open_segment, records, segment, segments

log = structlog.get_logger(__name__)

SEGMENT_BYTES: Final = 16 * 1024 * 1024
RETRY_S: Final = 1.0

_MARK: Final = "done"

Write = Callable[[int, memoryview], int]


class InboxBusy(Exception):
    """Another process has this journal open."""


class Inbox:
    """Open it once per process and journal. Methods belong to the loop's thread.

    `flush` waits as long as the disk refuses (it is full, say): nothing is dropped, the writer
    tries again every `retry_s`. Raises `InboxBusy`, OSError.
    """

    def __init__(
        self,
        path: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        write: Write = os.write,
        retry_s: float = RETRY_S,
    ) -> None:
        self._path = path
        self._segment_bytes = segment_bytes
        self._write = write
        self._retry_s = retry_s
        path.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(path)
        self._done = _read_mark(path)
        stored = segments(path)
        self._start = stored[-1] if stored else self._done
        self._file, size = open_segment(path, self._start)
        if self._start + size < self._done:  # never below the mark: it would not be replayed
            os.close(self._file)
            self._start = self._done
            self._file, size = open_segment(path, self._start)
        self._torn = False  # a failed write may have left half a record
        self._written = self._start + size  # by the writer, in the files
        self._appended = self._written  # by append, perhaps in memory only
        self._durable = self._written
        self._marked = self._done
        self._buffer: list[bytes] = []
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._closing = False
        self._guard = threading.Condition()
        self._writer: threading.Thread | None = None

    # --- the loop's side ---------------------------------------------------------------------

    def append(self, record: bytes) -> int:
        """Returns the offset behind the record. Costs no system call; `flush` makes it last.

        Raises ValueError for a record that is empty or too large.
        """
        framed = frame(record)
        with self._guard:
            self._buffer.append(framed)
            self._appended += len(framed)
            self._guard.notify()
        self._start_writer()
        return self._appended

    async def flush(self) -> None:
        """Everything appended so far is on the disk."""
        await self.durable(self._appended)

    async def durable(self, offset: int) -> None:
        """Everything before `offset` is on the disk."""
        with self._guard:
            if self._durable >= offset:
                return
            future = asyncio.get_running_loop().create_future()
            self._waiting.append((offset, future))
        await future

    def replay(self, start: int | None = None) -> Iterator[tuple[int, bytes]]:
        """(offset behind it, record), in order, of what is on the disk and not marked done;
        from `start` instead when it is given.
        """
        start = self._done if start is None else start
        stored = segments(self._path)
        for first, following in zip(stored, [*stored[1:], None], strict=True):
            if following is not None and following <= start:
                continue
            end = first
            for end, record in records(self._path, first):
                if end > start:
                    yield end, record
            if following is not None and end < following:
                log.error("journal_damaged", segment=first, lost_bytes=following - end)

    def mark_done(self, offset: int) -> None:
        """Everything before `offset` was worked on: it is not replayed again."""
        with self._guard:
            self._done = max(self._done, min(offset, self._appended))
            self._guard.notify()
        self._start_writer()

    @property
    def folder(self) -> Path:
        return self._path

    @property
    def done(self) -> int:
        return self._done

    @property
    def end(self) -> int:
        """Behind the last record that was appended."""
        return self._appended

    def close(self) -> None:
        """Writes what is left. A journal that cannot be written gives up here."""
        with self._guard:
            self._closing = True
            self._guard.notify()
        if self._writer is not None:
            self._writer.join()
        os.close(self._file)
        os.close(self._lock)

    # --- the writer's side -------------------------------------------------------------------

    def _start_writer(self) -> None:
        if self._writer is None:
            self._writer = threading.Thread(target=self._run, name="inbox", daemon=True)
            self._writer.start()

    def _run(self) -> None:
        while True:
            with self._guard:
                self._guard.wait_for(self._has_work)
                batch, self._buffer = self._buffer, []
                done, closing = self._done, self._closing
            try:
                self._store(b"".join(batch))
                self._keep_mark(done)
            except OSError as error:
                log.error("journal_not_written", problem=str(error), bytes=sum(map(len, batch)))
                with self._guard:
                    self._buffer[:0] = batch
                    if closing or self._guard.wait_for(lambda: self._closing, self._retry_s):
                        return
                continue
            if closing and not batch:
                return

    def _has_work(self) -> bool:
        return bool(self._buffer) or self._marked < self._done or self._closing

    def _store(self, data: bytes) -> None:
        if not data:
            return
        if self._written - self._start >= self._segment_bytes:
            self._next_segment()
        if self._torn:
            os.ftruncate(self._file, self._written - self._start)
        self._torn = True
        view = memoryview(data)
        while view:
            view = view[self._write(self._file, view) :]
        getattr(os, "fdatasync", os.fsync)(self._file)  # macOS has no fdatasync
        self._torn = False
        self._written += len(data)
        self._tell()

    def _next_segment(self) -> None:
        file, _ = open_segment(self._path, self._written)
        os.close(self._file)
        self._file, self._start = file, self._written

    def _tell(self) -> None:
        with self._guard:
            self._durable = self._written
            ready = [one for offset, one in self._waiting if offset <= self._durable]
            self._waiting = [one for one in self._waiting if one[0] > self._durable]
        for future in ready:
            future.get_loop().call_soon_threadsafe(_resolve, future)

    def _keep_mark(self, done: int) -> None:
        """No fsync: a mark that is lost costs a second look at some records."""
        if done == self._marked:
            return
        fresh = self._path / f"{_MARK}.new"
        fresh.write_text(f"{done}\n")
        fresh.replace(self._path / _MARK)
        self._marked = done
        for first, following in pairwise(segments(self._path)):
            if following <= done:
                segment(self._path, first).unlink()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():  # who waited may have been cancelled
        future.set_result(None)


def _lock(path: Path) -> int:
    lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InboxBusy(f"{path} is in use by another process") from None
    return lock


def _read_mark(path: Path) -> int:
    try:
        return int((path / _MARK).read_text())
    except (FileNotFoundError, ValueError):
        return 0  # then everything that is there is replayed
