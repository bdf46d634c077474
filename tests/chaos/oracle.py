"""What Asterisk's own record (CEL) says happened: the judge of our log.

It shares no code with the product: a caller's channel is a call, its time in bridges the talk.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.cel import CelRow, read_cel

CALLER = "PJSIP/carrier-"
PHONE = "PJSIP/20"


@dataclass
class Stay:
    """One channel. `bridged` in seconds; `ended` False when the switch died with it."""

    uniqueid: str
    channel: str
    began: float
    bridged: float = 0.0
    entered: float | None = None
    ended: bool = False

    @property
    def interface(self) -> str:
        return self.channel.rpartition("-")[0]


def stays(rows: list[CelRow]) -> dict[str, Stay]:
    """By Uniqueid, the callers and the desk phones."""
    found: dict[str, Stay] = {}
    for row in rows:
        if row.event == "CHAN_START" and row.channel.startswith((CALLER, PHONE)):
            found[row.uniqueid] = Stay(row.uniqueid, row.channel, row.at)
        stay = found.get(row.uniqueid)
        if stay is None:
            continue
        if row.event == "BRIDGE_ENTER" and stay.entered is None:
            stay.entered = row.at
        elif row.event == "BRIDGE_EXIT" and stay.entered is not None:
            stay.bridged += row.at - stay.entered
            stay.entered = None
        elif row.event == "CHAN_END":
            stay.ended = True
    return found


@dataclass(frozen=True)
class Call:
    caller: Stay
    phones: tuple[Stay, ...]  # those that were bridged with somebody


def calls(path: Path) -> dict[str, Call]:
    """By the Uniqueid of the caller's channel."""
    rows = read_cel(path)
    all_stays = stays(rows)
    linked: dict[str, str] = {}
    for row in rows:
        linked.setdefault(row.uniqueid, row.linkedid)
    phones: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in all_stays.values():
        if stay.channel.startswith(PHONE) and (stay.bridged or stay.entered is not None):
            phones[linked[stay.uniqueid]].append(stay)
    return {
        uniqueid: Call(stay, tuple(phones[uniqueid]))
        for uniqueid, stay in all_stays.items()
        if stay.channel.startswith(CALLER)
    }
