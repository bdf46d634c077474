"""What happens in each recording. The seconds here are what the expected logs are checked with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.record.stage import Stage

Scenario = Callable[[Stage], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}

# Numbers of our own that only the recordings' dialplan has.
MAY_TRANSFER = "5001"  # a queue whose agents may use the switch's own transfer key
PICKUP = "5003"  # takes what rings at 2001
RING_FIRST = "5002"  # rings 2001 before the queue
CUSTOMER = "13800138000"  # the carrier's own number
VOICEMAIL = "5600"  # the mailbox of 2001
LISTEN = "5004"  # who dials it listens to 2001
PARK = "7000"  # parks whom one sends there, at 7001
AMD = "5005"  # asks whether a person has answered
ABROAD = "13900139000"  # somebody the agents call


def scenario(play: Scenario) -> Scenario:
    SCENARIOS[play.__name__] = play
    return play
