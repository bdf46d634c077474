"""Asterisk's own record of what happened, to hold our call log against."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CelRow:
    """One line (columns: `config/asterisk/cel_custom.conf`). `at` in Unix seconds."""

    event: str
    at: float
    uniqueid: str
    linkedid: str
    channel: str
    app: str
    bridge: str = ""  # that is entered or left


def read_cel(path: Path) -> list[CelRow]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            CelRow(row[0], float(row[1]), row[2], row[3], row[4], row[9], _bridge(row))
            for row in csv.reader(file)
            if len(row) >= 10
        ]


def _bridge(row: list[str]) -> str:
    if not row[0].startswith("BRIDGE_") or len(row) < 13:
        return ""
    return str(json.loads(row[12]).get("bridge_id", ""))


@dataclass(frozen=True)
class Witnessed:
    """Seconds, as the switch saw one queued and answered call."""

    wait_s: float  # joined the queue … the agent answered
    ring_s: float
    connected_s: float  # in a bridge with the agent


def witness(rows: list[CelRow], caller: str, agent: str) -> Witnessed:
    """What happened between the caller's channel and the agent's (Uniqueids)."""

    def first(event: str, uniqueid: str, app: str = "") -> float:
        return next(
            row.at
            for row in rows
            if (row.event, row.uniqueid) == (event, uniqueid) and app in ("", row.app)
        )

    answered = first("ANSWER", agent)
    return Witnessed(
        wait_s=answered - first("APP_START", caller, "Queue"),
        ring_s=answered - first("CHAN_START", agent),
        connected_s=first("BRIDGE_EXIT", agent) - first("BRIDGE_ENTER", agent),
    )
