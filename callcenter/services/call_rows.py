"""Rows of the call log as the records that screens get."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from callcenter.services.directory import Directory
from callcenter.services.records import CallDetail, CallRow, LegRow, TransferRow, VisitRow
from callcenter.store.queries import AnyRow
from callcenter.store.queries.calls import Parts


def row(found: AnyRow, directory: Directory) -> CallRow:
    number = directory.number(found.number)
    return CallRow(
        id=found.id,
        direction=found.direction,
        result=found.result,
        number=number.norm,
        display=number.display,
        caller_name=found.caller_name,
        dialled=found.dialled,
        queues=tuple(found.queues),
        started_at=found.started_at,
        answered_at=found.answered_at,
        ended_at=found.ended_at,
        wait_s=found.wait_s,
        connected_s=found.connected_s,
        party_id=found.party_id,
        party_name=found.party_name or "",
        match=found.match,
        ticket_id=found.ticket_id,
        ticket_number=found.ticket_number,
        agent=found.agent or "",
        note=found.note,
        disposition_id=found.disposition_id,
        disposition=found.disposition,
        tags=tuple(found.tags),
        inferred=found.inferred,
        recovered=found.recovered,
        from_history=found.from_history,
        version=found.version,
    )


def detail(found: AnyRow, parts: Parts, directory: Directory) -> CallDetail:
    return CallDetail(
        **asdict(row(found, directory)),
        legs=tuple(
            LegRow(
                role=leg.role,
                agent=leg.agent or "",
                interface=leg.interface,
                result=leg.result,
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                ring_s=leg.ring_s,
                connected_s=leg.connected_s,
                talk_s=leg.talk_s,
                hold_s=leg.hold_s,
                consult_s=leg.consult_s,
                wrap_s=leg.wrap_s,
                wait_s=leg.wait_s,
                cause=leg.cause,
                ended_by=leg.ended_by or "",
            )
            for leg in parts.legs
        ),
        transfers=tuple(
            TransferRow(
                kind=one["kind"],
                by=one["by"],
                to=one["to"],
                at=datetime.fromisoformat(one["at"]),
            )
            for one in found.transfers
        ),
        visits=tuple(
            VisitRow(
                queue=visit.queue,
                joined_at=visit.joined_at,
                left_at=visit.left_at,
                wait_s=visit.wait_s,
                outcome=visit.outcome,
                priority=visit.priority,
            )
            for visit in parts.visits
        ),
        linked=tuple(row(one, directory) for one in parts.linked),
        pbx=found.pbx,
        cost_centre=found.cost_centre,
    )
