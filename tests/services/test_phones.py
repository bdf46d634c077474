"""Orders about the calls on one's own desk, to whichever telephone the agent has."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from callcenter.services.errors import Conflict, Invalid, NotFound, Unavailable
from callcenter.services.roster import Seat
from telephony import events
from telephony.events import LegResult, call_id_for
from telephony.pbx.secrets import sip_secret
from telephony.switch import ConsultOrder, Originate, PhoneOrder
from tests.feed_scenarios import DEVICES, PBX, ROSTER_QUEUES, ROSTER_SEATS, named
from tests.services.phoning import AGENT, CALL, CONSULT, DEVICE, MASTER, OTHER, Phoning


@pytest.fixture
def desk() -> Phoning:
    return Phoning(desk=True)


@pytest.fixture
def page() -> Phoning:
    """The telephone is in the browser: on the screen "holder", followed by "second"."""
    made = Phoning(desk=False)
    made.opens("holder")
    made.opens("second")
    return made


def relayed(phoning: Phoning) -> list[tuple[str, str, str]]:
    told = [orjson.loads(one.encoded()) for one in phoning.world.messages]
    orders = [one["data"] for one in told if one["type"] == "phone.order"]
    return [(one["screen"], one["order"], one["digits"]) for one in orders]


async def test_a_desk_phone_obeys_the_switch(desk: Phoning) -> None:
    desk.rings()
    await desk.phones.answer(AGENT, CALL, "any screen")
    await desk.phones.reject(AGENT, CALL)
    desk.answers()
    await desk.phones.hold(AGENT, CALL)
    await desk.phones.mute(AGENT, CALL, True)
    await desk.phones.tones(AGENT, CALL, "12#")
    desk.say(events.CallHeld, CALL, "leg", DEVICE)
    await desk.phones.resume(AGENT, CALL)
    await desk.phones.hangup(AGENT, CALL)
    assert desk.switch.orders == [
        ("phone", CALL, DEVICE, PhoneOrder.TALK),
        ("hangup", CALL, DEVICE),
        ("phone", CALL, DEVICE, PhoneOrder.HOLD),
        ("mute", CALL, DEVICE, True),
        ("send_tones", CALL, DEVICE, "12#"),
        ("phone", CALL, DEVICE, PhoneOrder.TALK),
        ("hangup", CALL, DEVICE),
    ]
    assert desk.world.live.snapshot(AGENT).calls[0].muted
    assert relayed(desk) == []


async def test_orders_given_at_a_screen_that_follows_go_to_the_page_with_the_sound(
    page: Phoning,
) -> None:
    page.rings()
    await page.phones.answer(AGENT, CALL, "second")
    page.answers()
    await page.phones.hold(AGENT, CALL, "second")
    page.say(events.CallHeld, CALL, "leg", DEVICE)
    await page.phones.resume(AGENT, CALL, "second")
    await page.phones.mute(AGENT, CALL, True, "second")
    assert page.world.live.snapshot(AGENT).calls[0].muted
    page.say(events.CallResumed, CALL, "leg", DEVICE)
    await page.phones.mute(AGENT, CALL, False, "second")
    await page.phones.tones(AGENT, CALL, "5*", "second")
    assert relayed(page) == [
        ("holder", "answer", ""),
        ("holder", "hold", ""),
        ("holder", "resume", ""),
        ("holder", "mute", ""),
        ("holder", "unmute", ""),
        ("holder", "tones", "5*"),
    ]
    assert page.switch.orders == []
    await page.phones.hangup(AGENT, CALL)  # what ends a call is the switch's
    assert page.switch.orders == [("hangup", CALL, DEVICE)]


async def test_a_page_that_has_not_got_the_call_cannot_be_told_to_answer_it(page: Phoning) -> None:
    page.rings()
    with pytest.raises(Conflict) as caught:
        await page.phones.answer(AGENT, CALL, "holder")
    assert caught.value.code == "no_phone_page"
    assert (page.switch.orders, relayed(page)) == ([], [])
    page.answers()
    await page.phones.tones(AGENT, CALL, "5", "holder")  # the switch can press keys for any phone
    assert page.switch.orders == [("send_tones", CALL, DEVICE, "5")]


async def test_muted_on_the_page_with_the_sound_is_seen_on_the_other_screens(
    desk: Phoning, page: Phoning
) -> None:
    page.talks()
    for on in (True, False):
        await page.phones.muted(AGENT, CALL, on)
        assert page.world.live.snapshot(AGENT).calls[0].muted is on
    assert (page.switch.orders, relayed(page)) == ([], [])
    with pytest.raises(NotFound):
        await page.phones.muted(OTHER, CALL, True)
    page.asks()
    page.is_asked()
    await page.phones.muted(AGENT, CONSULT, True)  # the same microphone
    assert [one.muted for one in page.world.live.snapshot(AGENT).calls] == [True, True]
    desk.talks()
    with pytest.raises(Conflict) as caught:  # a page cannot say so of a desk phone
        await desk.phones.muted(AGENT, CALL, True)
    assert caught.value.code == "no_phone_page"
    assert not desk.world.live.snapshot(AGENT).calls[0].muted


async def test_dialling_chooses_the_calls_id(desk: Phoning) -> None:
    call_id = await desk.phones.dial(OTHER, "139 0013 9000")
    [(_, order)] = desk.switch.orders
    assert isinstance(order, Originate)
    assert call_id == call_id_for(PBX, order.uniqueid)
    assert (order.interface, order.context, order.number, order.caller_id) == (
        DEVICES[1],
        "crm-outbound",
        "+8613900139000",
        "1002",
    )
    assert not order.internal


async def test_dialling_a_colleague(desk: Phoning) -> None:
    await desk.phones.dial(OTHER, "1001")
    [(_, order)] = desk.switch.orders
    assert isinstance(order, Originate)
    assert (order.number, order.internal) == ("1001", True)


async def test_the_echo_is_a_call_of_the_house(desk: Phoning) -> None:
    call_id = await desk.phones.echo_test(AGENT)
    [(_, order)] = desk.switch.orders
    assert isinstance(order, Originate)
    assert (order.number, order.internal, order.interface) == ("*43", True, DEVICE)
    assert call_id == call_id_for(PBX, order.uniqueid)


async def test_nobody_dials_past_a_caller_who_rings(desk: Phoning) -> None:
    desk.rings()
    for order in (desk.phones.dial(AGENT, "139 0013 9000"), desk.phones.echo_test(AGENT)):
        with pytest.raises(Conflict) as caught:
            await order
        assert caught.value.code == "phone_rings"
    assert desk.switch.orders == []
    desk.say(events.AgentRingEnded, CALL, "leg", DEVICE, LegResult.CANCELLED)
    await desk.phones.dial(AGENT, "139 0013 9000")
    assert len(desk.switch.orders) == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1002", "own_extension"),
        ("+14155552671", "number_not_allowed"),
        ("110", "emergency_number"),
        ("16812345", "premium_number"),
        ("*43", "not_a_number"),
        ("1001&1003", "not_a_number"),
    ],
)
async def test_what_may_not_be_dialled(desk: Phoning, number: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        await desk.phones.dial(OTHER, number)
    assert caught.value.code == code
    assert "number" in caught.value.fields
    assert desk.switch.orders == []


async def test_hanging_up_while_consulting(desk: Phoning) -> None:
    """The consultation ends; the customer is not given away by mistake."""
    desk.talks()
    desk.is_asked()
    with pytest.raises(Conflict) as caught:
        await desk.phones.hangup(AGENT, CALL)
    assert caught.value.code == "consulting"
    await desk.phones.hangup(AGENT, CONSULT)
    await desk.phones.hangup(OTHER, CONSULT)  # to whom is asked it is a call as any other
    assert desk.switch.orders == [
        ("consult_order", CALL, DEVICE, ConsultOrder.CANCEL),
        ("hangup", CONSULT, DEVICES[1]),
    ]


async def test_a_consulting_phone_has_one_line(desk: Phoning) -> None:
    desk.talks()
    desk.is_asked()
    for order in (desk.phones.resume(AGENT, CALL), desk.phones.hold(AGENT, CONSULT)):
        with pytest.raises(Conflict) as caught:
            await order
        assert caught.value.code == "consulting"
    await desk.phones.hold(OTHER, CONSULT)
    assert desk.switch.orders == [("phone", CONSULT, DEVICES[1], PhoneOrder.HOLD)]


async def test_only_calls_on_ones_own_desk_in_a_fitting_state(desk: Phoning) -> None:
    desk.rings()
    with pytest.raises(NotFound):
        await desk.phones.answer(OTHER, CALL)
    with pytest.raises(NotFound):
        await desk.phones.hangup(AGENT, named("no call"))
    for order in (desk.phones.hold(AGENT, CALL), desk.phones.tones(AGENT, CALL, "1")):
        with pytest.raises(Conflict) as caught:
            await order
        assert caught.value.code == "call_ringing"


async def test_what_the_switch_cannot_do(desk: Phoning) -> None:
    desk.rings()
    desk.switch.unknown_calls = True
    with pytest.raises(Conflict) as caught:
        await desk.phones.answer(AGENT, CALL)
    assert caught.value.code == "call_over"
    desk.switch.unknown_calls, desk.switch.connected = False, False
    with pytest.raises(Unavailable):
        await desk.phones.answer(AGENT, CALL)


async def test_how_a_telephone_is_reached(page: Phoning) -> None:
    access = page.phones.access(AGENT)
    assert (access.mode, access.sip_uri) == ("sip", "sip:1001@pbx.example")
    assert access.password == sip_secret(MASTER, "1001")
    roster, boss = page.world.roster, named("boss")
    seats = [replace(ROSTER_SEATS[0], phone_kind="desk"), Seat(boss, "Boss", "", "", ())]
    roster.replace(seats, ROSTER_QUEUES)
    access = page.phones.access(AGENT)  # nothing that a browser could register with
    assert (access.mode, access.sip_uri, access.password, access.websocket_url) == (
        "desk",
        "",
        "",
        "",
    )
    page.switch.simulated = True
    assert page.phones.access(AGENT).mode == "simulated"
    assert page.phones.access(AGENT).password == ""
    with pytest.raises(NotFound):
        page.phones.access(boss)
