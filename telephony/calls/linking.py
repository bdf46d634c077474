"""A call that comes from another switch of the house: which call it was there.

The other switch's dialplan says so in a SIP header, ours tells it by ``UserEvent(CrmLinked)`` on
the channel that came (`config/asterisk/extensions.conf`, crm-link and crm-linked):

    From: pbx1/1700000000.7     the other switch's id, and the Uniqueid of that call's first channel
    House: 1                    a colleague calls, and no customer

Both calls keep their own logs; each names the other in `linked`. The other one is told at the
commit (`callcenter.store.queries.links`): its tracker may not even be in this process.
"""

from __future__ import annotations

import re
from typing import Final

from telephony.calls.board import Board
from telephony.calls.model import Call, settled
from telephony.events import Direction, LegRole, call_id_for
from telephony.wire import Frame

_FROM: Final = re.compile(r"([A-Za-z0-9_-]{1,40})/([A-Za-z0-9_.-]{1,150})")


def linked(board: Board, frame: Frame, _at: float) -> None:
    channel = board.find(frame.get("Uniqueid"))
    told = _FROM.fullmatch(frame.get("From"))
    if channel is None or told is None or told[1] == board.pbx:
        return
    call = settled(channel.call)
    call.link(call_id_for(told[1], told[2]))
    if frame.get("House") == "1":
        _among_colleagues(board, call)


def _among_colleagues(board: Board, call: Call) -> None:
    """Unless it is known as a customer's call already: then it stays one."""
    caller = call.principal
    if call.direction is not None or caller is None or caller.role is not LegRole.CUSTOMER:
        return
    board.expected[call.uniqueid] = (call.dialled, Direction.INTERNAL)
    caller.role = LegRole.AGENT
    call.principal = None
