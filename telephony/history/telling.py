"""One pass over CEL rows that says what AMI would have said.

Rules
1. A channel that was called has a dialler: of those who dial just then in the same call the one
   whose Dial names its device, else whoever began to dial last and speaks to nobody.
2. A party's own wish to hang up is said before the first thing that follows from it (`survey`).
3. A device that was called and did not answer: `refusing`.
4. A stay in a queue begins with its application, unless that ends at once: then nobody was let in.
   It ends when the caller enters a bridge, or with the application: abandoned when the channel
   ends there and then (but for the dialplan), moved when it is somewhere else in the dialplan.
5. Who hears music is held: `holding`. Who listens: `spying`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from telephony.calls.topology import interface_of
from telephony.history import row_frames, spying
from telephony.history.channel import Channel, dialler_of, leaves
from telephony.history.frames import frame
from telephony.history.holding import Holding
from telephony.history.refusing import not_answered
from telephony.history.rows import CelRow
from telephony.history.spying import Spying
from telephony.history.survey import SAME_MOMENT_S, Survey, survey
from telephony.wire import Frame

RANG_S = 0.5  # nobody refuses faster; a device that is busy says so at once
NOT_LET_IN_S = 0.05
_KEY = re.compile(r"[0-9*#]")


class Telling:
    def __init__(self, rows: Sequence[CelRow]) -> None:
        self._rows = rows
        self._survey: Survey = survey(rows)
        self._channels: dict[str, Channel] = {}
        self._halves: dict[str, Channel] = {}
        self._spying = Spying()
        self._holding = Holding(rows, self._channels)
        self._handlers: dict[str, Callable[[int, CelRow, Channel], Iterator[Frame]]] = {
            "ANSWER": self._answer,
            "APP_START": self._app_start,
            "APP_END": self._app_end,
            "BRIDGE_ENTER": self._bridge_enter,
            "BRIDGE_EXIT": self._bridge_exit,
            "BLINDTRANSFER": self._blind_transfer,
            "ATTENDEDTRANSFER": self._attended_transfer,
            "PICKUP": self._pickup,
            "STREAM_BEGIN": self._holding.music,
            "STREAM_END": self._holding.silence,
            "FORWARD": self._forward,
            "HANGUP": self._hangup,
            "CHAN_END": self._hangup,
        }

    def frames(self) -> Iterator[Frame]:
        for index, row in enumerate(self._rows):
            for life in self._survey.wishes.get(index, ()):
                yield frame("HangupRequest", row.at, Uniqueid=life.uniqueid, Cause=life.cause)
            if row.event == "CHAN_START":
                yield from self._born(row)
                continue
            channel = self._channels.get(row.uniqueid)
            handler = self._handlers.get(row.event)
            if channel is None:
                continue
            channel.linkedid = row.linkedid
            if row.channel != channel.name:
                yield from self._renamed(row, channel)
            if handler is not None:
                yield from handler(index, row, channel)

    # -- channels ------------------------------------------------------------------------------

    def _born(self, row: CelRow) -> Iterator[Frame]:
        life = self._survey.lives[row.uniqueid]
        channel = Channel(row.uniqueid, row.channel, row.linkedid, life)
        self._channels[row.uniqueid] = channel
        is_local = row.channel.startswith("Local/")
        incoming = not life.outgoing and not is_local
        yield frame(
            "Newchannel",
            row.at,
            Channel=row.channel,
            ChannelStateDesc="Ring" if incoming else "Down",
            CallerIDNum=row.number,
            CallerIDName=row.name,
            Context=row.context,
            Exten=row.exten,
            Uniqueid=row.uniqueid,
            Linkedid=row.linkedid,
        )
        if is_local:
            yield from self._paired(row, channel)
        if not incoming and not row.channel.endswith(";2"):
            yield from self._dialled(row, channel)
        yield from self._spying.born(row.at, row.uniqueid, row.channel)

    def _paired(self, row: CelRow, channel: Channel) -> Iterator[Frame]:
        stem = row.channel.rpartition(";")[0]
        mate = self._halves.pop(stem, None)
        if mate is None:
            self._halves[stem] = channel
            return
        mate.mate, channel.mate = channel, mate
        one, two = (mate, channel) if channel.name.endswith(";2") else (channel, mate)
        yield frame(
            "LocalBridge", row.at, LocalOneUniqueid=one.uniqueid, LocalTwoUniqueid=two.uniqueid
        )

    def _dialled(self, row: CelRow, channel: Channel) -> Iterator[Frame]:
        dialler = channel.dialler = dialler_of(channel, self._channels.values())
        if dialler is None:
            if row.uniqueid == row.linkedid:  # an Originate
                number = channel.life.presented
                yield frame("DialBegin", row.at, DestUniqueid=row.uniqueid, DialString=number)
                yield from self._rings(channel, row.at)
            return
        app = dialler.app
        assert app is not None
        dialler.dialled.append(channel)
        if app.app == "Queue":
            channel.by_queue = True
            yield frame("AgentCalled", row.at, Uniqueid=dialler.uniqueid, DestUniqueid=row.uniqueid)
        yield frame(
            "DialBegin",
            row.at,
            Uniqueid=dialler.uniqueid,
            Context=app.context,
            Exten=app.exten,
            DestUniqueid=row.uniqueid,
            DestChannel=row.channel,
        )
        yield from self._rings(channel, row.at)

    def _rings(self, channel: Channel, at: float) -> Iterator[Frame]:
        """CEL has no ringing: who answered, or took a while to refuse, has rung."""
        life = channel.life
        ended = life.answered_at or life.ended_at
        if ended is None or ended - at >= RANG_S or not life.hung_up_itself:
            yield frame("Newstate", at, Uniqueid=channel.uniqueid, ChannelStateDesc="Ringing")

    def _renamed(self, row: CelRow, channel: Channel) -> Iterator[Frame]:
        """A masquerade. The body that had the name until now is empty."""
        for other in self._channels.values():
            if other.name == row.channel and other is not channel:
                other.name = f"{row.channel}<ZOMBIE>"
                yield frame("Rename", row.at, Uniqueid=other.uniqueid, Newname=other.name)
        channel.name = row.channel
        yield frame("Rename", row.at, Uniqueid=channel.uniqueid, Newname=row.channel)

    def _hangup(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        del self._channels[row.uniqueid]
        yield from self._spying.ends(row.at, row.uniqueid, self._names())
        life = channel.life
        if life.outgoing and life.answered_at is None and interface_of(channel.name):
            yield from self._originated(row, channel)
            yield from not_answered(row.at, channel)
        yield frame(
            "Hangup",
            row.at,
            Uniqueid=row.uniqueid,
            Context=row.context,
            Exten=row.exten,
            Cause=life.cause,
        )

    # -- answers, applications, bridges --------------------------------------------------------

    def _answer(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        yield from self._originated(row, channel)
        yield frame("Newstate", row.at, Uniqueid=row.uniqueid, ChannelStateDesc="Up")
        if channel.life.outgoing and channel.dialler is not None:
            yield frame("DialEnd", row.at, DestUniqueid=row.uniqueid, DialStatus="ANSWER")

    def _originated(self, row: CelRow, channel: Channel) -> Iterator[Frame]:
        life = channel.life
        if life.outgoing and row.uniqueid == row.linkedid:
            exten = life.exten or life.presented
            yield frame("OriginateResponse", row.at, Uniqueid=row.uniqueid, Exten=exten)

    def _app_start(self, index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        if row.app == "UserEvent":
            yield row_frames.user_event(row)
            return
        if row.app in spying.APPS:
            yield from self._spying.begins(row.at, row.uniqueid, row.data, self._names())
        channel.apps = [app for app in channel.apps if app.app != row.app]
        channel.apps.append(row)
        if row.app == "Queue" and not self._is_refused(index, row):
            channel.queue = row.data.partition(",")[0]
            yield row_frames.of_queue("QueueCallerJoin", row, channel.queue)

    def _is_refused(self, index: int, row: CelRow) -> bool:
        """Rule 4: back at once, and not because the caller left."""
        for later in self._after(index):
            if later.at > row.at + NOT_LET_IN_S:
                return False
            if later.uniqueid == row.uniqueid and later.event in {"APP_END", "BRIDGE_ENTER"}:
                left = leaves(self._channels[row.uniqueid], later.at)
                return later.event == "APP_END" and not left
        return False

    def _app_end(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        if row.app in spying.APPS:
            yield from self._spying.ends(row.at, row.uniqueid, self._names())
        began = next((app for app in channel.apps if app.app == row.app), row)
        channel.apps = [app for app in channel.apps if app.app != row.app]
        if row.app == "Queue" and channel.queue:
            channel.moved_at = row.at if _was_moved(began, row) else channel.moved_at
            if leaves(channel, row.at) or channel.moved_at == row.at:
                yield row_frames.of_queue("QueueCallerAbandon", row, channel.queue)
            yield row_frames.of_queue("QueueCallerLeave", row, channel.queue)
            channel.queue = ""

    def _after(self, index: int) -> Iterator[CelRow]:
        """Without a copy of all that is left."""
        return (self._rows[place] for place in range(index + 1, len(self._rows)))

    def _names(self) -> list[tuple[str, str]]:
        return [(channel.uniqueid, channel.name) for channel in self._channels.values()]

    def _bridge_enter(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        if channel.queue:
            yield row_frames.of_queue("QueueCallerLeave", row, channel.queue)
            channel.queue = ""
        channel.bridge = row.extra.get("bridge_id", "")
        yield row_frames.of_bridge("BridgeEnter", row)

    def _bridge_exit(self, index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        yield from self._holding.leaves(index, row, channel)
        channel.bridge = ""
        yield row_frames.of_bridge("BridgeLeave", row)

    # -- transfers -----------------------------------------------------------------------------

    def _blind_transfer(self, _index: int, row: CelRow, _channel: Channel) -> Iterator[Frame]:
        yield row_frames.blind_transfer(row)

    def _attended_transfer(self, index: int, row: CelRow, _channel: Channel) -> Iterator[Frame]:
        yield row_frames.attended_transfer(row, three=self._stays(index, row))

    def _stays(self, index: int, row: CelRow) -> bool:
        """Three talk when who transfers is in a bridge afterwards."""
        for later in self._after(index):
            if later.uniqueid == row.uniqueid and later.event in {"BRIDGE_EXIT", "HANGUP"}:
                return later.event == "BRIDGE_EXIT" and later.at > row.at + SAME_MOMENT_S
        return False

    def _pickup(self, _index: int, row: CelRow, _channel: Channel) -> Iterator[Frame]:
        yield from row_frames.pickup(row)

    def _forward(self, _index: int, row: CelRow, channel: Channel) -> Iterator[Frame]:
        """A called device names another one; told of the dialler, and before that device ends."""
        channel.forward = row.extra.get("forward", "")
        yield from ()


def _was_moved(began: CelRow, ended: CelRow) -> bool:
    """Rule 4: an order sent the caller to another place; one sign is a key of the queue's own."""
    place = ended.context, ended.exten
    return place != (began.context, began.exten) and not _KEY.fullmatch(ended.exten)
