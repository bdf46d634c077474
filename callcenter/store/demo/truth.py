"""Why each leg of a demo call ended, how its stays in queues did, and which calls nobody saw whole:
as the tracker and the switch's own record would have told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from callcenter.store.demo.people import Row
from callcenter.store.ids import default_id
from telephony.events import EndCause, VisitOutcome

_MOVED, _AGENT_HANGS_UP = 0.05, 0.35  # shares of the answered calls
_INFERRED, _RECOVERED = 0.003, 0.01

_CAUSES: Final = {
    "answered": EndCause.HUNG_UP,
    "abandoned": EndCause.CALLER_LEFT,
    "no_answer": EndCause.NOT_PICKED_UP,
    "busy": EndCause.BUSY,
}


def tell(random: Random, calls: Iterable[Row], legs: Iterable[Row]) -> list[Row]:
    """Into the calls and legs themselves. Gives the stays in queues."""
    of_call: dict[UUID, list[Row]] = defaultdict(list)
    for leg in legs:
        of_call[leg["call_id"]].append(leg)
    visits: list[Row] = []
    for call in calls:
        _mark(random, call, of_call[call["id"]])
        _end(random, call, of_call[call["id"]])
        visits += _visits(random, call)
    return visits


def _mark(random: Random, call: Row, legs: list[Row]) -> None:
    """Some ended while the line to the switch was cut, or while the server was away."""
    chance = random.random() if call["result"] == "answered" else 1.0
    recovered = _INFERRED <= chance < _INFERRED + _RECOVERED
    call |= {"inferred": chance < _INFERRED, "recovered": recovered, "from_history": recovered}
    if recovered:
        for leg in legs:  # a hold is not in the switch's record: it is talk
            leg |= {"talk_s": leg["connected_s"], "hold_s": 0.0}


def _end(random: Random, call: Row, legs: list[Row]) -> None:
    answered = call["result"] == "answered"
    ender = "agent" if random.random() < _AGENT_HANGS_UP else "customer"
    calling = "agent" if call["direction"] == "outbound" else "customer"
    for leg in legs:
        cause = _CAUSES[leg["result"]]
        leg |= {"cause": cause, "ended_by": ender if answered else None, "wait_s": 0.0}
        if call["inferred"]:
            leg |= {"cause": EndCause.LOST, "ended_by": None}
        if leg["role"] == calling:  # it waits, and its own telephone does not ring
            leg |= {"wait_s": call["wait_s"], "ring_s": 0.0}


def _visits(random: Random, call: Row) -> Iterator[Row]:
    """One stay, or two: whoever nobody of sales took in time went on to where they were helped."""
    if not call["queues"]:
        return
    answered = call["result"] == "answered"
    outcome = VisitOutcome.ANSWERED if answered else VisitOutcome.ABANDONED
    stays = [(call["queues"][0], call["wait_s"], outcome)]
    if answered and random.random() < _MOVED:
        first_s = round(call["wait_s"] / 2, 1)
        stays[0:0] = [("sales", first_s, VisitOutcome.TIMED_OUT)]
        stays[1] = (stays[1][0], round(call["wait_s"] - first_s, 1), outcome)
        call["queues"] = [queue for queue, _, _ in stays]
    at = call["started_at"]
    for position, (queue, wait_s, how) in enumerate(stays):
        left_at = at + timedelta(seconds=wait_s)
        yield {
            "call_id": call["id"],
            "position": position,
            "queue": queue,
            "queue_id": default_id("queue", queue),
            "joined_at": at,
            "left_at": left_at,
            "wait_s": wait_s,
            "outcome": how,
        }
        at = left_at
