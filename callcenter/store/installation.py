"""Which installation this is: the same after a restart, another one in another `paths.var`."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{16}")


def installation_id(var: Path) -> str:
    """16 hexadecimal digits, kept in `var`; made anew when there are none. Raises OSError.

    Only who holds the lock of a journal in `var` asks, so that no two make one at once.
    """
    path = var / "installation"
    kept = path.read_text().strip() if path.exists() else ""
    if _ID.fullmatch(kept):
        return kept
    made = secrets.token_hex(8)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(f"{made}\n")
    fresh.replace(path)
    return made
