"""Holds a log that was rebuilt from CEL against the live one of the same call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telephony.calls import Topology
from telephony.events import CallLog, LegLog, LegRole
from telephony.history.csv_file import CsvFile
from telephony.history.rebuild import rebuild
from telephony.history.rows import Rebuilt
from telephony.replay import replay

RECORDINGS = Path(__file__).parent.parent / "recordings"
PBX = "replay"
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
TOLERANCE_S = 0.15
SPYING_S = 0.3  # the switch looks for somebody to listen to five times a second

# What CEL cannot know (docs/decisions/history.md): scenario → fields in which the logs may differ.
UNKNOWABLE = {
    # The phone refuses after a second without having said that it rings: CEL has no ringing.
    "click_to_dial_internal_busy": {"result", "cause"},
}


@dataclass(frozen=True)
class Knowledge:
    """What this record lacks: an older Asterisk writes no music, and so no holds."""

    holds: bool
    unknowable: frozenset[str]


async def history_of(path: Path) -> Rebuilt:
    reading = await CsvFile(str(path)).read(*EVER)
    assert reading.bad == ()
    return rebuild(reading.rows, PBX, Topology())


def live_of(path: Path) -> list[CallLog]:
    """What AMI, recorded beside it, tells."""
    ami = path.with_name(path.name.replace(".cel.csv", ".ami"))
    return replay(ami.read_bytes(), PBX, Topology())


def knowledge_of(path: Path) -> Knowledge:
    name = path.name.removesuffix(".cel.csv")
    return Knowledge("STREAM_BEGIN" in path.read_text(), frozenset(UNKNOWABLE.get(name, ())))


def differences(live: Sequence[CallLog], rebuilt: Sequence[CallLog], known: Knowledge) -> list[str]:
    """One line for each figure that differs."""
    ours = {log.call_id: log for log in live}
    theirs = {log.call_id: log for log in rebuilt}
    found = [f"only live: {ours[call_id].uniqueid}" for call_id in ours.keys() - theirs.keys()]
    found += [f"only CEL: {theirs[call_id].uniqueid}" for call_id in theirs.keys() - ours.keys()]
    for call_id in ours.keys() & theirs.keys():
        found += _of_call(ours[call_id], theirs[call_id], known)
    return [line for line in found if line.split(":")[0].split()[-1] not in known.unknowable]


def _of_call(live: CallLog, rebuilt: CallLog, known: Knowledge) -> list[str]:
    found = []
    for name in (
        *("pbx", "uniqueid", "direction", "result", "caller", "caller_name", "dialled", "queues"),
    ):
        found += _same(name, getattr(live, name), getattr(rebuilt, name))
    found += _same("linked", set(live.linked), set(rebuilt.linked))
    found += _same(
        "transfers", *([(t.kind, t.by, t.to) for t in log.transfers] for log in (live, rebuilt))
    )
    found += _same(
        "visits",
        *([(v.queue, v.outcome, v.priority) for v in log.visits] for log in (live, rebuilt)),
    )
    for visit, other in zip(live.visits, rebuilt.visits, strict=False):
        found += _near("visit", visit.wait_s, other.wait_s)
    for name in ("started_at", "answered_at", "ended_at", "wait_s", "connected_s"):
        found += _near(name, getattr(live, name), getattr(rebuilt, name))
    found += _same("legs", *([leg.leg_id for leg in log.legs] for log in (live, rebuilt)))
    others = {leg.leg_id: leg for leg in rebuilt.legs}
    for leg in live.legs:
        if leg.leg_id in others:
            found += _of_leg(leg, others[leg.leg_id], known)
    return found


def _of_leg(live: LegLog, rebuilt: LegLog, known: Knowledge) -> list[str]:
    tolerance = SPYING_S if live.role is LegRole.SUPERVISOR else TOLERANCE_S
    found = []
    for name in ("interface", "role", "result", "ended_by", "cause"):
        found += _same(name, getattr(live, name), getattr(rebuilt, name))
    times = ["started_at", "answered_at", "ended_at", "ring_s", "connected_s", "wait_s"]
    if known.holds:
        times += ["talk_s", "hold_s", "consult_s"]
    for name in times:
        found += _near(name, getattr(live, name), getattr(rebuilt, name), tolerance)
    if not known.holds:
        one, other = (leg.talk_s + leg.hold_s + leg.consult_s for leg in (live, rebuilt))
        found += _near("talk", one, other, tolerance)
    return [f"{live.interface} {line}" for line in found]


def _same(name: str, live: object, rebuilt: object) -> list[str]:
    return [] if live == rebuilt else [f"{name}: live {live!r}, CEL {rebuilt!r}"]


def _near(
    name: str,
    live: datetime | float | None,
    rebuilt: datetime | float | None,
    tolerance: float = TOLERANCE_S,
) -> list[str]:
    one, other = (
        value.timestamp() if isinstance(value, datetime) else value for value in (live, rebuilt)
    )
    if one is None or other is None:
        return _same(name, live, rebuilt)
    return [] if abs(one - other) <= tolerance else [f"{name}: live {live}, CEL {rebuilt}"]
