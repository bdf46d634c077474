"""The states of a leg: one party's stay in a call.

Rules
-----
1. CALLING is a party that has not been answered and is not ringing: the caller who waits, the
   agent who dials, a device that has been created but not yet dialled.
2. RINGING begins when the switch dials the device, not when the device says 180: the pop is to
   be there before the phone makes its first sound.
3. The earliest answer wins: a leg answers once. DialEnd ANSWER, Newstate Up and the first
   BridgeEnter all say so, in any order.
4. A dial that ends without an answer ends the leg. After an answer it means nothing: Asterisk
   sends a second DialEnd, and AgentRingNoAnswer, for a leg that has long been settled.
5. ENDED is terminal; its result is never overwritten. Whatever comes after is late, and Asterisk
   does send events for a channel after its Hangup.

Every pair of state and stimulus is in the table; a pair that is not is a mistake in the tracker
and raises KeyError.
"""

from __future__ import annotations

from enum import IntEnum


class LegState(IntEnum):
    CALLING = 1
    RINGING = 2
    ANSWERED = 3
    ENDED = 4


class Stimulus(IntEnum):
    RING = 1  # AgentCalled, DialBegin, Newstate Ringing
    ANSWER = 2  # DialEnd ANSWER, Newstate Up, BridgeEnter beside somebody
    GIVE_UP = 3  # DialEnd with another status, AgentRingNoAnswer
    LEAVE = 4  # Hangup, or gone after a resync


_C, _R, _A, _E = LegState.CALLING, LegState.RINGING, LegState.ANSWERED, LegState.ENDED

TRANSITIONS: dict[tuple[LegState, Stimulus], LegState] = {
    # rule 1 and 2
    (_C, Stimulus.RING): _R,
    (_C, Stimulus.ANSWER): _A,
    (_C, Stimulus.GIVE_UP): _E,
    (_C, Stimulus.LEAVE): _E,
    (_R, Stimulus.RING): _R,
    (_R, Stimulus.ANSWER): _A,
    (_R, Stimulus.GIVE_UP): _E,
    (_R, Stimulus.LEAVE): _E,
    # rule 3 and 4
    (_A, Stimulus.RING): _A,
    (_A, Stimulus.ANSWER): _A,
    (_A, Stimulus.GIVE_UP): _A,
    (_A, Stimulus.LEAVE): _E,
    # rule 5
    (_E, Stimulus.RING): _E,
    (_E, Stimulus.ANSWER): _E,
    (_E, Stimulus.GIVE_UP): _E,
    (_E, Stimulus.LEAVE): _E,
}
