"""Names that stand in a statement, where no parameter can."""

from __future__ import annotations

import re

_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?")


def checked_table(name: str) -> str:
    """``cel`` or ``schema.cel``, each part quoted. Raises ValueError for anything else."""
    if not _TABLE.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a table: letters, digits and '_' only")
    return ".".join(f'"{part}"' for part in name.split("."))
