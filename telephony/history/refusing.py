"""What became of a device that was called and did not answer.

One that rang and stopped by itself refused, with its cause. Stopped by the switch: another one
answered (cause 26, or it shows), or the caller left, or its time was up; in a queue only cause 0 is
time that was up, and any other is an order.
"""

from __future__ import annotations

from collections.abc import Iterator

from telephony.history.channel import Channel, is_over
from telephony.history.frames import frame
from telephony.wire import Frame

REDIRECTED = "23"  # the device named another one (302)
_BY_CAUSE = {
    "17": "BUSY",
    "18": "NOANSWER",
    "19": "NOANSWER",
    "21": "NOANSWER",
    "34": "CONGESTION",
    "38": "CONGESTION",
    "41": "CONGESTION",
    "42": "CONGESTION",
    "47": "CONGESTION",
}


def not_answered(at: float, channel: Channel) -> Iterator[Frame]:
    """The end of its dial, and what its queue says before that."""
    life, dialler = channel.life, channel.dialler
    status, forward = "CANCEL", ""
    if life.cause == REDIRECTED and dialler is not None:
        forward = dialler.forward
    elif life.hung_up_itself or dialler is None:
        status = _BY_CAUSE.get(life.cause, "CHANUNAVAIL")
        if life.cause in {"0", "16", "26"}:
            status = "CANCEL"
    elif life.cause != "26" and not is_over(dialler, channel, at):
        status = "NOANSWER"
        if channel.by_queue and life.cause == "0":
            yield frame("AgentRingNoAnswer", at, DestUniqueid=channel.uniqueid)
    headers = {"DialStatus": status} | ({"Forward": forward} if forward else {})
    yield frame("DialEnd", at, DestUniqueid=channel.uniqueid, **headers)
