"""What is compared of a call, from either side: our log's rows, and the switch's record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from callcenter.domain.call_facts import CallFacts, LegFacts, StayFacts, TransferFacts
from callcenter.services import places
from callcenter.services.log_rows import text
from callcenter.store.queries import AnyRow
from telephony.events import CallLog, LegLog, QueueVisit


def of_log(log_: CallLog) -> CallFacts:
    """Texts as they fit into our log's columns."""
    return CallFacts(
        call_id=log_.call_id,
        uniqueid=text(log_.uniqueid, 150),
        direction=str(log_.direction),
        result=str(log_.result),
        caller=text(log_.caller, 80),
        caller_name=text(log_.caller_name, 300),
        dialled=text(log_.dialled, 80),
        started_at=log_.started_at,
        answered_at=log_.answered_at,
        ended_at=log_.ended_at,
        wait_s=log_.wait_s,
        connected_s=log_.connected_s,
        queues=tuple(log_.queues),
        legs=tuple(_leg_told(leg) for leg in log_.legs),
        stays=tuple(_stay(one, str(one.outcome)) for one in log_.visits),
        transfers=tuple(
            TransferFacts(str(one.kind), one.by, one.to, one.at) for one in log_.transfers
        ),
        linked=frozenset(log_.linked),
    )


def _leg_told(leg: LegLog) -> LegFacts:
    return LegFacts(
        leg_id=text(leg.leg_id, 150),
        interface=text(leg.interface, 80),
        role=str(leg.role),
        result=str(leg.result),
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        ring_s=leg.ring_s,
        wait_s=leg.wait_s,
        connected_s=leg.connected_s,
        spoken_s=leg.talk_s + leg.hold_s + leg.consult_s,
        ended_by=str(leg.ended_by) if leg.ended_by else None,
        cause=str(leg.cause),
    )


def of_rows(row: AnyRow, legs: Sequence[AnyRow], visits: Sequence[AnyRow]) -> CallFacts:
    """Of `call`, and its rows of `call_leg` and `queue_visit`."""
    return CallFacts(
        call_id=row.id,
        uniqueid=row.uniqueid,
        direction=row.direction,
        result=row.result,
        caller=row.caller,
        caller_name=row.caller_name,
        dialled=row.dialled,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        wait_s=row.wait_s,
        connected_s=row.connected_s,
        queues=tuple(row.queues),
        legs=tuple(_leg_kept(leg) for leg in legs),
        stays=tuple(_stay(one, one.outcome) for one in visits),
        transfers=tuple(
            TransferFacts(
                one["kind"], _there(one["by"]), _there(one["to"]), datetime.fromisoformat(one["at"])
            )
            for one in row.transfers
        ),
        linked=frozenset(UUID(other) for other in row.linked),
    )


def _leg_kept(leg: AnyRow) -> LegFacts:
    return LegFacts(
        leg_id=leg.uniqueid,
        interface=_there(leg.interface),
        role=leg.role,
        result=leg.result,
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        ring_s=leg.ring_s,
        wait_s=leg.wait_s,
        connected_s=leg.connected_s,
        spoken_s=leg.talk_s + leg.hold_s + leg.consult_s,
        ended_by=leg.ended_by,
        cause=leg.cause,
    )


def _stay(one: QueueVisit | AnyRow, outcome: str) -> StayFacts:
    return StayFacts(
        text(one.queue, 60), one.wait_s, outcome, one.priority, one.joined_at, one.left_at
    )


def _there(device: str) -> str:
    """The switch's own name of a device that our log qualifies (`places`)."""
    return places.split(device)[1]
