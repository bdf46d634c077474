"""A channel as its rows of CEL show it so far, and who it has to do with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from telephony.calls.topology import interface_of
from telephony.history.rows import CelRow
from telephony.history.survey import SAME_MOMENT_S, Life

_DIALLING = frozenset({"Dial", "Queue", "RetryDial", "FollowMe", "Page", "BridgeAdd"})


@dataclass(slots=True, eq=False)
class Channel:
    uniqueid: str
    name: str
    linkedid: str
    life: Life
    apps: list[CelRow] = field(default_factory=list)  # the applications it is in, innermost last
    bridge: str = ""
    dialler: Channel | None = None
    by_queue: bool = False
    queue: str = ""  # in which it waits
    dialled: list[Channel] = field(default_factory=list)
    mate: Channel | None = None  # the other half of a Local channel
    moved_at: float = 0.0  # out of a queue, by an order
    held_by: str = ""
    forward: str = ""  # to whom a device that it dialled has sent on

    @property
    def app(self) -> CelRow | None:
        return self.apps[-1] if self.apps else None


def dialler_of(channel: Channel, others: Iterable[Channel]) -> Channel | None:
    """Of those who dial just then in the same call the one whose Dial names its device, else
    whoever began to dial last and speaks to nobody."""
    dialling = [
        other
        for other in others
        if other is not channel
        and other.linkedid == channel.linkedid
        and other.app is not None
        and other.app.app in _DIALLING
    ]
    device = interface_of(channel.name)
    named = [other for other in dialling if _names(other.app, channel.name, device)]
    free = [other for other in named or dialling if not other.bridge]
    return max(free, key=_since, default=None)


def leaves(channel: Channel, at: float) -> bool:
    """Whether it ends just then, and it is not the dialplan that ends it."""
    life = channel.life
    gone = life.ended_at is not None and life.ended_at <= at + SAME_MOMENT_S
    return gone and not life.hung_up_by.startswith("dialplan/")


def is_over(dialler: Channel, channel: Channel, at: float) -> bool:
    """Whether the dial had found somebody else, or the one who dialled had left."""
    if leaves(dialler, at) or at - dialler.moved_at < SAME_MOMENT_S:
        return True
    return dialler.bridge != "" or any(
        other is not channel
        and other.life.answered_at is not None
        and channel.life.born_at is not None
        and channel.life.born_at <= other.life.answered_at <= at
        for other in dialler.dialled
    )


def beside(channel: Channel, all_: Collection[Channel]) -> Channel | None:
    """The only other one in its bridge; through Local channels to who is really there."""
    seen = {channel.uniqueid}
    while True:
        others = [
            other for other in all_ if other.bridge == channel.bridge and other.uniqueid not in seen
        ]
        if len(others) != 1:
            return None
        (other,) = others
        if interface_of(other.name):
            return other
        if other.mate is None or not other.mate.bridge:
            return None
        seen |= {other.uniqueid, other.mate.uniqueid}
        channel = other.mate


def _names(app: CelRow | None, channel: str, device: str) -> bool:
    """Whether a Dial's arguments name the device: ``PJSIP/2001&PJSIP/2002,30``, or a trunk behind
    a number, ``PJSIP/13900139000@carrier,60``."""
    if app is None or app.app != "Dial":
        return False
    technology, _, name = device.partition("/")
    local = channel.rpartition("-")[0]
    for target in app.data.partition(",")[0].split("&"):
        if target in {device, local} or target.startswith((f"{device}/", f"{local}/")):
            return True
        if name and target.startswith(f"{technology}/") and target.endswith(f"@{name}"):
            return True
    return False


def _since(channel: Channel) -> float:
    return channel.app.at if channel.app else 0.0
