"""What the fake switch is made of. Times in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "22.10.1 callcenter-simulator"
BANNER = "Asterisk Call Manager/11.0.0"
ALL_PERMISSIONS = frozenset({"system", "call", "agent", "user", "reporting", "originate"})


@dataclass(frozen=True, slots=True)
class Account:
    """A manager user, and what it may write (`manager.conf`)."""

    secret: str
    write: frozenset[str] = ALL_PERMISSIONS


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """As in queues.conf. `ring_s`: how long one member rings; `retry_s`: pause before the next."""

    name: str
    strategy: str = "leastrecent"  # or ringall
    ring_s: float = 15.0
    retry_s: float = 1.0
    wrapup_s: float = 0.0


DEFAULT_QUEUES = (QueueConfig("support"), QueueConfig("sales"), QueueConfig("vip"))


@dataclass(frozen=True, slots=True)
class CallerHabits:
    """How simulated callers behave; each value is drawn evenly between the two bounds."""

    patience_s: tuple[float, float] = (40.0, 120.0)  # in the queue, before hanging up
    impatient_s: tuple[float, float] = (6.0, 15.0)  # the same for the few who hardly wait
    impatient_share: float = 0.1
    talk_s: tuple[float, float] = (30.0, 90.0)  # then the caller hangs up
    pause_s: tuple[float, float] = (6.0, 10.0)  # between calls while an agent is free
    unknown_share: float = 0.15  # numbers that are nobody's
    withheld_share: float = 0.05
    anyway_share: float = 0.05  # calls though nobody is free


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """`calls_per_s` > 0 places calls evenly, whatever the agents do; 0 follows the agents'
    readiness (`habits.pause_s`). Neither happens before `Simulator.begin_traffic`.

    `callers`: (number, name as the carrier presents it) of those who call, drawn by `seed`; some
    unknown and withheld numbers call as well. `first` are those who call before them, in order.
    `colleagues`: how many of the last phones belong to simulated colleagues, who sign in to
    `colleague_queues` themselves and answer after a few seconds.
    `answering` are phones of people who are at hand though no queue rings them: they answer after a
    few seconds, so that somebody can be consulted or given a call.
    `auto_answer_s` ≥ 0: every phone answers by itself that long after it began to ring.
    """

    agents: int | tuple[str, ...] = 10  # a count makes PJSIP/1001 …
    queues: tuple[QueueConfig, ...] = DEFAULT_QUEUES
    default_queue: str = "support"
    dids: tuple[str, ...] = ("4001002000",)
    first: Sequence[tuple[str, str]] = ()
    callers: Sequence[tuple[str, str]] = ()
    calls_per_s: float = 0.0
    seed: int = 1
    habits: CallerHabits = CallerHabits()
    colleagues: int = 0
    colleague_queues: tuple[str, ...] = ("support",)
    answering: tuple[str, ...] = ()
    auto_answer_s: float = -1.0
    noise_per_s: float = 0.0  # VarSet and Newexten besides the calls' own events
    agi_host: str = "127.0.0.1"
    agi_port: int = 0  # 0: nobody is asked, callers go to the default queue
    agi_timeout_s: float = 1.0
    filters: bool = True  # False: Filter is refused, as before Asterisk 20.8, and all events go out
    ring_first_s: float = 12.0  # before the queue, for a caller with an agent of their own
    return_s: float = 15.0  # how long an agent whose telephone vanished in mid-call is rung again
    recordings: Path | None = None  # the monitor folder; None: nothing is written
    trunk: str = "PJSIP/carrier"
    country_code: str = "86"
    accounts: dict[str, Account] = field(
        default_factory=lambda: {"callcenter": Account("callcenter")}
    )

    @property
    def interfaces(self) -> tuple[str, ...]:
        if isinstance(self.agents, int):
            return tuple(f"PJSIP/{1001 + number}" for number in range(self.agents))
        return self.agents
