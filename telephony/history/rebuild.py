"""CEL rows → the calls that they tell of, by the rules that live calls are tracked with.

The rows are turned into the AMI frames they stand for (`telling`) and fed to an ordinary
`CallTracker`: one set of rules makes both logs, and the ids are the same. What CEL cannot know is
in docs/decisions/history.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from telephony.calls import CallTracker, Topology
from telephony.events import CallEnded, CallLog, CallMerged, call_id_for
from telephony.history.mending import incomplete, mended
from telephony.history.rows import CelRow, Rebuilt
from telephony.history.spying import deaf
from telephony.history.telling import Telling
from telephony.wire import Frame

_NEVER = datetime.fromtimestamp(0, UTC)  # every frame has a time of its own


def rebuild(rows: Sequence[CelRow], pbx: str, topology: Topology) -> Rebuilt:
    """`rows` as a `HistorySource` gives them. A call whose beginning lacks (rotated away, or a line
    that could not be read) is not rebuilt: half a call would be a wrong one."""
    rows = mended(rows)
    lacking = incomplete(rows)
    cut = {uniqueid for one in lacking for uniqueid in one.uniqueids}
    unheard = deaf([row for row in rows if row.uniqueid not in cut])
    cut |= unheard
    whole = [row for row in rows if row.uniqueid not in cut] if cut else rows
    tracker = CallTracker(pbx, topology)
    logs: list[CallLog] = []
    merged: list[tuple[UUID, UUID]] = []
    for frame in frames(whole):
        for event in tracker.feed(frame, _NEVER):
            if isinstance(event, CallEnded):
                logs.append(replace(event.log, recovered=True, from_history=True))
            elif isinstance(event, CallMerged):
                merged.append((event.call_id, event.into))
    live = {call.call_id for call in tracker.live_calls()}
    unfinished = [
        row.uniqueid
        for row in whole
        if row.event == "CHAN_START" and call_id_for(pbx, row.uniqueid) in live
    ]
    return Rebuilt(logs, unfinished, merged, lacking, sorted(unheard))


def frames(rows: Sequence[CelRow]) -> Iterator[Frame]:
    """What AMI would have said; for looking at it, too."""
    return Telling(rows).frames()
