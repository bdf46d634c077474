"""What an AMI connection needs to know, and what it counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AmiConfig:
    """Where the manager is and how patient we are. Times in seconds.

    A dead peer is noticed after at most `heartbeat_s + heartbeat_deadline_s` (≤ 10 s).
    """

    host: str
    port: int
    username: str
    secret: str
    tls: bool = False
    tls_ca_file: str = ""  # PEM of the authority that signed the manager's certificate
    pbx: str = "pbx1"
    connect_timeout_s: float = 5.0  # TCP, TLS and greeting together
    action_timeout_s: float = 5.0
    list_timeout_s: float = 10.0
    heartbeat_s: float = 4.0
    heartbeat_deadline_s: float = 4.0
    backoff_first_s: float = 0.5
    backoff_max_s: float = 15.0
    held_most: int = 50_000  # frames that wait for a resync; more are dropped, and it is done anew
    strangers_few: int = 10  # events about channels never seen, before the state is read anew
    resync_pause_s: float = 30.0  # between resyncs for the sake of strangers, at least
    report_every_s: float = 60.0  # one line in the log when something went wrong meanwhile
    consult_context: str = "crm-consult"  # where the dialplan dials whom an agent consults

    def __repr__(self) -> str:
        """Without the secret: a config ends up in logs and tracebacks."""
        return f"AmiConfig({self.username}@{self.host}:{self.port}, pbx={self.pbx!r})"


@dataclass(slots=True)
class AmiStats:
    """Counted since the process began. Everything from `malformed` on is trouble."""

    events: int = 0  # that happened, wanted or not; items of lists are none
    wanted: int = 0
    connects: int = 0
    last_event_age_s: float = -1.0  # -1: none yet
    resyncs: int = 0  # also those without a new connection
    last_resync_at: datetime | None = None
    last_resync_ms: float = 0.0  # from asking for events to the last of those that waited
    strangers: int = 0  # events about channels never seen
    clock_skew_s: float = 0.0  # the switch's clock minus ours
    lag_ms: float = 0.0  # from the switch's Timestamp to us, median of the last minute
    events_by_s: tuple[int, ...] = ()  # those we read, in the last 60 seconds, the oldest first
    malformed: int = 0
    overflows: int = 0  # more waited for a resync than is kept: some were dropped
    dropped: int = 0  # frames, in overflows
    oversized: int = 0
    undecodable: int = 0
    stray_responses: int = 0  # an answer after its deadline, or to nobody
    bad_responses: int = 0  # panoramisk could not read it
    tracker_errors: int = 0
    listener_errors: int = 0
    timeouts: int = 0
    reconnects: int = 0
    failed_connects: int = 0

    def troubles(self) -> dict[str, int]:
        """The counters that stay 0 on a healthy switch."""
        counted = asdict(self)
        names = list(counted)
        return {name: counted[name] for name in names[names.index("malformed") :]}
