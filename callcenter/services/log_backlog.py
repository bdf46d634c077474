"""What is in the journal and not yet in the database: a bounded part in memory, the rest on disk.

    append ─▶ journal ─▶ memory, up to `MEMORY` records ─▶ batch ─▶ commit
                   └──── read back in order, when there is room again ───┘

While nothing waits on the disk alone, a record costs no reading. Reading back is done in a thread,
in pieces, so that the loop goes on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

import structlog

from callcenter.services import journal
from callcenter.services.journal import AgentStateBegan, Alive, Record
from callcenter.store.inbox import Inbox

log = structlog.get_logger(__name__)

MEMORY: Final = 20_000
PIECE: Final = 500  # records read back at a time: less than 20 ms, even while others compute
MARK_S: Final = 1.0  # how exactly the age of what waits is known

_SPEAKING: Final = (b'{"t":"Alive"', b'{"t":"AgentStateBegan"')  # of us, and when

Pending = tuple[int, Record]
"""(offset behind it, record)"""


@dataclass(frozen=True, slots=True)
class Left:
    """What a former run left in the journal; `alive_at`: the last time it says of itself."""

    records: int
    alive_at: datetime | None


class Backlog:
    """In the order of the journal. Not thread-safe: methods belong to the loop's thread."""

    def __init__(self, inbox: Inbox, memory: int = MEMORY) -> None:
        self._inbox = inbox
        self._memory = memory
        self._pending: deque[Pending] = deque()
        self._loaded = inbox.done  # everything before is in memory, or done
        self._end = inbox.end
        self._on_disk = 0  # records that are in the journal only
        self._reader: Iterator[tuple[int, bytes]] | None = None
        self._marks: deque[tuple[int, datetime]] = deque()  # (end of the journal, when)
        self.spilled = 0  # records that were read back, ever

    def __len__(self) -> int:
        return len(self._pending) + self._on_disk

    @property
    def end(self) -> int:
        return self._end

    @property
    def in_memory(self) -> int:
        return len(self._pending)

    async def recall(self, now: datetime) -> Left:
        """What was left by a former run is read back as if it came now; it is only counted here."""
        before = self._inbox.end
        left = await asyncio.to_thread(_survey, self._inbox)
        if left.records:
            self._on_disk = left.records
            self._marks.appendleft((before, left.alive_at or now))
        elif self._end == before:
            self._loaded = before
        return left

    def append(self, record: Record, now: datetime) -> None:
        """Raises what `Inbox.append` raises, and ValueError for what cannot be encoded."""
        before = self._end
        self._end = self._inbox.append(journal.encode(record))
        if self._loaded == before and len(self._pending) < self._memory:
            self._pending.append((self._end, record))
            self._loaded = self._end
        else:
            self._on_disk += 1
        if not self._marks or (now - self._marks[-1][1]).total_seconds() >= MARK_S:
            self._marks.append((self._end, now))

    async def first(self, count: int) -> list[Pending]:
        """The oldest, at most `count`; none only when nothing waits."""
        if len(self._pending) < count and self._loaded < self._end:
            await self._read_back(count - len(self._pending))
        return list(islice(self._pending, count))

    def done(self, count: int) -> None:
        """The oldest are committed."""
        for _ in range(count):
            offset, _ = self._pending.popleft()
        self._inbox.mark_done(offset)
        while self._marks and self._marks[0][0] <= offset:
            self._marks.popleft()

    def oldest_s(self, now: datetime) -> float:
        """Age of the oldest that waits, in seconds, to `MARK_S`."""
        if not len(self) or not self._marks:
            return 0.0
        return max(0.0, (now - self._marks[0][1]).total_seconds())

    async def _read_back(self, wanted: int) -> None:
        while wanted > 0 and self._loaded < self._end:
            await self._inbox.flush()  # what is to be read must be in the files
            end = self._end
            found = await asyncio.to_thread(self._piece, min(wanted, PIECE), end)
            wanted -= len(found.records)
            self._pending.extend(found.records)
            self._on_disk = max(0, self._on_disk - found.seen)
            self.spilled += found.seen
            self._loaded = found.until
            if self._loaded >= self._end:
                self._on_disk = 0

    def _piece(self, count: int, end: int) -> _Piece:
        """In a thread. What cannot be read is said, and passed over: it never will be."""
        found, seen, until = [], 0, self._loaded
        is_fresh = self._reader is None
        reader = self._reader or self._inbox.replay(self._loaded)
        self._reader = reader
        for offset, data in islice(reader, count):
            seen, until = seen + 1, offset
            try:
                found.append((offset, journal.decode(data)))
            except journal.BadRecord as error:
                log.error("journal_record_unreadable", problem=str(error))
        if seen < count:  # the end of the files as they were when this reader began
            self._reader = None
            if not seen and is_fresh:
                log.error("journal_shorter_than_told", lost_bytes=end - until)
                until = end
        return _Piece(found, seen, until)


@dataclass(frozen=True, slots=True)
class _Piece:
    records: list[Pending]
    seen: int
    until: int


def _survey(inbox: Inbox) -> Left:
    records, alive_at = 0, None
    for _, data in inbox.replay():
        records += 1
        if data.startswith(_SPEAKING):
            try:
                record = journal.decode(data)
            except journal.BadRecord:
                continue  # told when its turn comes
            if isinstance(record, Alive | AgentStateBegan):
                alive_at = max(record.at, alive_at or record.at)
    return Left(records, alive_at)
