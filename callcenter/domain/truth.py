"""Which of two records of the same call counts.

The higher standing wins, whichever came first; of two alike the first stays. So the log is the
same in whatever order, and however often, a call is told:

    going on < seen with gaps < what the switch recorded < seen from begin to end
"""

from __future__ import annotations

from enum import IntEnum


class Standing(IntEnum):
    OPEN = 0
    GAPS = 1  # its end was concluded, or no process saw all of it
    HISTORY = 2  # rebuilt from the switch's own record: complete, but without holds
    COMPLETE = 3


def standing(*, ended: bool, inferred: bool, recovered: bool, from_history: bool) -> Standing:
    """Of a call log, or of a row of the log (`from_history` is also `recovered`)."""
    if not ended:
        return Standing.OPEN
    if from_history:
        return Standing.HISTORY
    return Standing.GAPS if inferred or recovered else Standing.COMPLETE
