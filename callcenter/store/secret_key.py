"""The one secret of an installation: a file beside its data, made once, readable by us only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(var: Path) -> bytes:
    """The key that phones' passwords are derived from: made once, readable by us only."""
    path = var / "secret.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        var.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(key)
    return key
