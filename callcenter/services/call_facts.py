"""What is compared of a call, from either side: our log's rows, and the switch's record."""

from __future__ import annotations

from collections.abc import Sequence

from callcenter.domain.reconciliation import CallFacts, LegFacts, StayFacts
from callcenter.store.queries import AnyRow
from telephony.events import CallLog


def of_log(log_: CallLog) -> CallFacts:
    return CallFacts(
        call_id=log_.call_id,
        uniqueid=log_.uniqueid,
        direction=str(log_.direction),
        result=str(log_.result),
        started_at=log_.started_at,
        answered_at=log_.answered_at,
        ended_at=log_.ended_at,
        wait_s=log_.wait_s,
        queues=tuple(log_.queues),
        legs=tuple(
            LegFacts(
                leg_id=leg.leg_id,
                role=str(leg.role),
                result=str(leg.result),
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                connected_s=leg.connected_s,
            )
            for leg in log_.legs
        ),
        stays=tuple(StayFacts(one.queue, one.wait_s, str(one.outcome)) for one in log_.visits),
    )


def of_rows(row: AnyRow, legs: Sequence[AnyRow], visits: Sequence[AnyRow]) -> CallFacts:
    """Of `call`, and its rows of `call_leg` and `queue_visit`."""
    return CallFacts(
        call_id=row.id,
        uniqueid=row.uniqueid,
        direction=row.direction,
        result=row.result,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        wait_s=row.wait_s,
        queues=tuple(row.queues),
        legs=tuple(
            LegFacts(
                leg_id=leg.uniqueid,
                role=leg.role,
                result=leg.result,
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                connected_s=leg.connected_s,
            )
            for leg in legs
        ),
        stays=tuple(StayFacts(one.queue, one.wait_s, one.outcome) for one in visits),
    )
