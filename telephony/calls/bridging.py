"""Events of bridges: who enters, who leaves, and what that proves."""

from __future__ import annotations

from datetime import datetime

from telephony.calls.board import Board
from telephony.calls.clock import recount
from telephony.calls.joining import join, settle_transfer
from telephony.calls.model import Channel, settled
from telephony.events import LegRole
from telephony.wire import Frame


def bridge_enter(board: Board, frame: Frame, at: datetime) -> None:
    channel = board.find(frame.get("Uniqueid"))
    bridge = frame.get("BridgeUniqueid")
    if channel is None or not bridge:
        return
    place = (frame.get("Context"), frame.get("Exten"))
    enter_bridge(board, channel, bridge, place)
    if frame.get("BridgeType") in {"basic", ""}:
        # Two who speak to each other are one contact; a conference may hold several.
        for other in list(board.bridges[bridge].values()):
            join(board, other.call, channel.call, at)
    if channel.interface:
        call = settled(channel.call)
        call.ender = None  # whoever left before: the conversation goes on
        settle_transfer(board, call, at)
    recount(board, channel.call, at)


def bridge_leave(board: Board, frame: Frame, at: datetime) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None or channel.bridge != frame.get("BridgeUniqueid"):
        return
    _note_redirect(board, channel, (frame.get("Context"), frame.get("Exten")), at)
    call = settled(channel.call)
    if channel.leg is not None and call.pending is None and call.ender is None:
        call.ender = channel.leg.role  # nobody has hung up by SIP: an order took it out first
    leave_bridge(board, channel)
    recount(board, call, at)


def bridge_merge(board: Board, frame: Frame, at: datetime) -> None:
    """All that are left in one bridge go over to another."""
    gone, into = frame.get("FromBridgeUniqueid"), frame.get("ToBridgeUniqueid")
    moved = list(board.bridges.get(gone, {}).values())
    for channel in moved:
        enter_bridge(board, channel, into, channel.place)
    everybody = list(board.bridges.get(into, {}).values())
    for other in everybody[1:]:
        join(board, everybody[0].call, other.call, at)
    for channel in moved:
        recount(board, channel.call, at)


def enter_bridge(board: Board, channel: Channel, bridge: str, place: tuple[str, str]) -> None:
    leave_bridge(board, channel)
    channel.bridge = bridge
    channel.place = place
    board.bridges.setdefault(bridge, {})[channel.uniqueid] = channel


def leave_bridge(board: Board, channel: Channel) -> None:
    members = board.bridges.get(channel.bridge)
    if members is not None:
        members.pop(channel.uniqueid, None)
        if not members:
            del board.bridges[channel.bridge]
    channel.bridge = ""


def _note_redirect(board: Board, channel: Channel, place: tuple[str, str], at: datetime) -> None:
    """AMI Redirect sends the customer elsewhere without a transfer event: it leaves the bridge
    with another destination than it had when it entered."""
    call = settled(channel.call)
    if channel.leg is not call.principal or place == channel.place or not place[1]:
        return
    others = board.bridges.get(channel.bridge, {}).values()
    agents = [
        other.leg for other in others if other.leg is not None and other.leg.role is LegRole.AGENT
    ]
    if agents:
        call.expect_transfer(agents[0], place[1], at)
