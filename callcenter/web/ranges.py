"""Which bytes a client asks for (RFC 9110, 14): one range, or everything.

Several ranges at once are answered with everything, as the RFC allows: no player asks so.
"""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


class NotThere(Exception):
    """Nothing of the range is in the file: 416."""


def wanted(
    asked: str | None, if_range: str | None, length: int, tag: str
) -> tuple[int, int] | None:
    """(from, up to) of what the header `Range` asks for; None: everything. `tag` is the file's
    strong entity tag, in quotes: a client that has a part of another file gets all of this one.

    Raises NotThere."""
    found = _ONE.fullmatch(asked or "")
    if found is None or (if_range is not None and if_range.strip() != tag):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:  # the last so many
        if int(last) == 0 or length == 0:
            raise NotThere
        return max(0, length - int(last)), length
    if last and int(last) < int(first):
        return None  # no range at all, says the RFC
    if int(first) >= length:
        raise NotThere
    return int(first), min(length, int(last) + 1) if last else length
