"""Holds, from the music of the switch: CEL has no event for them.

Music for one of two in a bridge is a hold by the other one, until it is silent; also when it begins
a moment after the one who holds has left the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from telephony.history.channel import Channel, beside
from telephony.history.frames import frame
from telephony.history.rows import CelRow
from telephony.wire import Frame

LEAVING_S, LEAVING_ROWS = 0.005, 50  # from leaving a bridge to the music for who is left there


class Holding:
    """`channels`: those that live, by Uniqueid, as the telling has them."""

    def __init__(self, rows: Sequence[CelRow], channels: Mapping[str, Channel]) -> None:
        self._rows = rows
        self._channels = channels

    def music(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        if not channel.bridge or channel.held_by or not _is_music(row):
            return
        holder = beside(channel, self._channels.values())
        if holder is not None:
            channel.held_by = holder.uniqueid
            yield frame("Hold", row.at, Uniqueid=holder.uniqueid)

    def leaves(self, index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        """This one is about to leave its bridge; the music may begin a moment later."""
        for later in self._rows[index + 1 : index + 1 + LEAVING_ROWS]:
            if later.at > row.at + LEAVING_S:
                return
            held = self._channels.get(later.uniqueid)
            if (
                _is_music(later)
                and held is not None
                and held is not channel
                and not held.held_by
                and held.bridge == channel.bridge
            ):
                held.held_by = channel.uniqueid
                yield frame("Hold", row.at, Uniqueid=channel.uniqueid)

    def silence(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        holder, channel.held_by = channel.held_by, ""
        if holder:
            yield frame("Unhold", row.at, Uniqueid=holder)


def _is_music(row: CelRow) -> bool:
    return row.event == "STREAM_BEGIN" and "class" in row.extra
