"""Our log against what the switch recorded: what is lost, doubled, stuck or wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import RowMapping, select

from callcenter.store import tables
from callcenter.store.database import Database
from telephony.events import call_id_for
from tests.chaos.oracle import Call

NOTICED_S = 10.0  # a half-open line
TOLERANCE_S = 0.5  # the switch's threads under load: an answer, and its bridge


@dataclass
class Verdict:
    calls: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # by the product's own comparison
    kinds: Counter[str] = field(default_factory=Counter)  # live, recovered, inferred …

    @property
    def is_clean(self) -> bool:
        return not self._findings()

    def lines(self) -> list[str]:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        head = (
            f"{self.calls} calls ({kinds}): {len(self.lost)} lost, {len(self.doubled)} doubled,"
            f" {len(self.stuck)} stuck, {len(self.wrong)} wrong, {len(self.differing)} differing"
        )
        return [head, *self._findings()]

    def _findings(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.stuck, *self.wrong, *self.differing]

    def judge_lines(self, noticed: Sequence[float]) -> None:
        """How long each half-open line went unnoticed, in seconds."""
        self.wrong += [
            f"wrong: a half-open line was noticed only after {seconds:.1f} s"
            for seconds in noticed
            if seconds > NOTICED_S
        ]


async def judge(database: Database, pbx: str, recorded: Mapping[str, Call]) -> Verdict:
    """Call it when nothing goes on any more: a call without an end is stuck."""
    async with database.read() as connection:
        rows = (await connection.execute(select(tables.call))).mappings().all()
        legs = (await connection.execute(select(tables.call_leg))).mappings().all()
        stays = (await connection.execute(select(tables.queue_visit))).mappings().all()
    by_id = {row["id"]: row for row in rows}
    legs_of: dict[UUID, list[RowMapping]] = {}
    for leg in legs:
        legs_of.setdefault(leg["call_id"], []).append(leg)
    visits = Counter(stay["call_id"] for stay in stays)
    verdict = Verdict(calls=len(recorded))
    expected = set()
    for uniqueid, call in recorded.items():
        call_id = call_id_for(pbx, uniqueid)
        expected.add(call_id)
        row = by_id.get(call_id)
        if row is None:
            verdict.lost.append(f"lost: {uniqueid}, connected for {call.caller.together:.1f} s")
            continue
        _judge_call(verdict, call, row, legs_of.get(call_id, []), visits[call_id])
    verdict.doubled += [
        f"doubled: {row['uniqueid']} ({row['direction']} {row['result']})"
        for row in rows
        if row["id"] not in expected
    ]
    return verdict


def _judge_call(
    verdict: Verdict, call: Call, row: RowMapping, legs: Sequence[RowMapping], visits: int
) -> None:
    uniqueid = call.caller.uniqueid
    kind = "inferred" if row["inferred"] else "recovered" if row["recovered"] else "live"
    verdict.kinds[kind] += 1
    if row["ended_at"] is None:
        verdict.stuck.append(f"stuck: {uniqueid} has no end")
        return
    if not call.caller.ended:  # the switch died with it, and has no end of it either
        if not (row["inferred"] or row["recovered"] or call.caller.is_leaving):
            verdict.wrong.append(f"wrong: {uniqueid} ended with the switch, and we say we saw it")
        return
    if row["recovered"] and not row["from_history"] and all(phone.ended for phone in call.phones):
        verdict.wrong.append(
            f"wrong: {uniqueid} ({kind}) has gaps that the switch's record has not"
        )
        return
    answered = bool(call.phones)
    if (row["result"] == "answered") != answered:
        verdict.wrong.append(
            f"wrong: {uniqueid} is {row['result']} ({kind}), with {len(call.phones)} phones bridged"
        )
        return
    if visits != call.caller.queued:
        verdict.wrong.append(
            f"wrong: {uniqueid} ({kind}) has {visits} stays in queues, not {call.caller.queued}"
        )
    _judge_time(verdict, f"{uniqueid} ({kind}) connected", row["connected_s"], call.caller.together)
    agents = {leg["uniqueid"]: leg for leg in legs if leg["role"] == "agent"}
    verdict.wrong += [
        f"wrong: {uniqueid} ({kind}) has {leg['interface']} answer, who did not"
        for name, leg in agents.items()
        if leg["answered_at"] is not None and name not in call.answered
    ]
    for phone in call.phones:
        leg = agents.get(phone.uniqueid)
        if leg is None:
            verdict.wrong.append(f"wrong: {uniqueid} ({kind}) lacks the leg of {phone.channel}")
        elif leg["user_id"] is None:
            verdict.wrong.append(f"wrong: {uniqueid} ({kind}): nobody sat at {phone.interface}")
        else:
            spent = leg["talk_s"] + leg["hold_s"] + leg["consult_s"]
            _judge_time(verdict, f"{uniqueid} ({kind}) {phone.channel}", spent, phone.bridged)


def _judge_time(verdict: Verdict, what: str, ours: float, theirs: float) -> None:
    if abs(ours - theirs) > TOLERANCE_S:
        verdict.wrong.append(f"wrong: {what}: {ours:.1f} s, the switch says {theirs:.1f} s")
