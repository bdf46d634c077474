"""All scenarios, by name."""

from tests.record.scenarios import (
    breaks,
    consulting,
    incoming,
    outgoing,
    outside_more,
    parking,
    returning,
    supervising,
    transfers,
    transfers_more,
)
from tests.record.scenarios.table import SCENARIOS, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "breaks",
    "consulting",
    "incoming",
    "outgoing",
    "outside_more",
    "parking",
    "returning",
    "supervising",
    "transfers",
    "transfers_more",
]
