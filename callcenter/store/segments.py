"""The files of a journal. A segment is named by the offset of its first record; a record is its
length, the CRC-32 of length and content, and the content.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

MAX_RECORD: Final = 4 * 1024 * 1024

_HEADER: Final = struct.Struct(">II")


def frame(record: bytes) -> bytes:
    """As it stands in a file. Raises ValueError for a record that is empty or too large."""
    if not 0 < len(record) <= MAX_RECORD:
        raise ValueError(f"a record has 1 to {MAX_RECORD} bytes, not {len(record)}")
    size = len(record).to_bytes(4)
    return _HEADER.pack(len(record), zlib.crc32(record, zlib.crc32(size))) + record


def records(path: Path, first: int) -> Iterator[tuple[int, bytes]]:
    """(offset behind it, record) until the end of the segment or the first that is not whole."""
    offset = first
    with segment(path, first).open("rb") as file:
        while len(header := file.read(_HEADER.size)) == _HEADER.size:
            size, crc = _HEADER.unpack(header)
            if not 0 < size <= MAX_RECORD:
                return
            record = file.read(size)
            if len(record) < size or zlib.crc32(record, zlib.crc32(header[:4])) != crc:
                return
            offset += _HEADER.size + size
            yield offset, record


def segment(path: Path, first: int) -> Path:
    return path / f"{first:020d}.log"


def segments(path: Path) -> list[int]:
    """The offsets at which the segments begin, in order."""
    return sorted(int(one.stem) for one in path.glob("*.log") if one.stem.isdigit())


def open_segment(path: Path, first: int) -> tuple[int, int]:
    """(file, size): open for appending behind its last whole record; made when it is not there."""
    file = os.open(segment(path, first), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    whole = max((end for end, _ in records(path, first)), default=first)
    cut = os.fstat(file).st_size - (whole - first)
    if cut:
        log.warning("journal_tail_cut", segment=first, bytes=cut)
        os.ftruncate(file, whole - first)
    folder = os.open(path, os.O_RDONLY)
    os.fsync(folder)  # the new name itself must survive
    os.close(folder)
    return file, whole - first
