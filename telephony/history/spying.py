"""Who listens to whom: ChanSpy names the beginning of a channel's name, and takes what there is.

AMI tells of each stay. Here it begins with the application, or with the birth of a channel that
fits (the switch takes up to a fifth of a second to notice), and ends with either of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from telephony.history.frames import frame
from telephony.history.rows import CelRow
from telephony.wire import Frame

APPS = frozenset({"ChanSpy", "ExtenSpy"})


def deaf(rows: Sequence[CelRow]) -> set[str]:
    """The Uniqueids of those who listened to calls of which no row is here: nothing relates them in
    CEL, so the call may lie outside what was read. Alone they would look like calls."""
    names: dict[str, tuple[float, float]] = {}  # when there was something about the channel
    wanted: dict[str, tuple[float, float, tuple[str, ...]]] = {}
    for row in rows:
        first, _ = names.get(row.channel, (row.at, row.at))
        names[row.channel] = first, row.at
        if row.app in APPS and row.event == "APP_START":
            wanted[row.uniqueid] = row.at, row.at, _prefixes(row.data)
        elif row.uniqueid in wanted:
            began, _, prefixes = wanted[row.uniqueid]
            wanted[row.uniqueid] = began, row.at, prefixes
    return {
        uniqueid
        for uniqueid, (began, ended, prefixes) in wanted.items()
        if not any(
            name.startswith(prefixes) and first <= ended and last >= began
            for name, (first, last) in names.items()
        )
    }


def _prefixes(data: str) -> tuple[str, ...]:
    return tuple(data.partition(",")[0].split("&"))


@dataclass(slots=True)
class Spying:
    """`wanted`: spyer → beginnings of names; `heard`: spyer → the one it listens to (Uniqueids)."""

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def begins(
        self, at: float, spyer: str, data: str, channels: Iterable[tuple[str, str]]
    ) -> Iterator[Frame]:
        """`data` as ChanSpy is given it; `channels` that live, as (Uniqueid, name)."""
        self.wanted[spyer] = _prefixes(data)
        yield from self._attach(at, spyer, channels)

    def born(self, at: float, uniqueid: str, name: str) -> Iterator[Frame]:
        for spyer in self.wanted:
            if spyer not in self.heard:
                yield from self._attach(at, spyer, [(uniqueid, name)])

    def ends(
        self, at: float, uniqueid: str, channels: Iterable[tuple[str, str]]
    ) -> Iterator[Frame]:
        """This channel ended, or its ChanSpy did. Who listened to it listens to another one."""
        self.wanted.pop(uniqueid, None)
        if uniqueid in self.heard:
            yield self._stop(at, uniqueid)
        for spyer in [spyer for spyer, heard in self.heard.items() if heard == uniqueid]:
            yield self._stop(at, spyer)
            yield from self._attach(at, spyer, channels)

    def _attach(
        self, at: float, spyer: str, channels: Iterable[tuple[str, str]]
    ) -> Iterator[Frame]:
        for uniqueid, name in channels:
            if uniqueid not in self.wanted and name.startswith(self.wanted[spyer]):
                self.heard[spyer] = uniqueid
                yield frame("ChanSpyStart", at, SpyerUniqueid=spyer, SpyeeUniqueid=uniqueid)
                return

    def _stop(self, at: float, spyer: str) -> Frame:
        heard = self.heard.pop(spyer)
        return frame("ChanSpyStop", at, SpyerUniqueid=spyer, SpyeeUniqueid=heard)
