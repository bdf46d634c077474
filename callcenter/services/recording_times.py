"""When each call's recording began, paused and went on, as the switch said while it happened.

In memory: what a restart of ours loses is found again in the file's silence (`domain.recordings`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.domain.recordings import Told
from telephony import events
from telephony.events import RecordingState

MOST: Final = 20_000
"""Calls that are remembered; the oldest go first."""


@dataclass(slots=True)
class _Course:
    pbx: str
    began_at: datetime | None
    whole: bool
    ended_at: datetime | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)


class RecordingTimes:
    """Subscribe `on_event` to the switch."""

    def __init__(self) -> None:
        self._courses: OrderedDict[UUID, _Course] = OrderedDict()
        self._connected: set[str] = set()

    def on_event(self, event: events.TelephonyEvent) -> None:
        match event:
            case events.RecordingChanged():
                self._changed(event)
            case events.CallMerged():
                course = self._courses.pop(event.call_id, None)
                if course is not None:
                    self._courses.setdefault(event.into, course)
            case events.SwitchConnected():
                self._connected.add(event.pbx)
            case events.SwitchLost():
                self._connected.discard(event.pbx)
                for course in self._courses.values():
                    course.whole = course.whole and course.pbx != event.pbx

    def told(self, call_id: UUID) -> Told | None:
        """None when nothing was said of it."""
        course = self._courses.get(call_id)
        if course is None or course.began_at is None:
            return None
        return Told(course.began_at, tuple(course.pauses), course.ended_at, course.whole)

    def was_recorded(self, call_id: UUID) -> bool:
        return call_id in self._courses

    def forget(self, call_id: UUID) -> None:
        self._courses.pop(call_id, None)

    def _changed(self, event: events.RecordingChanged) -> None:
        course = self._courses.get(event.call_id)
        if course is None:
            if event.state is RecordingState.OFF:
                return
            # What pauses first, or is told by a resync, began before we listened.
            seen = event.state is RecordingState.ON and event.pbx in self._connected
            course = self._courses[event.call_id] = _Course(event.pbx, event.at, seen)
            if len(self._courses) > MOST:
                self._courses.popitem(last=False)
        course.ended_at = event.at if event.state is RecordingState.OFF else None
        is_paused = bool(course.pauses) and course.pauses[-1][1] is None
        if event.state is RecordingState.PAUSED and not is_paused:
            course.pauses.append((event.at, None))
        elif event.state is not RecordingState.PAUSED and is_paused:
            course.pauses[-1] = course.pauses[-1][0], event.at
