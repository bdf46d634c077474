"""Which channel names are real devices, and which of those are the outside world."""

from __future__ import annotations

from dataclasses import dataclass

# Channels without a device behind them: halves of a Local, temporary bodies of a masquerade,
# players and recorders of a bridge.
_PSEUDO = frozenset(
    {
        "Local",
        "AsyncGoto",
        "Bridge",
        "Surrogate",
        "Message",
        "Announcer",
        "Recorder",
        "CBAnn",
        "CBRec",
        "Snoop",
        "UnicastRTP",
        "MulticastRTP",
        "Parked",
    }
)
_WITHHELD = frozenset(
    {"anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "asterisk"}
)


@dataclass(frozen=True, slots=True)
class Topology:
    """A device whose interface starts with one of `trunks` is the outside world; every other
    real device is an agent's phone. Local channels in `ignored_contexts` never make a call; those
    in `consult_contexts` are consultations that the switch holds for an agent. A customer who is
    sent to one of `return_contexts` goes back to the agent they had: that is no transfer. `links`
    are those of the trunks that lead to other switches of the house."""

    trunks: tuple[str, ...] = ("PJSIP/carrier",)
    ignored_contexts: tuple[str, ...] = ("crm-route",)
    consult_contexts: tuple[str, ...] = ("crm-consult",)
    return_contexts: tuple[str, ...] = ("crm-return",)
    links: tuple[str, ...] = ()

    def is_outside(self, interface: str) -> bool:
        return interface.startswith(self.trunks)

    def is_link(self, interface: str) -> bool:
        return interface in self.links

    def is_ignored(self, channel: str) -> bool:
        return channel.startswith("Local/") and local_context(channel) in self.ignored_contexts

    def is_consultation(self, channel: str) -> bool:
        return channel.startswith("Local/") and local_context(channel) in self.consult_contexts


def interface_of(channel: str) -> str:
    """``PJSIP/1001-0000007b`` → ``PJSIP/1001``; "" for a channel without a device."""
    technology, slash, rest = channel.partition("/")
    if not slash or technology in _PSEUDO or rest.endswith(("<MASQ>", "<ZOMBIE>")):
        return ""
    name, dash, _ = rest.rpartition("-")
    return f"{technology}/{name if dash else rest}"


def local_context(channel: str) -> str:
    """``Local/ask@crm-route-0000001f;1`` → ``crm-route``."""
    _, _, place = channel.partition("@")
    return place.rpartition("-")[0]


def local_exten(channel: str) -> str:
    """``Local/1002@crm-transfer-0000001f;1`` → ``1002``."""
    return channel.removeprefix("Local/").partition("@")[0]


def presented(number: str) -> str:
    """The caller's number as presented; "" when it is withheld."""
    return "" if number.lower() in _WITHHELD else number
