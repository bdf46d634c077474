"""What Asterisk's own record (CEL) says happened: the judge of our log.

It shares no code with the product: a caller's channel is a call, its time in bridges with somebody
else the talk. Who is left alone in a bridge talks to nobody, and a busy switch leaves a caller
there for a while.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.cel import CelRow, read_cel

CALLER = "PJSIP/carrier-"
PHONE = "PJSIP/20"


@dataclass
class Stay:
    """One channel. `bridged` and `together` (in bridges; with somebody else in them) in seconds;
    `queued` counts its stays in queues. `ended` False when the switch died with it, `last` is the
    last that was written of it."""

    uniqueid: str
    channel: str
    began: float
    bridged: float = 0.0
    together: float = 0.0
    entered: float | None = None
    ended: bool = False
    answered: bool = False
    queued: int = 0
    last: str = ""

    @property
    def is_leaving(self) -> bool:
        """The switch may have died between an end and its own record of it."""
        return self.last in ("BRIDGE_EXIT", "APP_END", "HANGUP")

    @property
    def interface(self) -> str:
        return self.channel.rpartition("-")[0]


@dataclass
class Bridge:
    """Who is in it, and since when it is just these."""

    members: set[str] = field(default_factory=set)
    since: float = 0.0


def stays(rows: list[CelRow]) -> dict[str, Stay]:
    """By Uniqueid, the callers and the desk phones."""
    found: dict[str, Stay] = {}
    bridges: defaultdict[str, Bridge] = defaultdict(Bridge)
    for row in rows:
        if row.event == "CHAN_START" and row.channel.startswith((CALLER, PHONE)):
            found[row.uniqueid] = Stay(row.uniqueid, row.channel, row.at)
        if row.bridge:
            _passes(row, bridges[row.bridge], found)
        stay = found.get(row.uniqueid)
        if stay is None:
            continue
        stay.last = row.event
        stay.answered |= row.event in ("ANSWER", "BRIDGE_ENTER")
        stay.queued += (row.event, row.app) == ("APP_START", "Queue")
        if row.event == "BRIDGE_ENTER" and stay.entered is None:
            stay.entered = row.at
        elif row.event == "BRIDGE_EXIT" and stay.entered is not None:
            stay.bridged += row.at - stay.entered
            stay.entered = None
        elif row.event == "CHAN_END":
            stay.ended = True
    return found


def _passes(row: CelRow, bridge: Bridge, found: dict[str, Stay]) -> None:
    """Somebody enters or leaves: those who were in it until now were together."""
    if len(bridge.members) > 1:
        for uniqueid in bridge.members & found.keys():
            found[uniqueid].together += row.at - bridge.since
    bridge.since = row.at
    if row.event == "BRIDGE_ENTER":
        bridge.members.add(row.uniqueid)
    else:
        bridge.members.discard(row.uniqueid)


@dataclass(frozen=True)
class Call:
    caller: Stay
    phones: tuple[Stay, ...]  # those that were bridged with somebody
    answered: frozenset[str] = frozenset()  # Uniqueids of the phones that were picked up


def calls(path: Path) -> dict[str, Call]:
    """By the Uniqueid of the caller's channel."""
    rows = read_cel(path)
    all_stays = stays(rows)
    linked: dict[str, str] = {}
    for row in rows:
        linked.setdefault(row.uniqueid, row.linkedid)
    phones: defaultdict[str, list[Stay]] = defaultdict(list)
    answered: defaultdict[str, set[str]] = defaultdict(set)
    for stay in all_stays.values():
        if not stay.channel.startswith(PHONE):
            continue
        if stay.answered:
            answered[linked[stay.uniqueid]].add(stay.uniqueid)
        if stay.bridged or stay.entered is not None:
            phones[linked[stay.uniqueid]].append(stay)
    return {
        uniqueid: Call(stay, tuple(phones[uniqueid]), frozenset(answered[uniqueid]))
        for uniqueid, stay in all_stays.items()
        if stay.channel.startswith(CALLER)
    }
