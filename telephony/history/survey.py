"""What must be known of a record before it is told: who was called, who hung up, and when.

CEL names the reason of an end with the end; AMI says the wish first, and then what comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from telephony.history.rows import CelRow

SAME_MOMENT_S = 0.1  # an end that follows from another comes within it
_OUTGOING = frozenset({"AppDial", "AppDial2", "AppQueue"})


@dataclass(slots=True)
class Life:
    """One channel from birth to end. Indexes are of rows; -1: never."""

    uniqueid: str
    name: str
    outgoing: bool = False  # it was called; else it called
    dials: bool = False  # it was born with an extension to go to
    born_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    cause: str = ""
    hung_up_by: str = ""  # the channel, or whatever it was, that ended it
    exten: str = ""  # where it began in the dialplan
    presented: str = ""  # another number than it was born with: an Originate gives it that
    caller_id: str = ""  # what it was born with
    hangup: int = -1
    last_exit: int = -1

    @property
    def hung_up_itself(self) -> bool:
        return bool(self.hung_up_by) and self.hung_up_by == self.name


@dataclass(slots=True)
class Survey:
    """`lives` by Uniqueid; `wishes`: before which row who said that they hang up."""

    lives: dict[str, Life] = field(default_factory=dict)
    wishes: dict[int, list[Life]] = field(default_factory=dict)


def survey(rows: Sequence[CelRow]) -> Survey:
    found = Survey()
    for index, row in enumerate(rows):
        life = found.lives.get(row.uniqueid)
        if life is None:
            life = found.lives[row.uniqueid] = Life(row.uniqueid, row.channel)
        _note(life, index, row)
    for life in found.lives.values():
        if life.hung_up_itself:
            found.wishes.setdefault(_wished_at(rows, life, found), []).append(life)
    return found


def _note(life: Life, index: int, row: CelRow) -> None:
    if row.app in _OUTGOING and row.data == "(Outgoing Line)" and not life.dials:
        life.outgoing = True  # one that has dialled may have picked up what rang elsewhere
    _note_number(life, row)
    if row.event == "CHAN_START":
        life.born_at = row.at
        life.outgoing = row.linkedid != row.uniqueid
        life.dials = row.exten not in {"", "s"}
    elif row.event == "ANSWER":
        life.answered_at = row.at if life.answered_at is None else life.answered_at
    elif row.event in {"BRIDGE_ENTER", "BRIDGE_EXIT"}:
        life.last_exit = index if row.event == "BRIDGE_EXIT" else -1
    elif row.event == "HANGUP":
        life.name = row.channel
        life.ended_at, life.hangup = row.at, index
        life.cause, life.hung_up_by = (
            row.extra.get("hangupcause", ""),
            row.extra.get("hangupsource", ""),
        )
    elif row.event == "CHAN_END" and life.ended_at is None:
        life.ended_at, life.hangup = row.at, index  # the HANGUP could not be read


def _note_number(life: Life, row: CelRow) -> None:
    if row.event == "CHAN_START":
        life.caller_id = row.number
        return
    life.exten = life.exten or ("" if row.exten == "s" else row.exten)
    if not life.presented and row.number != life.caller_id:
        life.presented = row.number


def _wished_at(rows: Sequence[CelRow], life: Life, found: Survey) -> int:
    """The first row that follows from it: an exit from a bridge, the end of an application or of
    another channel that nobody else has ended."""
    wished = life.hangup
    earliest = rows[life.hangup].at - SAME_MOMENT_S
    for index in range(life.hangup - 1, -1, -1):
        row = rows[index]
        if row.at < earliest:
            break
        if row.event not in {"BRIDGE_EXIT", "APP_END", "HANGUP"}:
            continue
        if row.uniqueid == life.uniqueid or (
            row.linkedid == rows[life.hangup].linkedid
            and _follows(found.lives[row.uniqueid], life, earliest)
        ):
            wished = index
    return wished


def _follows(other: Life, life: Life, earliest: float) -> bool:
    """Whether that one ended with this one, and nobody else ended it."""
    ended = other.ended_at
    return ended is not None and ended >= earliest and other.hung_up_by in {"", life.name}
