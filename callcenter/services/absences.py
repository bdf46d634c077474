"""When we did not listen to a switch: what happened then we know from its own record only."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Final

REMEMBERED: Final = 200  # what is older is before anything that is still read


class Absences:
    """All times by the switch's clock."""

    def __init__(self) -> None:
        self._since: datetime | None = None  # of the one that lasts
        self._over: deque[tuple[datetime, datetime]] = deque(maxlen=REMEMBERED)

    def began(self, at: datetime) -> None:
        """The earliest counts while it lasts."""
        if self._since is None or at < self._since:
            self._since = at

    def ended(self, at: datetime) -> None:
        if self._since is not None:
            self._over.append((self._since, at))
        self._since = None

    def within(self, begin: datetime, end: datetime) -> bool:
        """Whether there was one at any time in between."""
        if self._since is not None and self._since < end:
            return True
        return any(start < end and stop > begin for start, stop in self._over)
