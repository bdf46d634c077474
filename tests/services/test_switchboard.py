"""Two switches as one: who hears what, and who gets which order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from callcenter.services import places
from callcenter.services.switchboard import Switchboard
from telephony.events import (
    AgentRinging,
    CallArrived,
    CallEnded,
    CallLog,
    CallResult,
    CallTransferred,
    DeviceState,
    DeviceStateChanged,
    Direction,
    LegEnded,
    LegLog,
    LegResult,
    LegRole,
    MemberChanged,
    SwitchConnected,
    TelephonyEvent,
    TransferKind,
    TransferLog,
    call_id_for,
)
from telephony.switch import (
    ConsultOrder,
    Originate,
    PhoneOrder,
    RecordOrder,
    SwitchUnavailable,
    UnknownLeg,
)
from tests.fakes import START, FakeSwitch

CALL = call_id_for("pbx2", "1.1")
OTHER = call_id_for("pbx1", "1.1")
HERE, THERE = "PJSIP/1001", "pbx2:PJSIP/2001"


@pytest.fixture
def one() -> FakeSwitch:
    return FakeSwitch("pbx1")


@pytest.fixture
def two() -> FakeSwitch:
    return FakeSwitch("pbx2")


@pytest.fixture
def board(one: FakeSwitch, two: FakeSwitch) -> Switchboard:
    return Switchboard(one, two)


def arrived(pbx: str, call_id: UUID) -> CallArrived:
    return CallArrived(
        pbx, call_id, 1, START, "1.1", Direction.INBOUND, "13800138000", "", "400", "PJSIP/carrier"
    )


def leg(interface: str) -> LegLog:
    return LegLog(
        leg_id="1.2",
        interface=interface,
        role=LegRole.AGENT,
        result=LegResult.ANSWERED,
        started_at=START,
        answered_at=START,
        ended_at=START + timedelta(seconds=9),
        ring_s=0.0,
        connected_s=9.0,
        talk_s=9.0,
        hold_s=0.0,
        consult_s=0.0,
        ended_by=None,
    )


def ended(pbx: str, call_id: UUID) -> CallEnded:
    log = CallLog(
        pbx=pbx,
        call_id=call_id,
        uniqueid="1.1",
        direction=Direction.INBOUND,
        result=CallResult.ANSWERED,
        caller="13800138000",
        caller_name="",
        dialled="400",
        queues=("support",),
        started_at=START,
        answered_at=START,
        ended_at=START,
        wait_s=0.0,
        connected_s=9.0,
        legs=(leg("PJSIP/carrier"), leg("PJSIP/2001")),
        transfers=(
            TransferLog(TransferKind.BLIND, "PJSIP/2001", "2002", START),
            TransferLog(TransferKind.ATTENDED, "PJSIP/2001", "PJSIP/2003", START),
        ),
        linked=(),
    )
    return CallEnded(pbx, call_id, 9, START, log)


def hear(board: Switchboard) -> list[TelephonyEvent]:
    heard: list[TelephonyEvent] = []
    board.subscribe(heard.append)
    return heard


def test_what_the_first_switch_tells_is_heard_as_it_is(board: Switchboard, one: FakeSwitch) -> None:
    heard, event = hear(board), arrived("pbx1", OTHER)
    one.emit(event)
    assert heard[0] is event


def test_devices_of_a_further_switch_say_where_they_are(
    board: Switchboard, two: FakeSwitch
) -> None:
    heard = hear(board)
    for event in (
        arrived("pbx2", CALL),
        AgentRinging("pbx2", CALL, 2, START, "1.2", "PJSIP/2001", "support"),
        CallTransferred("pbx2", CALL, 3, START, TransferKind.QUEUE, "PJSIP/2001", "sales"),
        LegEnded("pbx2", CALL, 4, START, leg("PJSIP/2001")),
        DeviceStateChanged("pbx2", 5, START, "PJSIP/2001", DeviceState.INUSE),
        MemberChanged("pbx2", 6, START, "support", "PJSIP/2001", False, "", False),
        ended("pbx2", CALL),
    ):
        two.emit(event)
    came, rings, moved, left, state, member, over = heard
    assert isinstance(came, CallArrived)
    assert (came.interface, came.caller) == ("pbx2:PJSIP/carrier", "13800138000")
    assert isinstance(rings, AgentRinging)
    assert (rings.interface, rings.queue) == (THERE, "support")
    assert isinstance(moved, CallTransferred)
    assert (moved.by, moved.to) == (THERE, "sales")
    assert isinstance(left, LegEnded)
    assert left.log.interface == THERE
    assert isinstance(state, DeviceStateChanged)
    assert state.interface == THERE
    assert isinstance(member, MemberChanged)
    assert (member.queue, member.interface) == ("support", THERE)
    assert isinstance(over, CallEnded)
    assert [one.interface for one in over.log.legs] == ["pbx2:PJSIP/carrier", THERE]
    named = [(one.by, one.to) for one in over.log.transfers]
    assert named == [(THERE, "2002"), (THERE, "pbx2:PJSIP/2003")]


def test_an_event_without_a_device_is_not_copied() -> None:
    event = SwitchConnected("pbx2", 1, START, "22")
    assert places.of_switch("pbx2", event) is event


@pytest.mark.parametrize(
    ("device", "where"),
    [
        ("PJSIP/1001", ("", "PJSIP/1001")),
        ("pbx2:PJSIP/2001", ("pbx2", "PJSIP/2001")),
        ("SIP/10.0.0.1:5060", ("", "SIP/10.0.0.1:5060")),
        ("", ("", "")),
    ],
)
def test_a_device_and_its_switch(device: str, where: tuple[str, str]) -> None:
    assert places.split(device) == where


async def test_an_order_about_a_device_goes_to_its_switch(
    board: Switchboard, one: FakeSwitch, two: FakeSwitch
) -> None:
    await board.hangup(CALL, THERE)
    await board.phone(CALL, THERE, PhoneOrder.TALK)
    await board.mute(CALL, THERE, True)
    await board.hears(CALL, THERE, 1.5)
    await board.consult(CALL, THERE, "crm-transfer", "2002")
    await board.consult_order(CALL, THERE, ConsultOrder.SWAP)
    await board.send_tones(CALL, THERE, "1")
    await board.queue_add("support", THERE, "Ann", False)
    await board.queue_pause(THERE, True, "lunch")
    await board.queue_remove("support", THERE)
    device = "PJSIP/2001"
    assert two.orders == [
        ("hangup", CALL, device),
        ("phone", CALL, device, PhoneOrder.TALK),
        ("mute", CALL, device, True),
        ("hears", CALL, device, 1.5),
        ("consult", CALL, device, "crm-transfer", "2002"),
        ("consult_order", CALL, device, ConsultOrder.SWAP),
        ("send_tones", CALL, device, "1"),
        ("queue_add", "support", device, "Ann", False),
        ("queue_pause", device, True, "lunch"),
        ("queue_remove", "support", device),
    ]
    assert one.orders == []
    await board.hangup(OTHER, HERE)
    assert one.orders == [("hangup", OTHER, HERE)]


async def test_a_call_of_ones_own_has_the_id_of_the_switch_it_begins_at(
    board: Switchboard, one: FakeSwitch, two: FakeSwitch
) -> None:
    order = Originate("crm-1", THERE, "crm-outbound", "13800138000", "2001")
    assert await board.originate(order) == call_id_for("pbx2", "crm-1")
    [(_, given)] = two.orders
    assert isinstance(given, Originate)
    assert (given.interface, given.number) == ("PJSIP/2001", "13800138000")
    assert one.orders == []


async def test_an_order_about_a_call_goes_to_the_switch_that_told_of_it(
    board: Switchboard, one: FakeSwitch, two: FakeSwitch
) -> None:
    two.emit(arrived("pbx2", CALL))
    await board.redirect(CALL, "crm-transfer", "q-sales")
    await board.record(CALL, RecordOrder.PAUSE, "")
    await board.queue_priority(CALL, "support", 5)
    await board.redirect(OTHER, "crm-transfer", "q-sales")
    assert [order[0] for order in two.orders] == ["redirect", "record", "queue_priority"]
    assert one.orders == [("redirect", OTHER, "crm-transfer", "q-sales")]

    two.emit(ended("pbx2", CALL))
    one.unknown_calls = True
    with pytest.raises(UnknownLeg):  # over: nobody has it, and the first switch says so
        await board.redirect(CALL, "crm-transfer", "q-sales")


@pytest.mark.parametrize("device", ["pbx9:PJSIP/1", "pbx1:PJSIP/1001"])
async def test_a_device_of_no_switch_of_ours_is_refused(board: Switchboard, device: str) -> None:
    with pytest.raises(UnknownLeg, match="no further switch"):
        await board.hangup(CALL, device)


async def test_globals_and_the_switchs_database_are_for_each(
    board: Switchboard, one: FakeSwitch, two: FakeSwitch
) -> None:
    await board.set_global("CRM_ALIVE", "1")
    await board.db_put("crm_tier", "86138", "vip,1")
    assert one.orders == two.orders != []
    one.connected = False
    with pytest.raises(SwitchUnavailable):
        await board.db_delete("crm_tier", "86138")
    assert two.database == {}
    assert one.database != {}


def test_connected_when_one_is_and_simulated_when_all_are(
    board: Switchboard, one: FakeSwitch, two: FakeSwitch
) -> None:
    said = [(board.connected, board.simulated)]
    one.connected = two.simulated = False
    said.append((board.connected, board.simulated))
    two.connected = False
    said.append((board.connected, board.simulated))
    assert said == [(True, True), (True, False), (False, False)]


def test_a_listener_that_fails_takes_no_event_from_the_others(
    board: Switchboard, one: FakeSwitch
) -> None:
    def fails(_event: TelephonyEvent) -> None:
        raise ValueError("a fault")

    board.subscribe(fails)
    heard = hear(board)
    one.emit(arrived("pbx1", OTHER))
    assert len(heard) == 1
    assert board.listener_errors == 1
