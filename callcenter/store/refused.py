"""Records that the database would not take as they were: kept beside the journal, in a line each.

What refuses a record is a fault, of ours or of the data; it is mended by a newer version, or by
hand. So each start tries them again: what is still refused is added anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_FILE: Final = "refused.jsonl"
_TRYING: Final = "refused.trying.jsonl"


class Refused:
    """A record is one line of JSON. Raises OSError where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._trying = folder / _TRYING

    def add(self, record: bytes) -> None:
        """On the disk when it returns; it happens hardly ever."""
        with self._file.open("ab") as file:
            file.write(record + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def take(self) -> list[bytes]:
        """Those to be tried again. They stay until `tried`, also over a crash."""
        if self._file.exists():
            with self._trying.open("ab") as file:
                file.write(self._file.read_bytes())
                file.flush()
                os.fsync(file.fileno())
            self._file.unlink()
        return self._trying.read_bytes().splitlines() if self._trying.exists() else []

    def tried(self) -> None:
        """What was taken is in the journal again."""
        self._trying.unlink(missing_ok=True)
