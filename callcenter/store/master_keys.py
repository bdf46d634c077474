"""The master keys of recordings: they wrap the key that each recording has of its own.

The first one wraps; all of them unwrap, so that a rotation needs no pause. They stand in a file,
one a line in hexadecimal, made when there is none and readable by us only; or in the settings,
where the file's are still read. A wrapped key is bound to its recording: nonce (12), ciphertext
and tag.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from callcenter.store.secret_key import SecretKeyBroken
from callcenter.store.vault import KEY, Tampered, new_key, sync_folder

FILE: Final = "recordings.key"
_NONCE: Final = 12


class UnknownMasterKey(Exception):
    """What is stored was wrapped by a key that is not here; `str()` says which."""


def key_id(key: bytes) -> str:
    """Tells keys apart and gives nothing away: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(key).digest()[:8].hex()


class MasterKeys:
    """Those of this installation. The file is read again when it changes: a rotation by the command
    line reaches a server that runs."""

    def __init__(self, var: Path, given: str = "") -> None:
        """`given`: from the settings, hexadecimal, the current one first, separated by commas.

        Raises SecretKeyBroken, OSError."""
        self._path = var / FILE
        self._given = tuple(_parse(text, "recordings.master_key") for text in _words(given))
        self._stamp: tuple[int, int] = (0, 0)
        self._keys: dict[str, bytes] = {}
        if not self._given and not self._path.exists():
            var.mkdir(parents=True, exist_ok=True)
            self._write((new_key(),))
        self._load()

    @property
    def current(self) -> str:
        """The id of the one that wraps."""
        self._load()
        return next(iter(self._keys))

    @property
    def is_given(self) -> bool:
        """By the settings: then a rotation begins there."""
        return bool(self._given)

    def ids(self) -> Collection[str]:
        self._load()
        return tuple(self._keys)

    def wrap(self, recording: UUID, key: bytes) -> tuple[str, bytes]:
        """(id of the master key, the wrapped key)."""
        id_ = self.current
        nonce = secrets.token_bytes(_NONCE)
        return id_, nonce + AESGCM(self._keys[id_]).encrypt(nonce, key, _bound(recording, id_))

    def unwrap(self, recording: UUID, id_: str, wrapped: bytes) -> bytes:
        """Raises UnknownMasterKey, Tampered."""
        self._load()
        if id_ not in self._keys:
            raise UnknownMasterKey(f"master key {id_} is not in {self._path} nor in the settings")
        try:
            nonce, sealed = wrapped[:_NONCE], wrapped[_NONCE:]
            return AESGCM(self._keys[id_]).decrypt(nonce, sealed, _bound(recording, id_))
        except (InvalidTag, ValueError):
            raise Tampered("the recording's key was changed, or is another's") from None

    def add(self) -> str:
        """A fresh one, from now on the current; its id. The former ones stay readable."""
        self._write((new_key(), *self._in_file()))
        return self.current

    def forget(self, used: Collection[str]) -> Sequence[str]:
        """Drop from the file what wraps nothing any more; the ids. The current one and the one
        before it stay: a server may just now be writing what the latter wraps."""
        keys = self._in_file()
        kept = tuple(k for place, k in enumerate(keys) if place < 2 or key_id(k) in used)
        if len(kept) < len(keys):
            self._write(kept)
        return [key_id(key) for key in keys if key not in kept]

    def _load(self) -> None:
        try:
            status = self._path.stat()
            stamp = status.st_mtime_ns, status.st_ino
        except FileNotFoundError:
            stamp = 0, 0
        if self._keys and stamp == self._stamp:
            return
        keys = (*self._given, *(self._in_file() if stamp != (0, 0) else ()))
        if not keys:
            raise SecretKeyBroken(f"{self._path}: it is gone. Restore it from a backup.")
        self._keys, self._stamp = {key_id(key): key for key in keys}, stamp

    def _in_file(self) -> tuple[bytes, ...]:
        if not self._path.exists():
            return ()
        return tuple(_parse(w, str(self._path)) for w in _words(self._path.read_text("ascii")))

    def _write(self, keys: Sequence[bytes]) -> None:
        """Whole and on the disk, or not at all."""
        fresh = self._path.with_name(f".{FILE}.{secrets.token_hex(4)}")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as out:
            out.writelines(f"{key.hex()}\n" for key in keys)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._path)
        sync_folder(self._path.parent)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _parse(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise SecretKeyBroken(
            f"{where}: a master key of recordings is {KEY * 2} hexadecimal digits. Without the"
            " right one recordings cannot be heard any more: restore it from a backup."
        )
    return key


def _bound(recording: UUID, id_: str) -> bytes:
    return b"recording key" + recording.bytes + bytes.fromhex(id_)
