"""The page with a call is lost: what the switch is told, and what the agents see of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.domain.agents import Input
from callcenter.services.lost_pages import DEAD_LEG_S, LISTEN_S, LostPages
from callcenter.services.views import CallView
from telephony import events
from telephony.events import Direction, LegResult, LegRole
from telephony.switch import ConsultOrder, SwitchUnavailable, UnknownLeg
from tests.fakes import FakeSwitch
from tests.feed_scenarios import DEVICES, NUMBERS, USERS, World, leg_log, named, some_log

AGENT, OTHER = USERS[:2]
DEVICE, OTHER_DEVICE = DEVICES[:2]
CALL, SECOND, CONSULT = named("customer"), named("second customer"), named("consultation")
TRUNK = "PJSIP/carrier"


class House:
    def __init__(self) -> None:
        self.world, self.switch = World(), FakeSwitch()
        self.pages = LostPages(self.world.live, self.switch, self.world.roster, self.world.clock)
        self.world.listeners.append(self.pages.on_event)
        for user in (AGENT, OTHER):
            self.world.command(user, Input.SIGN_IN)
            self.world.command(user, Input.GO_READY)

    # --- what the switch says ---------------------------------------------------------------

    def arrives(self, call: UUID = CALL, direction: Direction = Direction.INBOUND) -> None:
        device, caller, dialled = TRUNK, NUMBERS[0], "4001"
        if direction is not Direction.INBOUND:
            device, caller, dialled = DEVICE, "1001", NUMBERS[0]
        if direction is Direction.INTERNAL:
            dialled = "1002"
        self.world.say(events.CallArrived, call, "1.1", direction, caller, "", dialled, device)

    def rings(self, call: UUID = CALL, leg: str = "leg", device: str = DEVICE) -> None:
        self.world.say(events.AgentRinging, call, leg, device, "")

    def answers(self, call: UUID = CALL, leg: str = "leg", device: str = DEVICE) -> None:
        self.world.say(events.CallAnswered, call, leg, device, LegRole.AGENT, "")

    def talks(self, call: UUID = CALL) -> None:
        self.arrives(call)
        self.world.say(events.CallQueued, call, "support", 10, 1)
        self.rings(call)
        self.answers(call)
        self.world.say(events.CallUnqueued, call, "support")

    def consults(self) -> None:
        """The agent asks their colleague, who has answered."""
        self.arrives(CONSULT, Direction.INTERNAL)
        self.world.say(events.ConsultBegan, CONSULT, CALL, DEVICE)
        self.world.say(events.CallHeld, CALL, "leg", DEVICE)
        self.rings(CONSULT, "theirs", OTHER_DEVICE)
        self.answers(CONSULT, "theirs", OTHER_DEVICE)

    def leg_ends(self, call: UUID = CALL, leg: str = "leg", device: str = DEVICE) -> None:
        self.world.say(events.LegEnded, call, leg_log(device, leg, self.world))

    def ring_ends(self, result: LegResult, call: UUID = CALL, leg: str = "back") -> None:
        self.world.say(events.AgentRingEnded, call, leg, DEVICE, result)

    def ends(self, call: UUID = CALL) -> None:
        self.world.say(events.CallEnded, call, some_log(call, self.world))

    # --- what comes of it -------------------------------------------------------------------

    async def lost(self) -> list[tuple[object, ...]]:
        """What the switch is told at once."""
        self.pages.lost(AGENT)
        return await self.orders()

    async def silent(self) -> bool:
        """What comes of listening to the agent's telephone."""
        found: list[bool] = []
        self.pages.listen(AGENT, lambda: found.append(True))
        told = await self.orders()
        assert all(order[0] == "hears" for order in told)
        return bool(found)

    async def orders(self) -> list[tuple[object, ...]]:
        for _ in range(20):
            await asyncio.sleep(0)
        told, self.switch.orders = self.switch.orders, []
        return told

    async def later(self) -> list[tuple[object, ...]]:
        self.world.clock.advance(DEAD_LEG_S)
        return await self.orders()

    def desk(self, user: UUID = AGENT) -> list[tuple[UUID, str, bool]]:
        return [(c.id, c.state, c.returning) for c in self.calls(user)]

    def calls(self, user: UUID = AGENT) -> tuple[CallView, ...]:
        return self.world.live.snapshot(user).calls

    def state(self, user: UUID = AGENT) -> tuple[str, str]:
        me = self.world.live.snapshot(user).me
        return me.state, me.reason


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    yield made
    await made.pages.stop()


def back(call: UUID = CALL) -> tuple[object, ...]:
    return ("redirect", call, "crm-return", "1001")


async def test_the_customer_comes_back_to_the_same_agent(house: House) -> None:
    house.talks()
    answered_at = house.calls()[0].answered_at
    assert await house.lost() == [back()]
    assert house.desk() == [(CALL, "active", True)]
    house.leg_ends()
    assert house.desk() == [(CALL, "held", True)]
    assert house.state() == ("on_call", "")
    assert await house.later() == [], "its leg is gone already"
    house.rings(leg="back")
    assert house.desk() == [(CALL, "ringing", True)]
    assert await house.later() == []
    house.answers(leg="back")
    assert house.desk() == [(CALL, "active", False)]
    assert house.calls()[0].answered_at == answered_at, "it is one stay"
    assert house.calls()[0].held_at is None
    house.leg_ends(leg="back")
    assert house.state() == ("wrap_up", "")
    house.world.clock.advance(15)
    assert house.state() == ("ready", "")
    assert len(house.world.wrapped) == 1


async def test_while_on_hold_too(house: House) -> None:
    house.talks()
    house.world.say(events.CallHeld, CALL, "leg", DEVICE)
    assert await house.lost() == [back()]


async def test_a_dead_leg_that_stays_is_hung_up(house: House) -> None:
    house.talks()
    await house.lost()
    assert await house.later() == [("hangup", CALL, DEVICE)]


async def test_a_dead_leg_beside_the_ringing_is_left_to_the_switch(house: House) -> None:
    """To hang up would reject the call that comes back."""
    house.talks()
    await house.lost()
    house.rings(leg="back")
    assert house.desk() == [(CALL, "ringing", True)]
    assert await house.later() == []
    house.leg_ends()
    assert house.desk() == [(CALL, "ringing", True)]
    house.answers(leg="back")
    assert house.desk() == [(CALL, "active", False)]
    house.leg_ends(leg="back")
    assert house.state() == ("wrap_up", "")


async def test_two_customers_are_both_brought_back(house: House) -> None:
    house.talks()
    house.world.say(events.CallHeld, CALL, "leg", DEVICE)
    house.talks(SECOND)
    assert await house.lost() == [back(), back(SECOND)]
    for call in (CALL, SECOND):
        house.leg_ends(call)
        house.rings(call, "back")
    assert house.desk() == [(CALL, "ringing", True), (SECOND, "ringing", True)]
    house.answers(SECOND, "back")
    assert house.state() == ("on_call", "")
    house.leg_ends(SECOND, "back")
    assert house.state() == ("on_call", ""), "the other one still comes back"
    house.answers(leg="back")
    assert house.desk()[0] == (CALL, "active", False)


async def test_a_consultation_ends_and_the_customer_comes_back(house: House) -> None:
    house.talks()
    house.consults()
    cancel = ("consult_order", CALL, DEVICE, ConsultOrder.CANCEL)
    assert await house.lost() == [cancel], "nobody is taken out of the middle of it"
    house.ends(CONSULT)
    assert await house.orders() == [back()]
    assert house.state(OTHER) == ("ready", "")
    house.world.say(events.CallResumed, CALL, "leg", DEVICE)
    house.leg_ends()
    assert (CALL, "held", True) in house.desk()
    assert await house.later() == []


async def test_a_consultation_that_did_not_end_is_hung_up(house: House) -> None:
    house.talks()
    house.consults()
    house.switch.refuse = {"consult_order": UnknownLeg("No channel.")}
    assert await house.lost() == [back()]
    house.leg_ends()
    assert await house.later() == [("hangup", CONSULT, DEVICE)]


async def test_whoever_is_consulted_only_hangs_up(house: House) -> None:
    house.talks()
    house.consults()
    house.pages.lost(OTHER)
    assert await house.orders() == [("hangup", CONSULT, OTHER_DEVICE)]
    assert house.desk() == [(CALL, "held", False), (CONSULT, "active", False)]


async def test_nobody_is_taken_out_of_a_conversation_of_others(house: House) -> None:
    house.talks()
    house.consults()
    house.world.say(events.CallMerged, CONSULT, CALL)
    assert house.calls()[0].parties == ("Agent 2",)
    assert await house.lost() == [("hangup", CALL, DEVICE)]
    house.leg_ends()
    assert house.state() == ("wrap_up", "")
    assert house.desk(OTHER) == [(CALL, "active", False)]


async def test_nor_is_somebody_outside_left_alone(house: House) -> None:
    house.talks()
    house.arrives(CONSULT, Direction.OUTBOUND)
    house.world.say(events.ConsultBegan, CONSULT, CALL, DEVICE)
    house.world.say(events.CallAnswered, CONSULT, "far", TRUNK, LegRole.CUSTOMER, "")
    house.world.say(events.CallMerged, CONSULT, CALL)
    assert house.calls()[0].parties == ("王小明",)
    assert await house.lost() == [("hangup", CALL, DEVICE)]


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.INTERNAL])
async def test_who_has_not_answered_yet_and_colleagues_hear_a_hang_up(
    house: House, direction: Direction
) -> None:
    house.arrives(CALL, direction)
    assert await house.lost() == [], "its own phone has not even rung"
    house.rings()
    house.answers()
    if direction is Direction.INTERNAL:
        house.answers(CALL, "theirs", OTHER_DEVICE)
    assert await house.lost() == [("hangup", CALL, DEVICE)]


async def test_a_customer_whom_we_called_comes_back(house: House) -> None:
    house.arrives(CALL, Direction.OUTBOUND)
    house.rings()
    house.answers()
    house.world.say(events.CallAnswered, CALL, "far", TRUNK, LegRole.CUSTOMER, "")
    assert await house.lost() == [back()]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (LegResult.NO_ANSWER, "missed"),
        (LegResult.REJECTED, "rejected"),
        (LegResult.FAILED, "no_phone"),
    ],
)
async def test_not_taken_back_it_ends_here_and_the_agent_is_set_aside(
    house: House, result: LegResult, reason: str
) -> None:
    house.talks()
    await house.lost()
    house.leg_ends()
    house.rings(leg="back")
    house.ring_ends(result)
    assert house.desk() == [(CALL, "held", True)], "it may ring again"
    assert house.state() == ("on_call", "")
    house.world.say(events.CallQueued, CALL, "support", 99, 1)
    assert house.desk() == [(CALL, "ended", False)]
    assert house.state() == ("wrap_up", reason)
    house.rings(leg="next", device=OTHER_DEVICE)
    house.answers(leg="next", device=OTHER_DEVICE)
    assert house.desk(OTHER) == [(CALL, "active", False)]
    house.world.clock.advance(15)
    assert house.state() == ("not_ready", reason)
    assert house.desk() == []


async def test_a_phone_that_never_rang_again_sets_nobody_aside_twice(house: House) -> None:
    """It is not registered yet: the switch tries again and again, and gives up."""
    house.talks()
    await house.lost()
    house.leg_ends()
    for attempt in range(5):
        house.ring_ends(LegResult.FAILED, leg=f"attempt {attempt}")
        assert house.state() == ("on_call", "")
    house.world.presence.apply(AGENT, Input.VANISHED)
    house.world.say(events.CallQueued, CALL, "support", 99, 1)
    assert house.state() == ("wrap_up", "")
    house.world.clock.advance(15)
    assert house.state() == ("unresponsive", "disconnected")
    house.world.presence.apply(AGENT, Input.RETURNED)
    assert house.state() == ("ready", ""), "away they missed nothing"


@pytest.mark.parametrize("rings", [False, True])
async def test_the_customer_gives_up_on_the_way_back(house: House, rings: bool) -> None:
    house.talks()
    await house.lost()
    house.leg_ends()
    if rings:
        house.rings(leg="back")
    house.ends()
    assert house.desk() == [(CALL, "ended", False)]
    assert house.state() == ("wrap_up", "")


@pytest.mark.parametrize("error", [UnknownLeg("Gone."), SwitchUnavailable("No answer.")])
@pytest.mark.parametrize("leg_ended", [False, True])
async def test_a_switch_that_cannot_send_them_back(
    house: House, error: Exception, leg_ended: bool
) -> None:
    house.talks()
    house.switch.refuse = {"redirect": error}
    house.pages.lost(AGENT)
    if leg_ended:
        house.world.live.set_returning(AGENT, CALL, True)
        house.leg_ends()
    assert await house.orders() == []
    assert house.desk() == [(CALL, "ended" if leg_ended else "active", False)]
    assert house.state()[0] == ("wrap_up" if leg_ended else "on_call")


async def test_nothing_is_done_about_a_desk_without_calls(house: House) -> None:
    assert await house.lost() == []
    house.arrives()
    house.rings()
    assert await house.lost() == []
    assert await house.later() == []


# --- whether the page is gone --------------------------------------------------------------------


@pytest.mark.parametrize("silent", [True, False])
async def test_a_page_that_sounds_on_is_not_gone(house: House, silent: bool) -> None:
    house.talks()
    house.switch.silent = silent
    assert await house.silent() is silent


async def test_every_leg_of_the_telephone_is_listened_to(house: House) -> None:
    house.talks()
    house.world.say(events.CallHeld, CALL, "leg", DEVICE)
    house.talks(SECOND)
    house.consults()  # with the leg of the first
    house.pages.listen(AGENT, lambda: None)
    assert await house.orders() == [("hears", call, DEVICE, LISTEN_S) for call in (CALL, SECOND)]


@pytest.mark.parametrize("error", [UnknownLeg("Gone."), SwitchUnavailable("No answer.")])
async def test_a_switch_that_cannot_say_takes_nobody_from_a_call(
    house: House, error: Exception
) -> None:
    house.talks()
    house.switch.silent = True
    house.switch.refuse = {"hears": error}
    assert not await house.silent()


async def test_who_talks_to_nobody_is_not_listened_to(house: House) -> None:
    house.switch.silent = True
    assert not await house.silent()
    house.talks()
    house.leg_ends()
    assert not await house.silent()
