"""An agent whose telephone vanished in mid-call gets the customer back, or the queue does, first.

On the real Asterisk. Each party speaks a tone of its own, which proves who hears whom. The agents'
telephones are desk phones here that are treated as browsers are (rtp_timeout).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
import pytest_asyncio

from telephony.ami import AmiSwitch
from telephony.events import (
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallQueued,
    CallResult,
    Direction,
    LegRole,
    SwitchConnected,
)
from telephony.pbx.config import render
from telephony.pbx.plan import PbxPlan
from telephony.switch import Originate
from tests.asterisk.scenario import await_bye
from tests.asterisk.server import AsteriskServer, plan_for_tests
from tests.asterisk.sipp import Carrier
from tests.asterisk.voice import Voice
from tests.record.sip import Dialog
from tests.telephony.managers import Ear, switch_to, until

pytestmark = pytest.mark.integration

CUSTOMER, AGENT, SECOND = 700.0, 1000.0, 1300.0  # Hz
MUSIC = range(170, 400)  # the chords of `telephony.pbx.sound.hold_music`
NUMBER, OTHERS = "13800138000", ("13900139001", "13900139002")
RETURN_S, SILENT_S = 6, 2


def plan() -> PbxPlan:
    return plan_for_tests(browsers=(), return_s=RETURN_S, rtp_timeout_s=SILENT_S)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asterisk() -> AsyncIterator[AsteriskServer]:
    wanted = plan()
    like_browsers = render(wanted)["pjsip.conf"].replace(
        "[crm-desk](!,crm-phone)", f"[crm-desk](!,crm-phone)\nrtp_timeout = {SILENT_S}"
    )
    overrides = {"snippets/pjsip.conf": like_browsers}
    async with AsteriskServer(wanted, overrides=overrides) as asterisk:
        yield asterisk


class Floor:
    """A customer, two agents, our switch; what happens is told by the switch's own events."""

    def __init__(self, asterisk: AsteriskServer, switch: AmiSwitch, ear: Ear) -> None:
        self.asterisk, self.switch, self.ear = asterisk, switch, ear
        self.customer = Voice.carrier(asterisk, NUMBER, CUSTOMER)
        self.agent = Voice.phone(asterisk, "2001", AGENT)
        self.second = Voice.phone(asterisk, "2002", SECOND)
        self._queued_before = 0

    async def staff(self, *interfaces: str, queue: str) -> None:
        for interface in interfaces:
            await self.switch.queue_add(queue, interface, interface, paused=False)

    async def set_aside(self) -> None:
        for interface in ("PJSIP/2001", "PJSIP/2002"):
            for queue in ("support", "vip"):
                await self.switch.queue_remove(queue, interface)

    async def called(self, queue: str = "vip", tier: int = 10) -> tuple[Dialog, Dialog, UUID]:
        """A customer of that queue talks with the agent: both dialogs, and the call."""
        await self.switch.db_put("crm_tier", f"86{NUMBER}", f"{queue},{tier}")
        await self.staff("PJSIP/2001", queue=queue)
        theirs = self.customer.call("4008001234")
        ours = await self.agent.pick_up()
        answered = await self.ear.next(CallAnswered)
        assert answered.interface == "PJSIP/2001"
        self._queued_before = 1
        await self.set_aside()
        await asyncio.sleep(0.7)
        self.both_hear()
        return theirs, ours, answered.call_id

    async def dialled(self) -> tuple[Dialog, Dialog, UUID]:
        """The agent called a customer, who comes from no queue."""
        order = Originate(
            "me-back.1", "PJSIP/2001", "crm-outbound", NUMBER, f"<{NUMBER}>", timeout_s=10
        )
        call_id = await self.switch.originate(order)
        ours = await self.agent.pick_up()
        theirs = await self.customer.pick_up()
        await asyncio.sleep(0.7)
        self.both_hear()
        return theirs, ours, call_id

    def both_hear(self, agent: Voice | None = None, hz: float = AGENT) -> None:
        assert self.customer.sound.hears(hz, 0.4), self.customer.sound.loudest(0.4)
        assert (agent or self.agent).sound.hears(CUSTOMER, 0.4)

    def customer_hears_music(self) -> bool:
        return round(self.customer.sound.loudest(0.4)) in MUSIC

    async def until_queued(self, call_id: UUID) -> CallQueued:
        """Where the customer comes to stand when nobody takes them back."""
        await until(lambda: len(self._queued(call_id)) > self._queued_before, RETURN_S + 3.0)
        return self._queued(call_id)[-1]

    def _queued(self, call_id: UUID) -> list[CallQueued]:
        return [event for event in self.ear.all(CallQueued) if event.call_id == call_id]


@pytest_asyncio.fixture
async def floor(asterisk: AsteriskServer) -> AsyncIterator[Floor]:
    patient = {"connect_timeout_s": 5.0, "action_timeout_s": 5.0, "list_timeout_s": 5.0}
    user = {"username": asterisk.ami_user, "secret": asterisk.ami_secret}
    async with AsyncExitStack() as stack:
        switch, ear = await stack.enter_async_context(
            switch_to(asterisk.ami_port, None, **user, **patient)
        )
        await ear.next(SwitchConnected)
        floor = Floor(asterisk, switch, ear)
        for voice in (floor.customer, floor.agent, floor.second):
            await stack.enter_async_context(voice)
        yield floor
        await floor.set_aside()
        await asterisk.cli("channel request hangup all")


async def still_together(floor: Floor, *dialogs: Dialog, seconds: float) -> None:
    await asyncio.sleep(seconds)
    assert not any(dialog.ended.is_set() for dialog in dialogs)


# -- by order of the call centre ------------------------------------------------------------------


@pytest.mark.parametrize("came", ["called", "dialled"])
async def test_the_customer_hears_music_and_talks_on_with_the_same_agent(
    floor: Floor, came: str
) -> None:
    theirs, ours, call_id = await getattr(floor, came)()
    rung = len(floor.ear.all(AgentRinging))
    await floor.switch.redirect(call_id, "crm-return", "2001")
    again = await floor.agent.invited()
    again.ring()
    await asyncio.wait_for(ours.ended.wait(), 2)
    await asyncio.sleep(0.8)
    assert floor.customer_hears_music()
    ringing = await floor.ear.next(AgentRinging, after=rung)
    assert (ringing.call_id, ringing.interface) == (call_id, "PJSIP/2001")
    again.answer()
    await asyncio.sleep(0.8)
    floor.both_hear()
    again.hang_up()
    await asyncio.wait_for(theirs.ended.wait(), 2)
    ended = await floor.ear.next(CallEnded)
    assert (ended.call_id, ended.log.result) == (call_id, CallResult.ANSWERED)
    assert ended.log.queues == (("vip",) if came == "called" else ())
    assert [leg.interface for leg in ended.log.legs].count("PJSIP/2001") == 2


@pytest.mark.parametrize(("came", "queue"), [("called", "vip"), ("dialled", "support")])
async def test_unanswered_they_are_the_first_in_their_queue(
    floor: Floor, came: str, queue: str
) -> None:
    """Before a caller of the lowest tier and one of a higher, who both wait longer."""
    _, _, call_id = await getattr(floor, came)()
    async with Carrier(floor.asterisk) as carrier:
        for number, tier in zip(OTHERS, (0, 90), strict=True):
            waiting = len(floor.ear.all(CallQueued))
            await floor.switch.db_put("crm_tier", f"86{number}", f"{queue},{tier}")
            await carrier.call(number, steps=[await_bye()])
            await floor.ear.next(CallQueued, after=waiting)
        await floor.switch.redirect(call_id, "crm-return", "2001")
        sent_at = time.monotonic()
        (await floor.agent.invited()).ring()
        queued = await floor.until_queued(call_id)
        assert RETURN_S - 1.5 < time.monotonic() - sent_at < RETURN_S + 1
        assert (queued.call_id, queued.queue) == (call_id, queue)
        assert queued.position == 1
        assert floor.customer_hears_music()
        await floor.staff("PJSIP/2002", queue=queue)
        await floor.second.pick_up()
        await asyncio.sleep(0.7)
        floor.both_hear(floor.second, SECOND)


async def test_a_telephone_that_says_no_is_not_asked_again(floor: Floor) -> None:
    _, _, call_id = await floor.called()
    await floor.switch.redirect(call_id, "crm-return", "2001")
    (await floor.agent.invited()).refuse("486 Busy Here")
    queued = await floor.until_queued(call_id)
    assert (queued.queue, queued.position) == ("vip", 1)
    assert floor.agent.incoming.empty()


async def test_a_telephone_that_comes_back_after_4_s_is_rung_then(floor: Floor) -> None:
    _, _, call_id = await floor.called()
    await floor.agent.unregister()
    await floor.switch.redirect(call_id, "crm-return", "2001")
    await asyncio.sleep(4)
    assert floor.agent.incoming.empty()
    assert floor.customer_hears_music()
    await floor.agent.register()
    back_at = time.monotonic()
    again = await floor.agent.invited()
    assert time.monotonic() - back_at < 1.3
    again.answer()
    await asyncio.sleep(0.7)
    floor.both_hear()


async def test_a_telephone_that_does_not_come_back_costs_no_more_than_the_time(
    floor: Floor,
) -> None:
    _, _, call_id = await floor.called()
    await floor.agent.unregister()
    await floor.switch.redirect(call_id, "crm-return", "2001")
    queued = await floor.until_queued(call_id)
    assert (queued.queue, queued.position) == ("vip", 1)
    assert floor.asterisk.problems() == [], "nobody dials a telephone that is not there"


async def test_an_agent_nobody_knows_is_no_reason_to_wait(floor: Floor) -> None:
    _, _, call_id = await floor.called()
    sent_at = time.monotonic()
    await floor.switch.redirect(call_id, "crm-return", "2999")
    assert (await floor.until_queued(call_id)).position == 1
    assert time.monotonic() - sent_at < 1


# -- without the call centre: the switch's own guard --------------------------------------------


async def test_an_agent_whose_sound_stops_is_rung_again_once(floor: Floor) -> None:
    theirs, ours, _ = await floor.called()
    floor.agent.speak_to_nobody()
    again = await floor.agent.invited()
    await asyncio.wait_for(ours.ended.wait(), 2)
    again.answer()
    await asyncio.sleep(0.7)
    floor.both_hear()
    floor.agent.speak_to_nobody()
    await asyncio.wait_for(theirs.ended.wait(), SILENT_S + 3)
    assert floor.agent.incoming.empty()


async def test_after_a_consultation_it_is_the_other_agent_who_is_rung(floor: Floor) -> None:
    _, ours, _ = await floor.called()
    ours.hold()
    consultation = floor.agent.call("2002")
    first = await floor.second.pick_up()
    await asyncio.sleep(0.5)
    ours.refer("2002", replaces=consultation)
    await asyncio.sleep(1)
    floor.both_hear(floor.second, SECOND)
    floor.second.speak_to_nobody()
    again = await floor.second.invited()
    assert again.call_id != first.call_id
    assert floor.agent.incoming.empty()


async def goodbye(floor: Floor, ours: Dialog, _call_id: UUID) -> None:
    ours.hang_up()


async def by_order(floor: Floor, _ours: Dialog, call_id: UUID) -> None:
    await floor.switch.hangup(call_id, "PJSIP/2001")


@pytest.mark.parametrize("end", [goodbye, by_order])
async def test_a_goodbye_is_a_goodbye(floor: Floor, end: object) -> None:
    theirs, ours, call_id = await floor.called()
    assert callable(end)
    await end(floor, ours, call_id)
    await asyncio.wait_for(theirs.ended.wait(), 1)
    assert floor.agent.incoming.empty()
    ended = await floor.ear.next(CallEnded)
    assert {leg.ended_by for leg in ended.log.legs} == {LegRole.AGENT}


async def test_a_goodbye_after_a_return_is_one_too(floor: Floor) -> None:
    """The telephone vanished, did not come back, and a colleague took the customer."""
    theirs, _, call_id = await floor.called()
    await floor.agent.unregister()
    floor.agent.speak_to_nobody()
    assert (await floor.until_queued(call_id)).position == 1
    await floor.staff("PJSIP/2002", queue="vip")
    second = await floor.second.pick_up()
    await asyncio.sleep(0.7)
    floor.both_hear(floor.second, SECOND)
    second.hang_up()
    await asyncio.wait_for(theirs.ended.wait(), 1)


async def test_who_holds_may_be_silent(floor: Floor) -> None:
    theirs, ours, _ = await floor.called()
    ours.hold()
    floor.agent.speak_to_nobody()
    await still_together(floor, theirs, ours, seconds=3 * SILENT_S)
    assert floor.customer_hears_music()


async def test_who_is_muted_by_the_switch_stays(floor: Floor) -> None:
    theirs, ours, call_id = await floor.called()
    await floor.switch.mute(call_id, "PJSIP/2001", on=True)
    await still_together(floor, theirs, ours, seconds=2.5 * SILENT_S)


# -- hearing oneself ------------------------------------------------------------------------------


async def test_the_echo_test_is_an_internal_call_and_gives_the_sound_back(floor: Floor) -> None:
    order = Originate("me-echo.1", "PJSIP/2001", "crm-outbound", "*43", "<*43>", internal=True)
    call_id = await floor.switch.originate(order)
    ours = await floor.agent.pick_up()
    await asyncio.sleep(1)
    assert floor.agent.sound.hears(AGENT)
    ours.hang_up()
    ended = await floor.ear.next(CallEnded)
    assert (ended.call_id, ended.log.direction) == (call_id, Direction.INTERNAL)
    assert [(leg.interface, leg.role) for leg in ended.log.legs] == [("PJSIP/2001", LegRole.AGENT)]


async def test_a_telephone_may_dial_the_echo_itself(floor: Floor) -> None:
    floor.agent.call("*43")
    await asyncio.sleep(1.5)
    assert floor.agent.sound.hears(AGENT)
