"""Encrypted files that are read at any place: AES-256-GCM, chunk by chunk.

    "CRMVOICE" · version (1 byte) · 3 zero bytes · nonce prefix (4 bytes)        16 bytes
    then per chunk of 64 KiB of plaintext: ciphertext, tag (16 bytes)

A file has a key of its own, so a nonce is the file's random prefix and the chunk's number. What is
authenticated with each chunk is the header, the number, and whether it is the last one: a chunk
that is changed, moved, left out or taken from another file does not open, nor does a file that was
cut at the end of a chunk. An empty file is one empty chunk.

Nothing here touches an event loop: call it in a thread.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK: Final = 64 * 1024
KEY: Final = 32  # bytes
_TAG: Final = 16
_SEALED: Final = CHUNK + _TAG
_MAGIC: Final = b"CRMVOICE\x01\x00\x00\x00"
_PREFIX: Final = 4
_HEADER: Final = len(_MAGIC) + _PREFIX
_LAST, _MORE = b"\x01", b"\x00"

Watch = Callable[[bytes], object]
"""Sees the plaintext go by, in order."""


class Tampered(Exception):
    """The file is not what was written, or this is not its key."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """`bytes` and `sha256` are of the plaintext."""

    bytes: int
    sha256: str


def new_key() -> bytes:
    return secrets.token_bytes(KEY)


def seal(source: BinaryIO, target: Path, key: bytes, watch: Watch = lambda _: None) -> Sealed:
    """Encrypt what `source` has left into `target`, which is there whole and on the disk, or not at
    all. Makes the folders that it needs. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb", buffering=0) as out:
            sealed = _write(source, out, key, watch)
            os.fsync(out.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
    return sealed


def sync_folder(folder: Path) -> None:
    """What was renamed, made or unlinked in it stays so after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(source: BinaryIO, out: BinaryIO, key: bytes, watch: Watch) -> Sealed:
    header = _MAGIC + secrets.token_bytes(_PREFIX)
    cipher, digest = AESGCM(key), hashlib.sha256()
    _all_of(out, header)
    number = size = 0
    chunk = _fill(source)
    while True:
        following = _fill(source) if len(chunk) == CHUNK else b""
        digest.update(chunk)
        watch(chunk)
        nonce, bound = _bound(header, number, last=not following)
        _all_of(out, cipher.encrypt(nonce, chunk, bound))
        size += len(chunk)
        if not following:
            return Sealed(size, digest.hexdigest())
        chunk, number = following, number + 1


def _fill(source: BinaryIO) -> bytes:
    """A whole chunk, unless it is the last."""
    data = source.read(CHUNK)
    while 0 < len(data) < CHUNK and (more := source.read(CHUNK - len(data))):
        data += more
    return data


def _all_of(out: BinaryIO, data: bytes) -> None:
    """An unbuffered file may take a part: a full disk then says so at the next."""
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]


def _bound(header: bytes, number: int, *, last: bool) -> tuple[bytes, bytes]:
    """(nonce, what is authenticated beside the chunk)."""
    place = number.to_bytes(8, "big")
    return header[-_PREFIX:] + place, header + place + (_LAST if last else _MORE)


class SealedFile:
    """An encrypted file, opened for reading at any place; `len` is that of the plaintext.

    Raises Tampered when it is opened (its last chunk says how long it is) or read, and OSError.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = path.open("rb", buffering=0)
        try:
            self._cipher = AESGCM(key)
            self._header = self._file.read(_HEADER)
            if len(self._header) < _HEADER or not self._header.startswith(_MAGIC):
                raise Tampered(f"{path.name} is not one of our files")
            sealed = os.fstat(self._file.fileno()).st_size - _HEADER
            self._last, rest = divmod(sealed - _TAG, _SEALED)
            if sealed < _TAG or rest > CHUNK or (self._last and not rest):
                raise Tampered(f"{path.name} was cut")
            self._number, self._chunk = -1, b""
            self._length = self._last * CHUNK + len(self._open(self._last))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        self._file.close()

    def read(self, start: int, stop: int) -> bytes:
        """The plaintext's bytes from `start` up to `stop`; only the chunks they are in are read."""
        start, stop = max(0, start), min(stop, self._length)
        if start >= stop:
            return b""
        first, last = start // CHUNK, (stop - 1) // CHUNK
        data = b"".join(self._open(number) for number in range(first, last + 1))
        return data[start - first * CHUNK : stop - first * CHUNK]

    def chunks(self) -> Iterator[bytes]:
        """All of it, in order."""
        for number in range(self._last + 1):
            yield self._open(number)

    def _open(self, number: int) -> bytes:
        if number != self._number:  # whoever reads on mostly asks for the same chunk again
            self._file.seek(_HEADER + number * _SEALED)
            nonce, bound = _bound(self._header, number, last=number == self._last)
            try:
                self._chunk = self._cipher.decrypt(nonce, self._read_chunk(), bound)
            except InvalidTag:
                raise Tampered(f"chunk {number} was changed, or this is not its key") from None
            self._number = number
        return self._chunk

    def _read_chunk(self) -> bytes:
        data = self._file.read(_SEALED)
        while len(data) < _SEALED and (more := self._file.read(_SEALED - len(data))):
            data += more
        if len(data) < _TAG:
            raise Tampered("the file was cut while it was read")
        return data
