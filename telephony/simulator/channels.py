"""Channels and bridges of the fake switch, and the headers Asterisk describes them with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from telephony.simulator.bus import escape

DOWN, RING, RINGING, UP = 0, 4, 5, 6
STATE_TEXT = {DOWN: "Down", RING: "Ring", RINGING: "Ringing", UP: "Up"}
CAUSES = {
    0: "Unknown",
    16: "Normal Clearing",
    17: "User busy",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    21: "Call Rejected",
    26: "Answered elsewhere",
}

SIP_ANSWERS = {17: "486", 19: "480", 21: "603"}

Fields = list[tuple[str, str]]


class Work(Protocol):
    """What a channel is busy with: waiting in a queue, dialling, talking …"""

    def answered(self, channel: Channel) -> None:
        """The device behind this ringing channel picked up."""

    def gone(self, channel: Channel, cause: int) -> None:
        """This channel's party hung up (or a manager did it); end what depends on it."""

    def taken_out(self, channel: Channel) -> None:
        """A manager sends this channel elsewhere; let go of it without hanging it up."""


class Party(Protocol):
    """The person or device behind a channel."""

    def accepts(self, channel: Channel) -> bool:
        """False: busy, it does not even ring."""

    def rung(self, channel: Channel) -> None: ...

    def connected(self, channel: Channel) -> None: ...

    def ended(self, channel: Channel) -> None: ...


@dataclass(eq=False, slots=True)
class Channel:
    name: str
    interface: str
    uniqueid: str
    linkedid: str
    context: str
    exten: str
    state: int = DOWN
    priority: int = 1
    number: str = ""
    caller_name: str = ""
    connected_number: str = ""
    connected_name: str = ""
    language: str = "en"
    variables: dict[str, str] = field(default_factory=dict)
    bridge: Bridge | None = None
    work: Work | None = None
    party: Party | None = None
    application: str = ""
    application_data: str = ""
    created_at: float = 0.0
    holding: bool = False  # this party has put the other on hold
    held: bool = False  # and this one has been put there
    muted: bool = False
    cause: int = 0  # known once somebody said one; told when it hangs up
    tech_cause: str = ""  # SIP's answer, when it refused
    gone: bool = False
    shown_by: Channel | None = None  # of a Local channel's half ;2: half ;1, which shows its state
    keys: str = ""  # sent lately, and not an order yet
    keys_until: float = 0.0

    def headers(self, prefix: str = "") -> Fields:
        return [
            (f"{prefix}Channel", self.name),
            (f"{prefix}ChannelState", str(self.state)),
            (f"{prefix}ChannelStateDesc", STATE_TEXT[self.state]),
            (f"{prefix}CallerIDNum", self.number or "<unknown>"),
            (f"{prefix}CallerIDName", escape(self.caller_name) or "<unknown>"),
            (f"{prefix}ConnectedLineNum", self.connected_number or "<unknown>"),
            (f"{prefix}ConnectedLineName", escape(self.connected_name) or "<unknown>"),
            (f"{prefix}Language", self.language),
            (f"{prefix}AccountCode", ""),
            (f"{prefix}Context", self.context),
            (f"{prefix}Exten", self.exten),
            (f"{prefix}Priority", str(self.priority)),
            (f"{prefix}Uniqueid", self.uniqueid),
            (f"{prefix}Linkedid", self.linkedid),
        ]


@dataclass(eq=False, slots=True)
class Bridge:
    uniqueid: str
    channels: list[Channel] = field(default_factory=list)
    technology: str = "simple_bridge"

    def headers(self, prefix: str = "") -> Fields:
        return [
            (f"{prefix}BridgeUniqueid", self.uniqueid),
            (f"{prefix}BridgeType", "basic"),
            (f"{prefix}BridgeTechnology", self.technology),
            (f"{prefix}BridgeCreator", "<unknown>"),
            (f"{prefix}BridgeName", "<unknown>"),
            (f"{prefix}BridgeNumChannels", str(len(self.channels))),
            (f"{prefix}BridgeVideoSourceMode", "none"),
        ]
