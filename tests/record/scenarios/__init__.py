"""All scenarios, by name."""

from tests.record.scenarios import consulting, incoming, outgoing, returning, transfers
from tests.record.scenarios.table import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario", "consulting", "incoming", "outgoing", "returning", "transfers"]
