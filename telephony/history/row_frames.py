"""What AMI would have said where one row of CEL tells all of it."""

from __future__ import annotations

from collections.abc import Iterator

from telephony.history.frames import frame
from telephony.history.rows import CelRow
from telephony.wire import Frame


def of_queue(event: str, row: CelRow, queue: str) -> Frame:
    return frame(
        event,
        row.at,
        Uniqueid=row.uniqueid,
        Queue=queue,
        Context=row.context,
        Exten=row.exten,
    )


def of_bridge(event: str, row: CelRow) -> Frame:
    technology = row.extra.get("bridge_technology", "")
    kind = "base" if row.app == "ConfBridge" else "basic"
    if technology == "holding_bridge":
        kind = "holding"
    return frame(
        event,
        row.at,
        BridgeUniqueid=row.extra.get("bridge_id", ""),
        BridgeType=kind,
        Uniqueid=row.uniqueid,
        Context=row.context,
        Exten=row.exten,
    )


def blind_transfer(row: CelRow) -> Frame:
    return frame(
        "BlindTransfer",
        row.at,
        Result="Success",
        TransfererUniqueid=row.uniqueid,
        TransfererChannel=row.channel,
        TransfereeUniqueid=row.extra.get("transferee_channel_uniqueid", ""),
        Context=row.extra.get("context", ""),
        Extension=row.extra.get("extension", ""),
    )


def attended_transfer(row: CelRow, *, three: bool) -> Frame:
    facts = row.extra
    return frame(
        "AttendedTransfer",
        row.at,
        Result="Success",
        OrigTransfererUniqueid=row.uniqueid,
        SecondTransfererUniqueid=facts.get("channel2_uniqueid", ""),
        TransfereeUniqueid=facts.get("transferee_channel_uniqueid", ""),
        TransferTargetUniqueid=facts.get("transfer_target_channel_uniqueid", ""),
        TransferTargetChannel=facts.get("transfer_target_channel_name", ""),
        DestType="Threeway" if three else "Bridge",
    )


def pickup(row: CelRow) -> Iterator[Frame]:
    yield frame(
        "Pickup",
        row.at,
        Uniqueid=row.extra.get("pickup_channel_uniqueid", ""),
        TargetUniqueid=row.uniqueid,
    )
    yield frame(
        "DialEnd",
        row.at,
        DestUniqueid=row.extra.get("pickup_channel_uniqueid", ""),
        DialStatus="ANSWER",
    )


def user_event(row: CelRow) -> Frame:
    """``UserEvent(CrmQueueLeft,Queue: support,Status: FULL)`` as its arguments stand there."""
    name, *facts = row.data.split(",")
    headers: dict[str, str] = {}
    for fact in facts:
        key, colon, value = fact.partition(":")
        if colon:
            headers[key.strip()] = value.strip()
    headers |= {"UserEvent": name.strip(), "Uniqueid": row.uniqueid}
    return frame("UserEvent", row.at, **headers)
