"""Is a call log true? Compared with what the parties did and with what Asterisk itself recorded.

Neither comes from the tracker: the parties wrote down when they rang, answered, held and left
(`sip.Dialog.journal`), and CEL is written inside the switch.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from telephony.events import CallLog, LegLog, LegRole
from tests.record.sip import Dialog

TOLERANCE = 0.15  # seconds: two processes, and SIP between them
# A leg is ended by these, whatever the phone does afterwards.
_ENDS = ("refer", "bye", "hang_up", "cancelled", "refuse", "cancel")


def differences(logs: Sequence[CallLog], dialogs: Sequence[Dialog], cel: str) -> list[str]:
    """One line per figure that is wrong; empty when all is well. A supervisor's stay is not a
    channel's life: only their story checks it."""
    everyone = [leg for log in logs for leg in log.legs]
    legs = [leg for leg in everyone if leg.role is not LegRole.SUPERVISOR]
    listened = {leg.interface for leg in everyone if leg.role is LegRole.SUPERVISOR}
    found: list[str] = []
    matched: set[str] = set()
    byes: dict[str, float] = {}
    for dialog in dialogs:
        leg = _leg_of(dialog, legs, matched)
        if leg is None:
            if (
                "call" not in dialog.journal[0][1] and dialog.party.interface not in listened
            ):  # a consultation's caller is folded
                found.append(f"no leg for {dialog.party.user} {dialog.journal}")
            continue
        matched.add(leg.leg_id)
        byes.update((leg.leg_id, when) for when, what in dialog.journal if what == "bye")
        found += _against_journal(dialog, leg)
    dead = {dialog.party.interface for dialog in dialogs if dialog.party.gone}
    channels = _read_cel(cel)
    for leg_id, bye in byes.items():
        # Handed over while it rang: the switch has hung up on the agent, and keeps the channel.
        channels[leg_id].ended = min(bye, channels[leg_id].ended or bye)
    found += [
        f"a leg nobody was: {leg}"
        for leg in legs
        # The agent of a consultation that the switch holds is a Local channel there, no phone.
        if leg.leg_id not in matched and not channels[leg.leg_id].name.startswith("Local/")
        # A telephone that went dead is rung all the same.
        if leg.interface not in dead
    ]
    for leg in legs:
        found += _against_cel(leg, channels)
    return found


def _leg_of(dialog: Dialog, legs: Sequence[LegLog], taken: set[str]) -> LegLog | None:
    began = dialog.journal[0][0]
    near = [
        leg
        for leg in legs
        if leg.interface == dialog.party.interface
        and leg.leg_id not in taken
        and abs(leg.started_at.timestamp() - began) < 1.0
    ]
    return min(near, key=lambda leg: abs(leg.started_at.timestamp() - began), default=None)


def _against_journal(dialog: Dialog, leg: LegLog) -> list[str]:
    at = {what.split()[0]: when for when, what in reversed(dialog.journal)}
    if "invited" not in at:
        return []  # who called was answered by the switch, not by a party
    end = min((at[what] for what in _ENDS if what in at), default=leg.ended_at.timestamp())
    figures = [
        ("ring_s", leg.ring_s, at.get("answer", end) - at["invited"]),
        ("connected_s", leg.connected_s, end - at["answer"] if "answer" in at else 0.0),
    ]
    if "hold" in at:
        figures.append(("hold+consult", leg.hold_s + leg.consult_s, _held(dialog, end)))
    return [
        f"{leg.interface} {name}: log {logged:.3f}, the party itself {itself:.3f}"
        for name, logged, itself in figures
        if abs(logged - itself) > TOLERANCE
    ]


def _held(dialog: Dialog, end: float) -> float:
    total, since = 0.0, None
    for when, what in dialog.journal:
        if what == "hold":
            since = when
        elif since is not None and (what == "resume" or when >= end):
            total += when - since
            since = None
    return total


@dataclass
class CelChannel:
    name: str = ""
    started: float = 0.0
    answered: float = 0.0
    ended: float = 0.0


def _read_cel(text: str) -> dict[str, CelChannel]:
    """By Uniqueid; columns as in config/asterisk/cel_custom.conf."""
    channels: dict[str, CelChannel] = defaultdict(CelChannel)
    for kind, when, uniqueid, _, name, *_ in csv.reader(text.splitlines()):
        channel = channels[uniqueid]
        if kind == "CHAN_START":
            channel.started = float(when)
            channel.name = name
        elif kind == "ANSWER" and not channel.answered:
            channel.answered = float(when)
        elif kind == "HANGUP":
            channel.ended = float(when)
    return channels


def _against_cel(leg: LegLog, channels: dict[str, CelChannel]) -> list[str]:
    channel = channels.get(leg.leg_id)
    if channel is None:
        return [f"{leg.interface} {leg.leg_id}: not in CEL"]
    found = []
    if leg.ring_s:
        ring = (channel.answered or channel.ended) - channel.started
        if abs(ring - leg.ring_s) > TOLERANCE:
            found.append(f"{leg.interface} ring_s: log {leg.ring_s:.3f}, CEL {ring:.3f}")
        if leg.answered_at is not None:
            connected = channel.ended - channel.answered
            if abs(connected - leg.connected_s) > TOLERANCE:
                found.append(
                    f"{leg.interface} connected_s: log {leg.connected_s:.3f}, CEL {connected:.3f}"
                )
    elif abs(channel.ended - leg.ended_at.timestamp()) > TOLERANCE:
        found.append(f"{leg.interface} ended_at: log {leg.ended_at}, CEL {channel.ended:.3f}")
    return found
