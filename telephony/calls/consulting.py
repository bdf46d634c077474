"""Consultations that the switch holds (AMI Atxfer): an agent with one channel has two calls.

Rules
1. A consultation begins with a Local channel into the consult context, and is a call of its own.
   Half ;1 is put beside the agent: it is the agent's leg there (`Call.near`). Half ;2 dials.
2. The agent is the one who put the other side on hold last: Asterisk does that first of all.
3. Everything of it has the customer's Linkedid. A device that is called while half ;2 dials is
   called by it, unless the dial says otherwise later (`claim`): a phone may ring, and even answer,
   before the switch says who dialled it. The agent beside half ;1 proves nothing (`apart`).
4. What the agent holds is the call of the bridge they are in. To swap is to leave one bridge for
   the other, holding before and resuming after.
5. The two become one contact when the switch merges their bridges, or when the customer has left
   and half ;1 makes room for whom it stood for.
"""

from __future__ import annotations

from telephony.calls.board import Board
from telephony.calls.model import Call, Channel, Leg, settled
from telephony.calls.transitions import LegState
from telephony.events import CallHeld, CallResumed, LegRole
from telephony.wire import Frame


def open_channel(
    board: Board,
    uniqueid: str,
    linkedid: str,
    name: str,
    at: float,
    *,
    incoming: bool,
    about: Frame,
) -> Channel:
    """As `Board.open_channel`; a half of a consultation begins it, or finds it (rule 1)."""
    if board.topology.is_consultation(name):
        mate = _named(board, _other_half(name))
        agent = _consulter(board, linkedid) if name.endswith(";1") else None
        if mate is not None:
            channel = board.add_channel(settled(mate.call), uniqueid, name, about)
            channel.mate, mate.mate = mate, channel
            return channel
        if agent is not None:
            return _begin(board, uniqueid, name, at, agent, about)
    call = None if incoming else _dialling(board, linkedid)
    return board.open_channel(
        uniqueid, linkedid, name, at, incoming=incoming, about=about, call=call
    )


def _dialling(board: Board, linkedid: str) -> Call | None:
    """The consultation that is looking for its other side just now."""
    relative = board.channels.get(linkedid)
    if relative is None:
        return None
    for call in consultations(board, settled(relative.call)):
        far = call.near.channel.mate if call.near else None
        if far is not None and far.alive and not far.bridge:
            return call
    return None


def _begin(board: Board, uniqueid: str, name: str, at: float, agent: Leg, about: Frame) -> Channel:
    known = board.reopened.get(uniqueid)
    call = settled(known) if known else board.begin(uniqueid, at, *agent.channel.identity)
    channel = board.add_channel(call, uniqueid, name, about)
    near = Leg(uniqueid, agent.interface, channel, LegRole.AGENT, True, at)
    channel.leg = call.near = near
    call.legs.append(near)
    call.consulted_by, agent.consulting = agent, call
    main = settled(agent.channel.call)
    call.link(main.call_id)
    main.link(call.call_id)
    return channel


def _named(board: Board, name: str) -> Channel | None:
    for channel in reversed(board.channels.values()):
        if channel.name == name and channel.alive:
            return channel
    return None


def _other_half(name: str) -> str:
    return name[:-1] + ("2" if name.endswith("1") else "1")


def _consulter(board: Board, linkedid: str) -> Leg | None:
    """Rule 2. After a resync nobody is known to hold: then the one who came first."""
    relative = board.channels.get(linkedid)
    if relative is None and linkedid in board.reopened:
        call = settled(board.reopened[linkedid])
    elif relative is not None:
        call = settled(relative.call)
    else:
        return None
    legs = list(call.legs)
    for consultation in consultations(board, call):
        legs += consultation.legs
    agents = [
        leg
        for leg in legs
        if leg.role is LegRole.AGENT and leg.live and leg.channel.interface and leg.channel.alive
    ]
    return max(agents, key=lambda leg: (leg.held_at, -leg.started_at), default=None)


def consultations(board: Board, call: Call) -> list[Call]:
    """That the switch holds about this call just now."""
    found = []
    for leg in call.legs:
        other = leg.consulting
        if other is not None and other.near is not None and other.call_id in board.calls:
            found.append(other)
    return found


def aside(board: Board, leg: Leg) -> Leg | None:
    """This agent's leg in the consultation that the switch holds for them."""
    other = leg.consulting
    if other is None or other.call_id not in board.calls:
        return None
    return other.near


def is_aside(board: Board, leg: Leg) -> bool:
    """Whether the agent is in the consultation's bridge, and not with the customer."""
    near = aside(board, leg)
    return near is not None and near.channel.bridge != "" and near.channel.bridge == _bridge(leg)


def addressed(board: Board, leg: Leg) -> Leg:
    """Rule 4: which of the agent's two legs a hold is about."""
    near = aside(board, leg)
    return near if near is not None and is_aside(board, leg) else leg


def _bridge(leg: Leg) -> str:
    return leg.channel.bridge


def apart(one: Channel, other: Channel) -> bool:
    """Rule 3: an agent beside the half that stands for a consultation."""
    return _stands_for(one, other) or _stands_for(other, one)


def _stands_for(half: Channel, channel: Channel) -> bool:
    call = settled(half.call)
    return (
        call.near is not None
        and call.near.channel is half
        and call.consulted_by is not None
        and call.consulted_by.channel is channel
    )


def claim(source: Channel, found: Channel) -> None:
    """Rule 3: `found` was dialled by `source`. When it is in the other of an agent's two calls, and
    nothing has been said about it, it moves."""
    call, former = settled(source.call), settled(found.call)
    if not (_is_about(call, former) or _is_about(former, call)):
        return
    if found.leg is not None and found.leg.state is not LegState.CALLING:
        return
    _move(found, call)
    if found.mate is not None and settled(found.mate.call) is former:
        _move(found.mate, call)


def _is_about(consultation: Call, main: Call) -> bool:
    agent = consultation.consulted_by
    return (
        consultation.near is not None
        and agent is not None
        and settled(agent.channel.call) is main
        and consultation is not main
    )


def pair(one: Channel, two: Channel) -> None:
    """Halves of a Local channel that a consultation dials: one of them was born in it."""
    if settled(one.call).near is not None:
        claim(one, two)
    elif settled(two.call).near is not None:
        claim(two, one)


def _move(channel: Channel, call: Call) -> None:
    former = settled(channel.call)
    del former.channels[channel.uniqueid]
    channel.call = call
    call.channels[channel.uniqueid] = channel
    leg = channel.leg
    if leg is not None:
        former.legs.remove(leg)
        call.legs.append(leg)
        if former.principal is leg:
            former.principal = None
        if leg.role is LegRole.OUTSIDE and call.principal is None:
            call.principal = leg


def dialled(call: Call, exten: str) -> None:
    """What the agent asked for is seen only where the dialplan has got to."""
    if call.near is not None and not call.dialled and exten != "s":
        call.dialled = exten


def got_to(call: Call, channel: Channel, exten: str) -> None:
    """Where a channel ends; half ;1, which may be the first to end, has never gone anywhere."""
    if call.near is None or channel is not call.near.channel:
        dialled(call, exten)


def restore_holds(board: Board, call: Call, moved: set[str], at: float) -> None:
    """After a resync: the agent of a consultation holds the one of the two they are not with. Only
    when one of their channels has `moved` unheard; otherwise the holds were heard, too."""
    agent, near = call.consulted_by, call.near
    if agent is None or near is None or not agent.live or not near.channel.alive:
        return
    if not moved & {agent.channel.uniqueid, near.channel.uniqueid}:
        return
    # In no bridge, the agent waits for whom the switch is dialling for them.
    asking = is_aside(board, agent) or not agent.channel.bridge
    here, there = (near, agent) if asking else (agent, near)
    resume(board, here, at)
    set_hold(board, there, True, at)


def resume(board: Board, leg: Leg, at: float) -> None:
    """Nobody is held any more, and the switch does not say so: three talk, or the held one left."""
    set_hold(board, leg, False, at)


def set_hold(board: Board, leg: Leg, on: bool, at: float) -> None:
    """Asterisk also says Unhold of a channel that held nobody (before a transfer)."""
    if leg.holding is on:
        return
    leg.holding = on
    kind = CallHeld if on else CallResumed
    call = settled(leg.channel.call)
    board.say(kind, call, at, leg_id=leg.leg_id, interface=leg.interface)
