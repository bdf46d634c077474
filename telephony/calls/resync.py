"""What the switch has, after we have been away: lists of AMI → the same calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from telephony.calls import channels, consulting, queueing, reopening
from telephony.calls.board import Board
from telephony.calls.bridging import enter_bridge, leave_bridge
from telephony.calls.clock import recount
from telephony.calls.devices import Devices, member_key
from telephony.calls.joining import join
from telephony.calls.legs import ring
from telephony.calls.model import Call, Channel, Visit, settled
from telephony.events import CallUnqueued, EndCause, LegRole, VisitOutcome
from telephony.wire import Frame


@dataclass(frozen=True, slots=True)
class ResyncSnapshot:
    """Items of CoreShowChannels, QueueStatus (entries and members) and DeviceStateList."""

    channels: Sequence[Frame] = field(default_factory=list)
    queue_entries: Sequence[Frame] = field(default_factory=list)
    members: Sequence[Frame] = field(default_factory=list)
    devices: Sequence[Frame] = field(default_factory=list)


def apply(board: Board, devices: Devices, snapshot: ResyncSnapshot, now: float) -> None:
    """Calls that the switch no longer has end as inferred; unknown live ones appear."""
    there = {frame.get("Uniqueid") for frame in snapshot.channels}
    known = {uniqueid: channel.bridge for uniqueid, channel in board.channels.items()}
    for channel in [one for one in board.channels.values() if one.alive]:
        if channel.uniqueid not in there:
            settled(channel.call).inferred = True
            if channel.leg is not None and channel.leg.live:
                channel.leg.cause = EndCause.LOST
            channels.bury(board, channel, "", now)
    for call in board.calls.values():
        call.inferred = False  # somebody of it is still there: its end is yet to be seen
    left_open, board.left_open = board.left_open, []
    for known_call in left_open:
        reopening.reopen(board, known_call, there)
    for frame in sorted(snapshot.channels, key=_seniority):
        _restore_channel(board, frame, now)
    _pair_halves(board, now)
    reopening.end_the_gone(board)
    for frame in snapshot.queue_entries:
        _restore_entry(board, frame, now)
    _restore_consultations(board, snapshot.channels)
    for frame in snapshot.channels:
        _restore_state(board, frame, now)
        _restore_bridge(board, frame, now)
    _settle(board, snapshot, known, now)
    for frame in snapshot.devices:
        devices.state(board, frame, now)
    for frame in snapshot.members:
        devices.member(board, frame, now)
    devices.keep_only(board, {member_key(frame) for frame in snapshot.members}, now)


def _settle(board: Board, snapshot: ResyncSnapshot, known: dict[str, str], now: float) -> None:
    """What follows for the calls, once every channel is where it is; `known` are the bridges that
    channels were in before."""
    waiting = {frame.get("Uniqueid") for frame in snapshot.queue_entries}
    for call in list(board.calls.values()):
        if call.queue and not waiting & set(call.channels):
            _leave_queue(board, call, now)
    moved = {
        uniqueid
        for uniqueid, channel in board.channels.items()
        if known.get(uniqueid) != channel.bridge
    }
    for call in list(board.calls.values()):
        consulting.restore_holds(board, call, moved, now)
        recount(board, call, now)
        call.unseen = True


def _restore_channel(board: Board, frame: Frame, now: float) -> None:
    """A channel that we have not seen being born."""
    uniqueid, name = frame.get("Uniqueid"), frame.get("Channel")
    if not uniqueid or board.is_known(uniqueid) or board.topology.is_ignored(name):
        return
    linkedid = frame.get("Linkedid")
    # Who began is not told any more: it is the channel that named the call.
    began = linkedid == uniqueid or uniqueid in board.reopened
    incoming = began and frame.get("ChannelStateDesc") in {"Ring", "Up"}
    channel = consulting.open_channel(
        board, uniqueid, linkedid, name, now - _age(frame), incoming=incoming, about=frame
    )
    leg = channel.leg
    reopening.announce(board, settled(channel.call))
    if leg is not None and leg.incoming and leg.role is LegRole.CUSTOMER:
        board.announce(settled(channel.call), now)


def _restore_entry(board: Board, frame: Frame, now: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is not None:
        call, queue = settled(channel.call), frame.get("Queue")
        joined_at = reopening.rejoins(call, queue)
        since = joined_at.timestamp() if joined_at else now - _seconds(frame.get("Wait"))
        visit = Visit(
            queue, since, uniqueid=channel.uniqueid, priority=_seconds(frame.get("Priority"))
        )
        queueing.join_queue(board, call, visit, _seconds(frame.get("Position")), since)


def _pair_halves(board: Board, now: float) -> None:
    """Local channels whose LocalBridge nobody heard: the names tell which two belong together."""
    halves = {
        channel.name: channel
        for channel in board.channels.values()
        if channel.alive and channel.mate is None and channel.name.startswith("Local/")
    }
    for name, one in halves.items():
        two = halves.get(f"{name[:-1]}2") if name.endswith(";1") else None
        if two is not None:
            one.mate, two.mate = two, one
            consulting.pair(one, two)
            join(board, one.call, two.call, now)


def _leave_queue(board: Board, call: Call, now: float) -> None:
    """It left the queue while we were away: for the agent who has answered, or as nobody saw."""
    board.say(CallUnqueued, call, now, queue=call.queue)
    answers = [
        leg.answered_at
        for leg in call.legs
        if leg.role is LegRole.AGENT and leg.queue == call.queue and leg.answered_at is not None
    ]
    call.queue = ""
    visit = call.visits[-1] if call.visits else None
    if visit is not None and visit.left_at is None:
        since = [at for at in answers if at >= visit.joined_at]
        visit.left_at = min(since, default=now)
        visit.outcome = VisitOutcome.ANSWERED if since else VisitOutcome.LOST


def _restore_state(board: Board, frame: Frame, now: float) -> None:
    """Also of a channel that was known and went on while we were away."""
    channel = board.channels.get(frame.get("Uniqueid"))
    if channel is None or channel.leg is None:
        return
    state = frame.get("ChannelStateDesc")
    if state == "Up":
        channel.up = True
        reopening.answered(board, settled(channel.call), channel.leg, now)
    elif state == "Ringing":
        channel.leg.rang = True
        ring(board, channel.leg, now)


def _restore_bridge(board: Board, frame: Frame, now: float) -> None:
    channel: Channel | None = board.channels.get(frame.get("Uniqueid"))
    if channel is None:
        return
    bridge = frame.get("BridgeId")
    if not bridge:
        leave_bridge(board, channel)
    elif channel.bridge != bridge:
        channel.place = (frame.get("Context"), frame.get("Exten"))
        for other in list(enter_bridge(board, channel, bridge).values()):
            if not consulting.apart(channel, other):
                join(board, other.call, channel.call, now)


def _restore_consultations(board: Board, frames: Sequence[Frame]) -> None:
    """Who is asked has the customer's Linkedid. It is in a bridge with half ;2, or rings for it."""
    bridges = {frame.get("Uniqueid"): frame.get("BridgeId") for frame in frames}
    for call in list(board.calls.values()):
        far = call.near.channel.mate if call.near is not None else None
        if far is None:
            continue
        bridge = bridges.get(far.uniqueid, "")
        for uniqueid, its in bridges.items():
            asked = board.find(uniqueid)
            if asked is not None and asked.interface and its == bridge:
                consulting.claim(far, asked)


def _seniority(frame: Frame) -> tuple[bool, int, bool]:
    """The one that named its call first, for the others' Linkedid names it; then the oldest, and
    of two halves the first."""
    second_half = frame.get("Channel").endswith(";2")
    return frame.get("Uniqueid") != frame.get("Linkedid"), -_age(frame), second_half


def _age(frame: Frame) -> int:
    """Seconds, from ``Duration: 01:02:03``."""
    total = 0
    for part in frame.get("Duration").split(":"):
        total = total * 60 + _seconds(part)
    return total


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
