"""The installation's secret key: made once, whole or not at all, readable by us only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_MADE = 32  # bytes
_LEAST = 16  # of a key that somebody brought along


class SecretKeyBroken(Exception):
    """The file is there but is no key; the message says which and what to do."""


def secret_key(var: Path) -> bytes:
    """The key in `var`, made when there is none. The phones' passwords are derived from it, so
    that one that was damaged is never replaced silently. Raises SecretKeyBroken, OSError."""
    path = var / "secret.key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        _make(path)
    key = path.read_bytes()
    if len(key) < _LEAST:
        raise SecretKeyBroken(
            f"{path}: {len(key)} bytes, expected at least {_LEAST}. Restore it from a backup; or"
            " delete it, and give every phone its new password (callcenter pbx config)."
        )
    return key


def _make(path: Path) -> None:
    """Written and on the disk before it has its name; who comes second keeps the first one's."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(secrets.token_bytes(_MADE))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        fresh.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
