"""A fake switch for the demo, the tests and the benches; it says so in its version.

    traffic, place_call ─▶ world (board, queues, dialplan, parties) ─▶ bus ─▶ session ─▶ AMI bytes
    AMI actions ─▶ session ─▶ call_, queue_, system_actions ─▶ world

`board` moves channels, `queues`, `talks`, `dialing` are what channels are busy with, `parties` are
the people behind them. Sequences and headers are those of tests/recordings.
"""

from telephony.simulator.config import (
    Account,
    CallerHabits,
    QueueConfig,
    SimulatorConfig,
)
from telephony.simulator.simulator import Simulator

__all__ = ["Account", "CallerHabits", "QueueConfig", "Simulator", "SimulatorConfig"]
