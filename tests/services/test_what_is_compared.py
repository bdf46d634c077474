"""Whatever of a call is wrong in our log, the comparison says so; or it says why it cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from callcenter.services import places
from callcenter.services.reconciliation import Reconciliation, Records
from callcenter.store.database import Database
from callcenter.store.queries import history
from telephony.calls import Topology
from telephony.events import (
    CallEnded,
    CallLog,
    CallResult,
    Direction,
    EndCause,
    LegLog,
    LegResult,
    LegRole,
    QueueVisit,
    TransferKind,
    TransferLog,
    VisitOutcome,
    call_id_for,
)
from tests.fakes import START, FakeHistory
from tests.services.log_house import PBX, opened, two_agents

LATER = timedelta(seconds=3)

# Of our log alone: CEL has no such field.
CANNOT_KNOW: Final = {
    "CallLog.inferred": "how we came to know of its end, not what happened",
    "CallLog.recovered": "whether one process of ours saw all of it",
    "CallLog.from_history": "whether we made it of CEL ourselves",
}

Change = tuple[Callable[[Any], Any], set[str]]


def set_to(value: object, *kinds: str) -> Change:
    return lambda _: value, set(kinds)


def late(*kinds: str) -> Change:
    return lambda value: value + (3.0 if isinstance(value, float) else LATER), set(kinds)


CHANGES: Final[dict[str, Change]] = {
    "CallLog.pbx": set_to("pbx9", "missing"),
    "CallLog.call_id": (lambda one: UUID(int=one.int ^ 1), {"missing", "extra"}),
    "CallLog.uniqueid": (lambda one: f"{one}9", {"parties"}),
    "CallLog.direction": set_to(Direction.OUTBOUND, "direction"),
    "CallLog.result": set_to(CallResult.ABANDONED, "result"),
    "CallLog.caller": set_to("13900139000", "parties"),
    "CallLog.caller_name": set_to("ZHANG", "parties"),
    "CallLog.dialled": set_to("4008004321", "parties"),
    "CallLog.queues": set_to(("sales",), "queue"),
    "CallLog.started_at": late("times"),
    "CallLog.answered_at": late("times"),
    "CallLog.ended_at": late("times"),
    "CallLog.wait_s": late("waits"),
    "CallLog.connected_s": late("times"),
    "CallLog.legs": (lambda legs: legs[1:], {"legs"}),
    "CallLog.transfers": set_to((), "transfers"),
    "CallLog.linked": set_to((), "links"),
    "CallLog.visits": (lambda visits: (*visits, *visits), {"queue"}),
    "LegLog.leg_id": (lambda one: f"{one}9", {"legs"}),
    "LegLog.interface": set_to("PJSIP/1002", "parties"),
    "LegLog.role": set_to(LegRole.SUPERVISOR, "legs"),
    "LegLog.result": set_to(LegResult.CANCELLED, "legs"),
    "LegLog.started_at": late("times"),
    "LegLog.answered_at": late("times"),
    "LegLog.ended_at": late("times"),
    "LegLog.ring_s": late("times"),
    "LegLog.connected_s": late("times"),
    "LegLog.talk_s": late("times"),
    "LegLog.hold_s": late("times"),
    "LegLog.consult_s": late("times"),
    "LegLog.ended_by": set_to(LegRole.CUSTOMER, "ended_by"),
    "LegLog.wait_s": late("times"),
    "LegLog.cause": set_to(EndCause.HUNG_UP, "ended_by"),
    "QueueVisit.queue": set_to("sales", "queue"),
    "QueueVisit.joined_at": late("waits"),
    "QueueVisit.left_at": late("waits"),
    "QueueVisit.wait_s": late("waits"),
    "QueueVisit.outcome": set_to(VisitOutcome.MOVED, "queue"),
    "QueueVisit.priority": set_to(0, "queue"),
    "TransferLog.kind": set_to(TransferKind.ATTENDED, "transfers"),
    "TransferLog.by": set_to("PJSIP/1002", "transfers"),
    "TransferLog.to": set_to("8002", "transfers"),
    "TransferLog.at": late("transfers"),
}


def call(uniqueid: str) -> CallLog:
    """From a queue to an agent, who passes it on."""
    at = START + timedelta(hours=1)
    answered, ended = at + timedelta(seconds=10), at + timedelta(seconds=70)
    agent = LegLog(
        leg_id=f"{uniqueid}1",
        interface="PJSIP/1001",
        role=LegRole.AGENT,
        result=LegResult.ANSWERED,
        started_at=at + timedelta(seconds=5),
        answered_at=answered,
        ended_at=ended,
        ring_s=5.0,
        connected_s=60.0,
        talk_s=40.0,
        hold_s=15.0,
        consult_s=5.0,
        ended_by=LegRole.AGENT,
        cause=EndCause.TRANSFERRED,
    )
    customer = replace(agent, leg_id=uniqueid, interface="PJSIP/carrier", role=LegRole.CUSTOMER)
    return CallLog(
        pbx=PBX,
        call_id=call_id_for(PBX, uniqueid),
        uniqueid=uniqueid,
        direction=Direction.INBOUND,
        result=CallResult.ANSWERED,
        caller="13800138000",
        caller_name="WANG",
        dialled="4008001234",
        queues=("support",),
        started_at=at,
        answered_at=answered,
        ended_at=ended,
        wait_s=10.0,
        connected_s=60.0,
        legs=(agent, replace(customer, wait_s=10.0)),
        transfers=(TransferLog(TransferKind.BLIND, "PJSIP/1001", "8001", ended),),
        linked=(UUID(int=77),),
        visits=(QueueVisit("support", at, answered, 10.0, VisitOutcome.ANSWERED, 5),),
    )


def changed(whole: CallLog, what: str, change: Callable[[Any], Any]) -> CallLog:
    kind, _, name = what.partition(".")
    if kind == "CallLog":
        return replace(whole, **{name: change(getattr(whole, name))})
    place = {"LegLog": "legs", "QueueVisit": "visits", "TransferLog": "transfers"}[kind]
    first, *others = getattr(whole, place)
    values: dict[str, Any] = {name: change(getattr(first, name))}
    together: dict[str, Any] = {place: (replace(first, **values), *others)}
    return replace(whole, **together)


def test_every_field_of_a_call_is_compared_or_said_to_be_unknowable() -> None:
    kinds = (CallLog, LegLog, QueueVisit, TransferLog)
    every = {f"{kind.__name__}.{one.name}" for kind in kinds for one in fields(kind)}
    assert every == CHANGES.keys() | CANNOT_KNOW.keys()
    assert not CHANGES.keys() & CANNOT_KNOW.keys()


async def test_whatever_is_wrong_in_our_log_is_reported(database: Database, tmp_path: Path) -> None:
    record = FakeHistory()
    cases = {f"8.{number}0": what for number, what in enumerate(["nothing", *CHANGES])}
    async with opened(database, tmp_path / "journal") as house:
        await two_agents(database)
        async with database.begin() as connection:
            await history.put_known_from(connection, PBX, START)
        for uniqueid, what in cases.items():
            theirs = call(uniqueid)
            change, _ = CHANGES.get(what, (None, ()))
            ours = changed(theirs, what, change) if change else theirs
            record.logs.append(theirs)
            house.hand(CallEnded(ours.pbx, ours.call_id, 0, ours.ended_at, ours))
        await house.log.caught_up()
        assert house.log.refused == 0
        records = Records(PBX, record, record.rebuild, Topology())
        work = Reconciliation(records, database, house.clock)
        report = await work.run(START, START + timedelta(hours=3))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in report.differences:
        found[cases[one.uniqueid if one.uniqueid in cases else one.uniqueid[:-1]]].add(one.kind)
    assert dict(found) == {what: kinds for what, (_, kinds) in CHANGES.items()}


async def test_which_part_of_a_talk_was_on_hold_is_not_compared(
    database: Database, tmp_path: Path
) -> None:
    """Older switches write no holds: only their sum with the talk and the consultation is known."""
    theirs = call("9.1")
    agent, customer = theirs.legs
    held = replace(agent, talk_s=10.0, hold_s=50.0, consult_s=0.0)
    ours = replace(theirs, legs=(held, customer))
    record = FakeHistory(logs=[theirs])
    async with opened(database, tmp_path / "journal") as house:
        async with database.begin() as connection:
            await history.put_known_from(connection, PBX, START)
        await house.tell([CallEnded(PBX, ours.call_id, 0, ours.ended_at, ours)])
        work = Reconciliation(
            Records(PBX, record, record.rebuild, Topology()), database, house.clock
        )
        report = await work.run(START, START + timedelta(hours=3))
    assert (report.calls, report.differences) == (1, [])


async def test_devices_of_a_further_switch_go_by_its_own_names(
    database: Database, tmp_path: Path
) -> None:
    """Our log says which switch they are of; the switch does not."""
    theirs = replace(call("7.1"), pbx="pbx2", call_id=call_id_for("pbx2", "7.1"))
    handed = replace(theirs.transfers[0], kind=TransferKind.ATTENDED, to="PJSIP/1002")
    theirs = replace(theirs, transfers=(*theirs.transfers, handed))
    record = FakeHistory(logs=[theirs])
    ours = places.of_switch("pbx2", CallEnded("pbx2", theirs.call_id, 0, theirs.ended_at, theirs))
    async with opened(database, tmp_path / "journal") as house:
        async with database.begin() as connection:
            await history.put_known_from(connection, "pbx2", START)
        await house.tell([ours])
        [agent, _] = sorted(row["interface"] for row in await house.rows("call_leg"))
        assert agent == "pbx2:PJSIP/1001"
        work = Reconciliation(
            Records("pbx2", record, record.rebuild, Topology()), database, house.clock
        )
        report = await work.run(START, START + timedelta(hours=3))
    assert (report.calls, report.differences) == (1, [])
