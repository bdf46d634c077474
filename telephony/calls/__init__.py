"""Channels, bridges and queue entries → calls. Pure: frames in, events out.

Read `transitions` first (the table), then `tracker` (which frame goes where), then `model`.
"""

from telephony.calls.model import LiveCall, LiveLeg, OpenCall
from telephony.calls.resync import ResyncSnapshot
from telephony.calls.topology import Topology
from telephony.calls.tracker import CallTracker, TrackerCounters

__all__ = [
    "CallTracker",
    "LiveCall",
    "LiveLeg",
    "OpenCall",
    "ResyncSnapshot",
    "Topology",
    "TrackerCounters",
]
