"""All scenarios, by name."""

from tests.record.scenarios import (
    breaks,
    consulting,
    crowds,
    incoming,
    names,
    outgoing,
    outside_more,
    parking,
    queues_more,
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
    "crowds",
    "incoming",
    "names",
    "outgoing",
    "outside_more",
    "parking",
    "queues_more",
    "returning",
    "supervising",
    "transfers",
    "transfers_more",
]
