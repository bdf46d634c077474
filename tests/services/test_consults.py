"""Giving a customer to somebody else: at once, or after asking them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from callcenter.domain.agents import Input
from callcenter.services.errors import Conflict, Invalid, NotFound, ServiceError
from callcenter.services.roster import QueueInfo
from telephony import events
from telephony.switch import ConsultOrder, SwitchRefused
from tests.feed_scenarios import ROSTER_QUEUES, ROSTER_SEATS, named
from tests.services.phoning import AGENT, CALL, CONSULT, DEVICE, OTHER, Phoning


@pytest.fixture
def talking() -> Phoning:
    made = Phoning()
    made.talks()
    return made


TARGETS = [
    ("vip", "crm-transfer", "q-vip"),
    ("1002", "crm-transfer", "1002"),
    ("139 0013 9000", "crm-outbound", "+8613900139000"),
]


@pytest.mark.parametrize(("target", "context", "exten"), TARGETS)
async def test_a_colleague_a_queue_a_number_outside(
    talking: Phoning, target: str, context: str, exten: str
) -> None:
    await talking.consults.consult(AGENT, CALL, target)
    await talking.consults.transfer(AGENT, CALL, target)
    assert talking.switch.orders == [
        ("consult", CALL, DEVICE, context, exten),
        ("redirect", CALL, context, exten),
    ]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("1001", "own_extension"),
        ("+14155552671", "number_not_allowed"),
        ("119", "emergency_number"),
        ("+86 168 12345", "premium_number"),
        ("nobody", "not_a_number"),
        ("q-vip", "not_a_number"),
        ("1002&1003", "not_a_number"),
    ],
)
@pytest.mark.parametrize("order", ["consult", "transfer"])
async def test_to_whom_nobody_is_given(
    talking: Phoning, order: str, target: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await getattr(talking.consults, order)(AGENT, CALL, target)
    assert caught.value.code == code
    assert "target" in caught.value.fields
    assert talking.switch.orders == []


async def test_a_queue_with_a_name_that_no_dial_string_may_hold(talking: Phoning) -> None:
    name = "vip&PJSIP/evil"
    odd = QueueInfo(named(name), name, {}, "support", 15, is_default=False)
    talking.world.roster.replace(ROSTER_SEATS, [*ROSTER_QUEUES, odd])
    with pytest.raises(Invalid) as caught:
        await talking.consults.transfer(AGENT, CALL, name)
    assert caught.value.code == "not_a_number"
    assert talking.switch.orders == []


@pytest.mark.parametrize("gone", [Input.SIGN_OUT, Input.VANISHED])
async def test_a_colleague_who_is_not_there(talking: Phoning, gone: Input) -> None:
    talking.world.command(OTHER, gone)
    for order in (talking.consults.consult, talking.consults.transfer):
        with pytest.raises(Conflict) as caught:
            await order(AGENT, CALL, "1002")
        assert caught.value.code == "target_away"
    assert talking.switch.orders == []


async def test_what_becomes_of_a_consultation(talking: Phoning) -> None:
    talking.is_asked()
    consults = talking.consults
    for order in (consults.swap, consults.three_way, consults.complete, consults.cancel):
        await order(AGENT, CALL)
    assert talking.switch.orders == [
        ("consult_order", CALL, DEVICE, order)
        for order in (
            ConsultOrder.SWAP,
            ConsultOrder.THREE_WAY,
            ConsultOrder.COMPLETE,
            ConsultOrder.CANCEL,
        )
    ]


async def test_while_it_still_rings_there(talking: Phoning) -> None:
    """The customer may be sent on already, or taken back; nobody talks to who has not answered."""
    talking.asks()
    await talking.consults.complete(AGENT, CALL)
    await talking.consults.cancel(AGENT, CALL)
    assert len(talking.switch.orders) == 2
    for order in (talking.consults.swap, talking.consults.three_way):
        with pytest.raises(Conflict) as caught:
            await order(AGENT, CALL)
        assert caught.value.code == "target_rings"
    assert len(talking.switch.orders) == 2


async def test_one_consultation_at_a_time(talking: Phoning) -> None:
    talking.is_asked()
    for call_id in (CALL, CONSULT):
        for order in (talking.consults.consult, talking.consults.transfer):
            with pytest.raises(Conflict) as caught:
                await order(AGENT, call_id, "1003")
            assert caught.value.code == "consulting"
    assert talking.switch.orders == []


def _orders(phoning: Phoning) -> list[Callable[[], Awaitable[None]]]:
    consults = phoning.consults
    return [
        lambda: consults.swap(AGENT, CALL),
        lambda: consults.complete(AGENT, CALL),
        lambda: consults.cancel(AGENT, CALL),
        lambda: consults.three_way(AGENT, CALL),
    ]


async def test_without_a_consultation_there_is_nothing_to_order(talking: Phoning) -> None:
    for order in _orders(talking):
        with pytest.raises(Conflict) as caught:
            await order()
        assert caught.value.code == "no_consultation"
    talking.is_asked()
    talking.say(events.CallMerged, CONSULT, CALL)  # all talk together
    for order in _orders(talking):
        with pytest.raises(Conflict) as caught:
            await order()
        assert caught.value.code == "no_consultation"
    assert talking.switch.orders == []


@pytest.mark.parametrize("state", ["ringing", "not there"])
async def test_only_a_call_of_ones_own_that_is_answered(state: str) -> None:
    phoning = Phoning()
    if state == "ringing":
        phoning.rings()
    expected: type[ServiceError] = Conflict if state == "ringing" else NotFound
    for order in (phoning.consults.consult, phoning.consults.transfer):
        with pytest.raises(expected):
            await order(AGENT, CALL, "1002")
    assert phoning.switch.orders == []


async def test_what_the_switch_refuses(talking: Phoning) -> None:
    talking.switch.refuse = {"consult": SwitchRefused("No such feature.")}
    with pytest.raises(Conflict) as caught:
        await talking.consults.consult(AGENT, CALL, "1002")
    assert caught.value.code == "switch_refused"
