"""Reading the switch's state while it goes on: what happens meanwhile waits, and is applied after.

    events on ─▶ hold ─▶ channels, queues, devices ─▶ tracker.resync ─▶ what was held ─▶ through

The lists of one resync carry the same ActionID (``resync-<n>``): AMI allows it, each is asked for
when the one before is complete, and a capture shows what belongs together. What is held is bounded:
beyond `held_most` it is dropped and counted, and the state is read again when this is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count

import structlog

from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.link import Link
from telephony.calls import CallTracker, ResyncSnapshot
from telephony.events import TelephonyEvent
from telephony.wire import Frame

log = structlog.get_logger(__name__)

_numbers = count(1)


class Holding:
    """Live frames that wait for a snapshot. None are held until `begin`."""

    def __init__(self, config: AmiConfig, stats: AmiStats) -> None:
        self._config = config
        self._stats = stats
        self._held: list[tuple[Frame, datetime]] = []
        self.on = False
        self.overflowed = False

    def begin(self) -> None:
        self._held, self.on, self.overflowed = [], True, False

    def add(self, frame: Frame, received_at: datetime) -> None:
        if self.overflowed:
            self._stats.dropped += 1
        elif len(self._held) < self._config.held_most:
            self._held.append((frame, received_at))
        else:
            self.overflowed = True
            self._stats.overflows += 1
            self._stats.dropped += len(self._held) + 1
            self._held = []
            log.warning("held_events_overflowed", pbx=self._config.pbx)

    def end(self) -> list[tuple[Frame, datetime]]:
        """What was held; from now on nothing is."""
        held, self._held, self.on = self._held, [], False
        return held


async def resync(
    link: Link,
    tracker: CallTracker,
    holding: Holding,
    stats: AmiStats,
    publish: Callable[[Iterable[TelephonyEvent]], None],
    through: Callable[[Frame, datetime], None],
) -> str:
    """The switch's version. Events first: what happens while we read the state comes after it.
    Raises SwitchError."""
    began = time.perf_counter()
    holding.begin()
    number = f"resync-{next(_numbers)}"
    await link.ask("Events", [("EventMask", "on")])
    settings = await link.ask("CoreSettings")
    channels = await link.list_all("CoreShowChannels", action_id=number)
    queues = await link.list_all("QueueStatus", action_id=number)
    devices = await link.list_all("DeviceStateList", action_id=number)
    snapshot = ResyncSnapshot(
        channels=channels,
        queue_entries=[item for item in queues if item.event == "QueueEntry"],
        members=[item for item in queues if item.event == "QueueMember"],
        devices=devices,
    )
    publish(tracker.resync(snapshot, datetime.now(UTC)))
    for frame, received_at in holding.end():
        through(frame, received_at)
    stats.resyncs += 1
    stats.last_resync_at = datetime.now(UTC)
    stats.last_resync_ms = round((time.perf_counter() - began) * 1000, 1)
    log.info("resynchronised", pbx=tracker.pbx, channels=len(channels), ms=stats.last_resync_ms)
    return str(settings.asteriskversion)
