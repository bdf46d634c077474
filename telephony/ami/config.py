"""What an AMI connection needs to know, and what it counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass


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
    malformed: int = 0
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
