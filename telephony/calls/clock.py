"""Who is with whom, and what their time counts as.

Recounted whenever a channel enters or leaves a bridge, answers, holds, transfers or hangs up;
between two recounts nothing changes, so the sums are exact.

A call is connected while two parties are in it. Whoever has sent the others away, and is alone, is
not, however long their telephone keeps the line.
"""

from __future__ import annotations

from uuid import UUID

from telephony.calls import consulting
from telephony.calls.board import Board
from telephony.calls.legs import answer
from telephony.calls.model import Call, Channel, Leg, Mode, settled
from telephony.calls.transitions import LegState
from telephony.events import LegRole


def company(board: Board, channel: Channel) -> list[Channel]:
    """Everybody with a device who can be heard from here, through bridges and Local pairs."""
    members = board.bridges.get(channel.bridge)
    if members is None:
        return []
    found = [other for other in members.values() if other is not channel]
    if channel.mate is not None or any(other.mate is not None for other in found):
        found = _beyond(board, channel)
    return [other for other in found if other.interface]


def _beyond(board: Board, channel: Channel) -> list[Channel]:
    """The same, where Local channels join bridges to one another."""
    seen = {channel: None}  # a dict keeps the order, and so the same events give the same log
    todo = [channel]
    while todo:
        current = todo.pop()
        nearby = list(board.bridges.get(current.bridge, {}).values())
        if current.mate is not None and current.mate.alive:
            nearby.append(current.mate)
        for other in nearby:
            if other not in seen:
                seen[other] = None
                todo.append(other)
    del seen[channel]
    return list(seen)


def recount(board: Board, call: Call, at: float) -> None:
    """Brings the clocks of a call up to date, of the call it consults for and of those that
    consult for it."""
    todo, counted = [settled(call)], set[UUID]()
    while todo:
        call = todo.pop()
        if call.call_id in counted:
            continue  # after a resync two calls may be each other's consultation
        counted.add(call.call_id)
        _count(board, call, at)
        for consultation in consulting.consultations(board, call):
            _count(board, consultation, at)
        adviser = call.consulted_by
        if adviser is not None and adviser.live:
            todo.append(settled(adviser.channel.call))


def _count(board: Board, call: Call, at: float) -> None:
    present = 0
    for leg in call.legs:
        if leg.role is LegRole.SUPERVISOR:
            continue
        others: list[Channel] = []
        if leg.live and leg.channel.alive:
            others = _others(call, leg, company(board, leg.channel))
            if others and leg.state is not LegState.ANSWERED:
                answer(board, leg, at)
            if leg.state is LegState.ANSWERED:
                leg.spend(_mode(board, call, leg, others), at)
        present += leg.state is LegState.ANSWERED and not _has_sent_away(leg, others)
    call.meter(present >= 2, at)


def _has_sent_away(leg: Leg, others: list[Channel]) -> bool:
    """Whether the others have gone where this one sent them."""
    return leg.cause is not None and not others


def _others(call: Call, leg: Leg, found: list[Channel]) -> list[Channel]:
    """The half of a Local channel that is an agent's leg is not in that agent's own company."""
    if leg is call.near and call.consulted_by is not None:
        return [other for other in found if other is not call.consulted_by.channel]
    return found


def _mode(board: Board, call: Call, leg: Leg, others: list[Channel]) -> Mode:
    customer = call.principal
    if not others:
        if leg.mode is Mode.ALONE:
            return Mode.ALONE
        return Mode.HOLD  # hears music, or waits for the one it is dialling
    without_customer = (
        customer is not None and leg is not customer and customer.channel not in others
    )
    if without_customer or consulting.is_aside(board, leg):
        return Mode.CONSULT
    if leg.holding and _consults_elsewhere(board, leg):
        return Mode.CONSULT
    if leg.holding or any(_holds(board, other) for other in others):
        return Mode.HOLD
    return Mode.TALK


def _holds(board: Board, channel: Channel) -> bool:
    """Those in the bridge where it is."""
    return channel.leg is not None and consulting.addressed(board, channel.leg).holding


def _consults_elsewhere(board: Board, leg: Leg) -> bool:
    """In a second call of its own making, with somebody there."""
    other = leg.consulting
    return (
        other is not None
        and other.call_id in board.calls
        and other.legs[0].state is LegState.ANSWERED
    )
