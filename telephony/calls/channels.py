"""Events about one channel: born, changed, held, renamed, gone."""

from __future__ import annotations

from telephony.calls import consulting, supervising, visits
from telephony.calls.board import Board
from telephony.calls.bridging import leave_bridge
from telephony.calls.clock import recount
from telephony.calls.joining import end_if_over, hand_over, join
from telephony.calls.legs import answer, leave, ring
from telephony.calls.model import Channel, settled
from telephony.calls.topology import interface_of
from telephony.events import LegRole
from telephony.wire import Frame


def newchannel(board: Board, frame: Frame, at: float) -> None:
    uniqueid, name = frame.get("Uniqueid"), frame.get("Channel")
    if not uniqueid or board.is_known(uniqueid):
        return
    if board.topology.is_ignored(name):
        board.ignore(uniqueid, at)
        return
    # A channel begins as Ring when its party calls us, and as Down when we call it.
    incoming = frame.get("ChannelStateDesc") == "Ring"
    channel = consulting.open_channel(
        board, uniqueid, frame.get("Linkedid"), name, at, incoming=incoming, about=frame
    )
    leg = channel.leg
    if leg is None or not incoming or board.topology.is_link(leg.interface):
        return  # whether a customer or a colleague calls from another switch is told next
    if leg.role is LegRole.CUSTOMER:
        board.announce(settled(channel.call), at)


def newstate(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None:
        return
    state = frame.get("ChannelStateDesc")
    leg = channel.leg
    if state == "Up":
        channel.up = True
        if leg is not None and not leg.incoming and answer(board, leg, at):
            recount(board, channel.call, at)
    elif state == "Ringing" and leg is not None:
        leg.rang = True
        ring(board, leg, at)


def hold(board: Board, frame: Frame, at: float) -> None:
    _set_hold(board, frame, at, on=True)


def unhold(board: Board, frame: Frame, at: float) -> None:
    _set_hold(board, frame, at, on=False)


def _set_hold(board: Board, frame: Frame, at: float, *, on: bool) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is None or channel.leg is None or not channel.interface:
        return
    leg = consulting.addressed(board, channel.leg)
    if on:
        channel.leg.held_at = at
    consulting.set_hold(board, leg, on, at)
    recount(board, channel.call, at)


def hangup_request(board: Board, frame: Frame, at: float) -> None:
    """A party hangs up, or refuses while it rings (the cause is what its device said). Of two who
    hang up at once it is the first by the switch's clock, whichever is told first."""
    channel = board.find(frame.get("Uniqueid"))
    if channel is None or channel.leg is None:
        return
    call = settled(channel.call)
    if not channel.leg.answered and not channel.leg.incoming:
        channel.leg.refusal = frame.get("Cause")
        return
    channel.leg.said_bye = True
    if channel.leg.ended_by is not None:
        return  # who has just sent the customer on
    if call.ender is None or at < call.bye_at:
        call.ender, call.bye_at = channel.leg.role, at


def rename(board: Board, frame: Frame, at: float) -> None:
    """A masquerade: the device moves into another channel, and its leg goes with it."""
    channel = board.find(frame.get("Uniqueid"))
    name = frame.get("Newname")
    if channel is None or not name:
        return
    channel.name = name
    interface = interface_of(name)
    if not interface:
        return
    channel.interface = interface
    body = _body_of(board, frame.get("Newname"), channel)
    if body is None or body.leg is None:
        return
    join(board, body.call, channel.call, at)
    board_leg, body.leg = body.leg, None
    body.interface = ""
    board_leg.channel = channel
    channel.leg = board_leg
    recount(board, channel.call, at)


def _body_of(board: Board, name: str, new: Channel) -> Channel | None:
    """The channel that had this device until the masquerade."""
    stem = f"{name}<"
    for channel in settled(new.call).channels.values():
        if channel is not new and channel.name.startswith(stem):
            return channel
    for channel in board.channels.values():
        if channel is not new and channel.name.startswith(stem):
            return channel
    return None


def hangup(board: Board, frame: Frame, at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    if channel is not None:
        call = settled(channel.call)
        consulting.got_to(call, channel, frame.get("Exten"))
        visits.channel_ended(call, channel.uniqueid, visits.place_of(frame))
        bury(board, channel, frame.get("Cause"), at)


def bury(board: Board, channel: Channel, cause: str, at: float) -> None:
    channel.alive = False
    leave_bridge(board, channel)
    supervising.stop(board, channel, at)
    call = settled(channel.call)
    if call.pending is not None and call.pending.leg.live and channel.leg is call.principal:
        call.keep()  # the customer did not wait, and the agent is still there
    if channel.leg is not None:
        hand_over(board, channel.leg, at)
        leave(board, channel.leg, cause, at)
    recount(board, channel.call, at)
    end_if_over(board, channel.call, at)
