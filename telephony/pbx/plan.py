"""What a switch is to be: the values that the templates in `config/asterisk` are filled with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from telephony.wire import WANTED

# Besides what the tracker reads: the switch's own state, and what the dialplan or a check says.
EVENTS = WANTED | {"FullyBooted", "Shutdown", "UserEvent"}

ECHO_TEST = "*43"  # what a phone dials to hear itself
FRONT_PRIORITY = 1_000_000  # in a queue: before every tier, whatever tiers are set to

_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PREFIX = re.compile(r"\+[0-9]{0,20}|[0-9]{1,20}")
_LINE = re.compile(r"[^\x00-\x1f;]*")


class BadPlan(ValueError):
    """A value cannot be written into a `.conf` file; the message names it."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """`weight`: a member of several queues is given the caller of the heaviest one first."""

    name: str
    strategy: str = "leastrecent"
    weight: int = 0
    ring_s: int = 15
    label: str = ""


@dataclass(frozen=True, slots=True)
class PhonePlan:
    """`webrtc`: a browser; otherwise a desk phone that speaks plain SIP over UDP."""

    extension: str
    secret: str
    name: str = ""
    webrtc: bool = True


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """The way to another switch of the house: a PJSIP trunk, and the phones that are there."""

    pbx: str
    trunk: str
    extensions: tuple[str, ...] = ()


DEFAULT_QUEUES = (
    QueuePlan("support", label="Support"),
    QueuePlan("sales", label="Sales"),
    QueuePlan("vip", weight=10, label="VIP"),
)


@dataclass(frozen=True, slots=True)
class PbxPlan:
    """Times in seconds. `trunk` is the outside world, ``<technology>/<name>``; `websocket_url` is
    where browsers speak SIP ("" when that is not known)."""

    ami_user: str
    ami_secret: str
    phones: tuple[PhonePlan, ...] = ()
    queues: tuple[QueuePlan, ...] = DEFAULT_QUEUES
    default_queue: str = "support"
    trunk: str = "PJSIP/carrier"
    ami_permit: tuple[str, ...] = ("127.0.0.1/255.255.255.255",)
    fastagi_host: str = "127.0.0.1"
    fastagi_port: int = 4573
    country_code: str = "86"
    outbound_caller_id: str = ""
    allowed_prefixes: tuple[str, ...] = ()  # outside numbers that a phone may dial by itself
    refused_prefixes: tuple[str, ...] = ()  # never, though a prefix above allows it
    pbx: str = "pbx1"
    links: tuple[LinkPlan, ...] = ()
    moh_directory: str = "moh"
    websocket_url: str = ""
    heartbeat_s: int = 3
    breaker_s: int = 10
    ask_s: int = 1
    ring_first_s: int = 12
    return_s: int = 15  # how long an agent who vanished in mid-call is rung again
    rtp_timeout_s: int = 20  # a browser phone that is silent for so long is gone
    events: frozenset[str] = field(default=EVENTS)

    def __post_init__(self) -> None:
        for what, words in {
            "AMI user": (self.ami_user,),
            "queue": tuple(queue.name for queue in self.queues),
            "queue strategy": tuple(queue.strategy for queue in self.queues),
            "default queue": (self.default_queue,),
            "extension": tuple(phone.extension for phone in self.phones),
            "trunk": self.trunk.partition("/")[::2],
            "switch": (self.pbx, *(link.pbx for link in self.links)),
            "trunk to a switch": tuple(link.trunk.removeprefix("PJSIP/") for link in self.links),
            "extension there": tuple(one for link in self.links for one in link.extensions),
        }.items():
            for word in words:
                if not _WORD.fullmatch(word):
                    raise BadPlan(f"{what} {word!r}: letters, digits, '_' and '-' only")
        if self.default_queue not in {queue.name for queue in self.queues}:
            raise BadPlan(f"the default queue {self.default_queue!r} is not among the queues")
        for prefix in (*self.allowed_prefixes, *self.refused_prefixes):
            if not _PREFIX.fullmatch(prefix):
                raise BadPlan(f"prefix {prefix!r}: digits, or '+' and digits")
        texts = [self.ami_secret, self.fastagi_host, self.country_code, self.outbound_caller_id]
        texts += [*self.ami_permit, self.moh_directory]
        texts += [text for phone in self.phones for text in (phone.secret, phone.name)]
        for text in texts:
            if not _LINE.fullmatch(text):
                raise BadPlan(f"{text!r}: no control characters and no ';' in a .conf file")
