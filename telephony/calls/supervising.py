"""Supervisors who listen, whisper or barge in (ChanSpy): in the call, and of no weight there.

Rules
1. From ChanSpyStart to ChanSpyStop the spying device has a leg in the call of whom it listens to.
2. That leg answers nothing, holds nobody and keeps no call from ending; the time it takes is nobody
   else's talk.
3. What its channel was before — a phone that was rung by order, or that dialled a code — becomes
   part of that call when it was announced, and nothing at all when it was not.
4. Between two stays, and until it hangs up, the channel is in a call that nobody hears of. Every
   stay is a leg of its own: the first bears the channel's Uniqueid, further ones ``…~2``.
"""

from __future__ import annotations

from telephony.calls.board import Board
from telephony.calls.log import leg_log
from telephony.calls.model import Call, Channel, Leg, Mode, settled
from telephony.calls.transitions import LegState
from telephony.events import CallMerged, LegEnded, LegResult, LegRole
from telephony.wire import Frame


def started(board: Board, frame: Frame, at: float) -> None:
    spyer = board.find(frame.get("SpyerUniqueid"))
    spied = board.find(frame.get("SpyeeUniqueid"))
    if spyer is None or spied is None or not spyer.interface:
        return
    stop(board, spyer, at)
    call = settled(spied.call)
    if settled(spyer.call) is call:
        return  # one of those who talk
    spyer.stays += 1
    first = _fold(board, spyer, call, at) and spyer.stays == 1
    leg = Leg(
        spyer.uniqueid if first else f"{spyer.uniqueid}~{spyer.stays}",
        spyer.interface,
        spyer,
        LegRole.SUPERVISOR,
        False,
        at,
        state=LegState.ANSWERED,
        result=LegResult.ANSWERED,
        answered_at=at,
        mode=Mode.TALK,
        since=at,
    )
    call.legs.append(leg)
    spyer.listening, spyer.listens_to = leg, call


def stopped(board: Board, frame: Frame, at: float) -> None:
    spyer = board.channels.get(frame.get("SpyerUniqueid"))
    if spyer is not None:
        stop(board, spyer, at)


def stop(board: Board, spyer: Channel, at: float) -> None:
    """Ends its stay, if there is one."""
    leg, heard = spyer.listening, spyer.listens_to
    if leg is None or heard is None:
        return
    spyer.listening = spyer.listens_to = None
    call = settled(heard)
    leg.spend(leg.mode, at)
    leg.state, leg.ended_at = LegState.ENDED, at
    leg.ended_by = call.ender or LegRole.SUPERVISOR
    leg.log = leg_log(call, leg, at)
    board.say(LegEnded, call, at, log=leg.log)


def stop_all(board: Board, call: Call, at: float) -> None:
    """Those who talked have left: there is nothing to be heard (rule 2)."""
    for leg in call.legs:
        if leg.role is LegRole.SUPERVISOR and leg.live:
            stop(board, leg.channel, at)


def _fold(board: Board, spyer: Channel, call: Call, at: float) -> bool:
    """Rule 3. False when others are in the spyer's own call, which goes on."""
    own = settled(spyer.call)
    if any(channel.alive and channel is not spyer for channel in own.channels.values()):
        return False
    board.say(CallMerged, own, at, into=call.call_id)
    del board.calls[own.call_id]
    own.into = call
    rest = board.begin(f"{spyer.uniqueid}~", at, "", "")
    for channel in own.channels.values():
        channel.call, channel.leg = rest, None
    rest.channels |= own.channels
    return True
