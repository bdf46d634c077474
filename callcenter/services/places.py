"""Where a device is: of the first switch its name is bare, of a further one it says which.

    PJSIP/1001          the first switch's
    pbx2:PJSIP/2001     of the switch "pbx2"

So are devices named everywhere outside telephony: in events as the house hears them, in the log, of
users. A switch itself knows only bare names.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any, Final, TypeVar

from telephony.events import CallLog, LegLog, TelephonyEvent

Event = TypeVar("Event", bound=TelephonyEvent)

_DEVICES: Final = ("interface", "by", "to")  # fields of events that name one
_LOGS: Final = "log"


def split(device: str) -> tuple[str, str]:
    """(switch, "" for the first; the name there)."""
    pbx, colon, name = device.partition(":")
    return (pbx, name) if colon and "/" not in pbx else ("", device)


def pbx_of(device: str, first: str) -> str:
    """The id of the switch that has the device; `first` is that of the first switch."""
    return split(device)[0] or first


def qualified(pbx: str, name: str) -> str:
    """A further switch's device. What is none ("", a queue, an extension) stays as it is."""
    return f"{pbx}:{name}" if "/" in name else name


def of_switch(pbx: str, event: Event) -> Event:
    """A further switch's event, as the house hears it: the same, with its devices qualified."""
    values: dict[str, Any] = {}
    kind: type = type(event)
    for name in _fields(kind):
        value = getattr(event, name)
        if isinstance(value, str):
            values[name] = qualified(pbx, value)
        elif isinstance(value, LegLog):
            values[name] = _leg(pbx, value)
        else:
            values[name] = _call(pbx, value)
    return replace(event, **values) if values else event


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.name in _DEVICES or one.name == _LOGS)


def _leg(pbx: str, log: LegLog) -> LegLog:
    return replace(log, interface=qualified(pbx, log.interface))


def _call(pbx: str, log: CallLog) -> CallLog:
    transfers = (
        replace(one, by=qualified(pbx, one.by), to=qualified(pbx, one.to)) for one in log.transfers
    )
    return replace(log, legs=tuple(_leg(pbx, leg) for leg in log.legs), transfers=tuple(transfers))
