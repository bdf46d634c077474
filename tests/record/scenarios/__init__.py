"""All scenarios, by name."""

from tests.record.scenarios import incoming, outgoing, transfers
from tests.record.scenarios.table import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario", "incoming", "outgoing", "transfers"]
