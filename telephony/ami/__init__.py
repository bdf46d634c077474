"""The manager interface of Asterisk, behind `telephony.switch.Switch`.

    bytes ─ protocol (frames) ─┬─ wanted event ─▶ switch ─ CallTracker ─▶ listeners
                               └─ response ─▶ panoramisk ─▶ whoever asked (link)

`protocol` is panoramisk's, hardened; `link` is one connection from handshake to end; `session`
keeps one alive with back-off; `switch` turns orders into actions. docs/decisions says why.
"""

from telephony.ami.config import AmiConfig, AmiStats
from telephony.ami.switch import AmiSwitch

__all__ = ["AmiConfig", "AmiStats", "AmiSwitch"]
