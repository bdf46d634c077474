"""Events of bridges: who enters, who leaves, and what that proves."""

from __future__ import annotations

from telephony.calls import consulting
from telephony.calls.board import Board
from telephony.calls.clock import recount
from telephony.calls.joining import join, settle_transfer
from telephony.calls.model import Call, Channel, settled
from telephony.events import LegRole
from telephony.wire import Frame


def bridge_enter(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    bridge = frame.get("BridgeUniqueid")
    if channel is None or not bridge:
        return
    call = settled(channel.call)
    members = enter_bridge(board, channel, bridge)
    if channel.leg is not None:
        channel.leg.left_first = False
        if channel.leg is call.principal:
            channel.place = _place(frame)
    strangers = [
        other
        for other in members.values()
        if settled(other.call) is not call and not consulting.apart(channel, other)
    ]
    if strangers and frame.get("BridgeType") in {"basic", ""}:
        # Two who speak to each other are one contact; a conference may hold several.
        fetching = [
            one.leg
            for one in (channel, *strangers)
            if one.leg is not None and one.leg.incoming and settled(one.call).direction is None
        ]
        for other in strangers:
            call = join(board, other.call, call, at)
            for one in (channel, other):  # consulting, rule 5: nobody is left to be held
                if one.leg is not None and len(members) == 2 and one.leg is not call.principal:
                    consulting.resume(board, one.leg, at)
        for leg in fetching:  # who dialled a parking place: it is their answer
            leg.incoming = leg is call.principal or call.direction is None
    if channel.interface:
        call.ender = None  # whoever left before: the conversation goes on
        _arrive(board, call, members, at)
    if len(members) > 1:
        recount(board, call, at)


def _arrive(board: Board, call: Call, members: dict[str, Channel], at: float) -> None:
    """The customer who was sent away is somewhere, as soon as anybody else is there."""
    pending = call.pending
    if pending is None:
        return
    if any(member.leg is pending.leg for member in members.values()):
        if len(members) > 1:
            call.keep()
    elif len(members) > 1 or not pending.leg.live:
        settle_transfer(board, call, at)


def bridge_leave(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None or channel.bridge != frame.get("BridgeUniqueid"):
        return
    call = settled(channel.call)
    if channel.leg is not None:
        if channel.leg is call.principal:
            _note_redirect(board, call, channel, _place(frame), at)
        if call.pending is None and call.ender is None and channel.leg.ended_by is None:
            # Nobody hung up by SIP: an order took it out first. Not one who has sent the customer
            # on: they may be elsewhere by now.
            call.ender = channel.leg.role
            channel.leg.left_first = True
    if leave_bridge(board, channel):
        recount(board, call, at)


def bridge_merge(board: Board, frame: Frame, at: float) -> None:
    """All that are left in one bridge go over to another."""
    gone, into = frame.get("FromBridgeUniqueid"), frame.get("ToBridgeUniqueid")
    moved = list(board.bridges.get(gone, {}).values())
    for channel in moved:
        enter_bridge(board, channel, into)
    everybody = list(board.bridges.get(into, {}).values())
    for other in everybody[1:]:
        join(board, everybody[0].call, other.call, at)
    for channel in moved:
        recount(board, channel.call, at)


def enter_bridge(board: Board, channel: Channel, bridge: str) -> dict[str, Channel]:
    """Who is in it now."""
    leave_bridge(board, channel)
    channel.bridge = bridge
    members = board.bridges.setdefault(bridge, {})
    members[channel.uniqueid] = channel
    return members


def leave_bridge(board: Board, channel: Channel) -> bool:
    """True when it left somebody behind."""
    members = board.bridges.get(channel.bridge)
    name, channel.bridge = channel.bridge, ""
    if members is None:
        return False
    members.pop(channel.uniqueid, None)
    if not members:
        del board.bridges[name]
    return bool(members)


def _place(frame: Frame) -> tuple[str, str]:
    return frame.get("Context"), frame.get("Exten")


def _note_redirect(
    board: Board, call: Call, channel: Channel, place: tuple[str, str], at: float
) -> None:
    """AMI Redirect sends the customer elsewhere without a transfer event: it leaves the bridge
    with another destination than it had when it entered."""
    if place == channel.place or not place[1]:
        return
    others = board.bridges.get(channel.bridge, {}).values()
    agents = [
        other.leg for other in others if other.leg is not None and other.leg.role is LegRole.AGENT
    ]
    if agents:
        back = place[0] in board.topology.return_contexts
        call.expect_transfer(agents[0], place[1], at, back=back)
