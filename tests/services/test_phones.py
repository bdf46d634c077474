"""Orders about the calls on one's own desk."""

from __future__ import annotations

from uuid import UUID

import pytest

from callcenter.services.errors import Conflict, Invalid, NotFound, Unavailable
from callcenter.services.own_dials import OwnDials
from callcenter.services.phones import PhoneRules, Phones
from callcenter.services.roster import Seat
from telephony import events
from telephony.events import Direction, LegResult, LegRole, call_id_for
from telephony.pbx.secrets import sip_secret
from telephony.switch import Originate, PhoneOrder
from tests.fakes import FakeSwitch
from tests.feed_scenarios import (
    DEVICES,
    NUMBERS,
    PBX,
    ROSTER_QUEUES,
    ROSTER_SEATS,
    USERS,
    World,
    named,
)

AGENT, OTHER = USERS[:2]
DEVICE = DEVICES[0]
CALL = call_id_for(PBX, "1.1")
MASTER = b"m" * 32
RULES = PhoneRules("CN", ("+86",), "pbx.example", "wss://pbx.example/ws", (), MASTER)


@pytest.fixture
def world() -> World:
    made = World()
    fields = ("1.1", Direction.INBOUND, NUMBERS[0], "", "4001", "PJSIP/carrier")
    made.say(events.CallArrived, CALL, *fields)
    made.say(events.AgentRinging, CALL, "leg", DEVICE, "support")
    return made


@pytest.fixture
def switch() -> FakeSwitch:
    return FakeSwitch(simulated=False)


@pytest.fixture
def phones(world: World, switch: FakeSwitch) -> Phones:
    return Phones(world.roster, world.live, switch, own_dials=OwnDials(), rules=RULES)


def answer(world: World) -> None:
    world.say(events.CallAnswered, CALL, "leg", DEVICE, LegRole.AGENT, "support")


async def test_orders_become_the_switchs(world: World, switch: FakeSwitch, phones: Phones) -> None:
    await phones.answer(AGENT, CALL)
    await phones.reject(AGENT, CALL)
    answer(world)
    await phones.hold(AGENT, CALL)
    await phones.mute(AGENT, CALL, True)
    world.say(events.CallHeld, CALL, "leg", DEVICE)
    await phones.resume(AGENT, CALL)
    await phones.transfer(AGENT, CALL, "vip")
    await phones.transfer(AGENT, CALL, "1002")
    await phones.transfer(AGENT, CALL, "13900139000")
    await phones.hangup(AGENT, CALL)
    assert switch.orders == [
        ("phone", CALL, DEVICE, PhoneOrder.TALK),
        ("hangup", CALL, DEVICE),
        ("phone", CALL, DEVICE, PhoneOrder.HOLD),
        ("mute", CALL, DEVICE, True),
        ("phone", CALL, DEVICE, PhoneOrder.TALK),
        ("redirect", CALL, "crm-transfer", "q-vip"),
        ("redirect", CALL, "crm-transfer", "1002"),
        ("redirect", CALL, "crm-outbound", "+8613900139000"),
        ("hangup", CALL, DEVICE),
    ]
    assert world.live.snapshot(AGENT).calls[0].muted


async def test_dialling_chooses_the_calls_id(switch: FakeSwitch, phones: Phones) -> None:
    call_id = await phones.dial(OTHER, "139 0013 9000")
    [(_, order)] = switch.orders
    assert isinstance(order, Originate)
    assert call_id == call_id_for(PBX, order.uniqueid)
    assert (order.interface, order.context, order.number, order.caller_id) == (
        DEVICES[1],
        "crm-outbound",
        "+8613900139000",
        "1002",
    )
    assert not order.internal


async def test_dialling_a_colleague(switch: FakeSwitch, phones: Phones) -> None:
    await phones.dial(OTHER, "1001")
    [(_, order)] = switch.orders
    assert isinstance(order, Originate)
    assert (order.number, order.internal) == ("1001", True)


async def test_nobody_dials_past_a_caller_who_rings(
    world: World, switch: FakeSwitch, phones: Phones
) -> None:
    with pytest.raises(Conflict) as caught:
        await phones.dial(AGENT, "139 0013 9000")
    assert caught.value.code == "phone_rings"
    assert switch.orders == []
    world.say(events.AgentRingEnded, CALL, "leg", DEVICE, LegResult.CANCELLED)
    await phones.dial(AGENT, "139 0013 9000")
    assert len(switch.orders) == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1002", "own_extension"),
        ("+14155552671", "number_not_allowed"),
        ("110", "emergency_number"),
        ("*43", "not_a_number"),
    ],
)
async def test_what_may_not_be_dialled(phones: Phones, number: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        await phones.dial(OTHER, number)
    assert caught.value.code == code
    assert "number" in caught.value.fields


async def test_only_calls_on_ones_own_desk_in_a_fitting_state(phones: Phones) -> None:
    with pytest.raises(NotFound):
        await phones.answer(OTHER, CALL)
    with pytest.raises(NotFound):
        await phones.hangup(AGENT, named("no call"))
    with pytest.raises(Conflict) as caught:
        await phones.hold(AGENT, CALL)
    assert caught.value.code == "call_ringing"


async def test_what_the_switch_cannot_do(switch: FakeSwitch, phones: Phones) -> None:
    switch.unknown_calls = True
    with pytest.raises(Conflict) as caught:
        await phones.answer(AGENT, CALL)
    assert caught.value.code == "call_over"
    switch.unknown_calls, switch.connected = False, False
    with pytest.raises(Unavailable):
        await phones.answer(AGENT, CALL)


async def test_how_a_browser_registers(world: World, switch: FakeSwitch, phones: Phones) -> None:
    access = phones.access(AGENT)
    assert (access.mode, access.sip_uri) == ("sip", "sip:1001@pbx.example")
    assert access.password == sip_secret(MASTER, "1001")
    switch.simulated = True
    assert phones.access(AGENT).mode == "simulated"
    assert phones.access(AGENT).password == ""
    boss: UUID = named("boss")
    world.roster.replace([*ROSTER_SEATS, Seat(boss, "Boss", "", "", ())], ROSTER_QUEUES)
    with pytest.raises(NotFound):
        phones.access(boss)
