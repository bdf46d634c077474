"""Agents' orders: what the screen is told and what the switch's queues are made to do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest

from callcenter.domain.agents import Input, restored
from callcenter.services.agents import ABSENT_S, Agents
from callcenter.services.errors import Conflict, Invalid, Unavailable
from callcenter.services.membership import Membership
from callcenter.services.roster import Seat
from telephony import events
from telephony.switch import SwitchRefused, SwitchUnavailable
from tests.fakes import FakeSwitch
from tests.feed_scenarios import PBX, ROSTER_QUEUES, ROSTER_SEATS, USERS, World, leg_log, named

AGENT = USERS[0]
DEVICE = "PJSIP/1001"


@dataclass
class House:
    world: World
    switch: FakeSwitch
    membership: Membership
    agents: Agents
    reloads: int = 0
    unfinished: frozenset[UUID] = frozenset()  # who has after-call work that must not be left
    log: asyncio.Event = field(default_factory=asyncio.Event)  # set: it answers

    def state(self) -> str:
        return self.world.presence.view(AGENT).state

    async def orders(self) -> list[tuple[object, ...]]:
        """What the switch was told since last asked."""
        for _ in range(20):
            await asyncio.sleep(0)
        told, self.switch.orders = self.switch.orders, []
        return told


@pytest.fixture
def house() -> House:
    world, switch = World(), FakeSwitch()
    membership = Membership(world.roster, switch, world.clock)

    async def work_done(user_id: UUID) -> None:
        await made.log.wait()
        if user_id in made.unfinished:
            raise Conflict("disposition_required", "Say first how this call ended.")

    async def reload() -> None:
        made.reloads += 1
        new = Seat(named("new"), "New", "1009", "PJSIP/1009", ("support",))
        world.roster.replace([*ROSTER_SEATS, new], ROSTER_QUEUES)

    made = House(
        world,
        switch,
        membership,
        Agents(
            roster=world.roster,
            presence=world.presence,
            membership=membership,
            clock=world.clock,
            resume=world.live.resume,
            reload_roster=reload,
            work_done=work_done,
        ),
    )
    made.log.set()
    return made


async def test_a_shift(house: House) -> None:
    await house.agents.sign_in(AGENT)
    assert house.state() == "not_ready"
    assert await house.orders() == [
        ("queue_add", "support", DEVICE, "Agent 1", True),
        ("queue_add", "vip", DEVICE, "Agent 1", True),
        ("queue_pause", DEVICE, True, "signed_in"),
    ]
    await house.agents.ready(AGENT)
    assert house.state() == "ready"
    assert await house.orders() == [("queue_pause", DEVICE, False, "")]
    await house.agents.not_ready(AGENT, "lunch")
    assert await house.orders() == [("queue_pause", DEVICE, True, "lunch")]
    await house.agents.sign_out(AGENT)
    assert house.state() == "signed_out"
    assert await house.orders() == [
        ("queue_remove", "support", DEVICE),
        ("queue_remove", "vip", DEVICE),
    ]


async def test_paused_from_the_answer_until_wrap_up_is_over(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.orders()
    house.world.command(AGENT, Input.RING)
    assert await house.orders() == []
    house.world.command(AGENT, Input.ANSWERED)
    assert await house.orders() == [("queue_pause", DEVICE, True, "on_call")]
    until = house.world.clock.now().replace(hour=10)
    house.world.presence.apply(AGENT, Input.TALK_ENDED, wrap_until=until)
    assert await house.orders() == [("queue_pause", DEVICE, True, "wrap_up")]
    await house.agents.finish_wrap_up(AGENT)
    assert await house.orders() == [("queue_pause", DEVICE, False, "")]


async def test_work_that_must_not_be_left_keeps_its_agent_until_the_clock_ends_it(
    house: House,
) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    house.world.command(AGENT, Input.ANSWERED)
    until = house.world.at() + timedelta(seconds=15)
    house.world.presence.apply(AGENT, Input.TALK_ENDED, wrap_until=until)
    house.unfinished = frozenset({AGENT})
    for leave in (house.agents.ready, house.agents.finish_wrap_up):
        with pytest.raises(Conflict) as caught:
            await leave(AGENT)
        assert caught.value.code == "disposition_required"
        assert house.state() == "wrap_up"
    house.world.clock.advance(15)
    assert house.state() == "ready"
    await house.agents.not_ready(AGENT, "lunch")
    await house.agents.ready(AGENT)
    assert house.state() == "ready", "what was left open keeps nobody from the next call"


async def test_what_happens_while_the_log_is_asked_about_the_work_counts(house: House) -> None:
    """At another screen they asked for a break; or the clock was faster than the key."""
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    for leave, otherwise in (
        (house.agents.ready, "lunch"),
        (house.agents.ready, ""),
        (house.agents.finish_wrap_up, ""),
    ):
        house.world.command(AGENT, Input.ANSWERED)
        until = house.world.at() + timedelta(seconds=15)
        house.world.presence.apply(AGENT, Input.TALK_ENDED, wrap_until=until)
        house.log.clear()
        leaving = asyncio.create_task(leave(AGENT))
        await house.orders()
        if otherwise:
            await house.agents.not_ready(AGENT, otherwise)
        else:
            house.world.clock.advance(15)
        house.log.set()
        await leaving
        assert house.state() == ("not_ready" if otherwise else "ready"), (leave, otherwise)
        await house.agents.ready(AGENT)


async def test_signing_in_twice_is_signing_in_once(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.agents.sign_in(AGENT)
    assert house.state() == "ready"


@pytest.mark.parametrize("answered", [False, True])
async def test_a_call_that_outlived_our_restart_is_its_agents_again(
    house: House, answered: bool
) -> None:
    """The switch tells of it before the browsers are back."""
    world, call = house.world, named("outlived")
    fields = ("1.1", events.Direction.INBOUND, "95588", "", "4001", "PJSIP/carrier")
    world.say(events.CallArrived, call, *fields)
    world.say(events.AgentRinging, call, "leg", DEVICE, "support")
    if answered:
        world.say(events.CallAnswered, call, "leg", DEVICE, events.LegRole.AGENT, "support")
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    assert house.state() == ("on_call" if answered else "ringing")
    paused = [order for order in await house.orders() if order[0] == "queue_pause"]
    if answered:
        assert paused == [("queue_pause", DEVICE, True, "on_call")]
        world.say(events.LegEnded, call, leg_log(DEVICE, "leg", world))
        assert house.state() == "wrap_up"


async def test_ready_waits_for_the_switch(house: House) -> None:
    house.switch.connected = False
    await house.agents.sign_in(AGENT)
    with pytest.raises(Unavailable) as caught:
        await house.agents.ready(AGENT)
    assert caught.value.code == "switch_not_connected"
    assert house.state() == "not_ready"
    house.switch.connected = True
    house.switch.refuse = {"queue_add": SwitchRefused("No such queue.")}
    with pytest.raises(Conflict, match="No such queue"):
        await house.agents.ready(AGENT)


async def test_a_ready_that_failed_is_not_made_up_for_later(house: House) -> None:
    await house.agents.sign_in(AGENT)
    house.switch.connected = False
    with pytest.raises(Unavailable):
        await house.agents.ready(AGENT)
    await house.orders()
    house.switch.connected = True
    house.membership.on_event(events.SwitchConnected(PBX, 1, house.world.at(), "22"))
    assert ("queue_add", "support", DEVICE, "Agent 1", True) in await house.orders()
    assert house.state() == "not_ready"


async def test_a_ready_that_timed_out_but_was_carried_out_is_taken_back(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.orders()
    house.switch.refuse = {"queue_pause": SwitchUnavailable("No answer within 5 s.")}
    with pytest.raises(Unavailable):
        await house.agents.ready(AGENT)
    house.switch.refuse = {}
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, True, "signed_in")


@pytest.mark.parametrize("otherwise", ["vanished", "lunch"])
async def test_what_is_ordered_while_ready_is_on_its_way_counts(
    house: House, otherwise: str
) -> None:
    """Also when it changes nothing: an agent who was disconnected and is so again."""
    await house.agents.sign_in(AGENT)
    await house.agents.vanished(AGENT)
    await house.agents.sign_in(AGENT)
    await house.orders()
    ready = asyncio.create_task(house.agents.ready(AGENT))
    house.switch.gate.clear()
    await house.orders()
    if otherwise == "vanished":
        await house.agents.vanished(AGENT)
    else:
        await house.agents.not_ready(AGENT, otherwise)
    house.switch.gate.set()
    await ready
    view = house.world.presence.view(AGENT)
    if otherwise == "vanished":
        assert (view.state, view.afterwards) == ("unresponsive", "ready"), "when they are back"
    else:
        assert (view.state, view.reason) == ("not_ready", otherwise)
    assert (await house.orders())[-1][2] is True, "the last word to the switch is: paused"


async def test_after_a_reconnection_the_queues_are_made_as_the_states_want_them(
    house: House,
) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.orders()
    house.switch.connected = False
    await house.agents.not_ready(AGENT, "lunch")
    await house.orders()
    house.switch.connected = True
    house.membership.on_event(events.SwitchConnected(PBX, 1, house.world.at(), "22"))
    assert await house.orders() == [
        ("queue_add", "support", DEVICE, "Agent 1", True),
        ("queue_add", "vip", DEVICE, "Agent 1", True),
        ("queue_pause", DEVICE, True, "lunch"),
    ]


async def test_a_pause_that_failed_is_tried_again_later_and_later(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.orders()
    house.switch.refuse = {"queue_add": SwitchRefused("Busy."), "queue_pause": SwitchRefused("!")}
    await house.agents.not_ready(AGENT, "lunch")
    for seconds in (1, 2):
        assert await house.orders() == []
        house.world.clock.advance(seconds)
    assert await house.orders() == []
    house.switch.refuse = {}
    house.world.clock.advance(3.9)
    assert await house.orders() == []
    house.world.clock.advance(0.2)
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, True, "lunch")
    house.world.clock.advance(600)
    assert await house.orders() == []


async def test_other_queues_and_another_phone_are_taken_up_while_signed_in(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.orders()
    moved = replace(ROSTER_SEATS[0], queues=("sales", "support"))

    def reload(*seats: Seat) -> None:
        house.world.roster.replace([*seats, *ROSTER_SEATS[1:]], ROSTER_QUEUES)
        house.membership.roster_changed()

    reload(moved)
    assert await house.orders() == [
        ("queue_remove", "vip", DEVICE),
        ("queue_add", "sales", DEVICE, "Agent 1", False),
        ("queue_pause", DEVICE, False, ""),
    ]
    reload(replace(moved, queues=("sales",), interface="PJSIP/2001"))
    assert await house.orders() == [
        ("queue_remove", "sales", DEVICE),
        ("queue_remove", "support", DEVICE),
        ("queue_add", "sales", "PJSIP/2001", "Agent 1", False),
    ]
    reload()  # no user any more
    assert await house.orders() == [("queue_remove", "sales", "PJSIP/2001")]
    reload()
    assert await house.orders() == []


async def test_a_queue_that_could_not_be_left_is_left_later(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.orders()
    house.world.roster.replace([replace(ROSTER_SEATS[0], queues=("support",))], ROSTER_QUEUES)
    house.switch.refuse = {"queue_remove": SwitchRefused("Busy.")}
    house.membership.roster_changed()
    assert await house.orders() == []
    house.switch.refuse = {}
    house.world.clock.advance(1)
    assert (await house.orders())[0] == ("queue_remove", "vip", DEVICE)


async def test_a_member_left_from_before_our_restart_is_removed(house: House) -> None:
    def member(interface: str) -> events.MemberChanged:
        return events.MemberChanged(
            PBX, 1, house.world.at(), "support", interface, False, "", False
        )

    house.membership.on_event(member("PJSIP/1002"))
    assert await house.orders() == [
        ("queue_remove", "support", "PJSIP/1002"),
        ("queue_remove", "vip", "PJSIP/1002"),
    ]
    await house.agents.sign_in(AGENT)
    await house.orders()
    house.membership.on_event(member(DEVICE))
    house.membership.on_event(member("PJSIP/7777"))
    assert await house.orders() == []


async def test_only_the_last_wish_is_carried_out(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.orders()
    await house.agents.ready(AGENT)
    await house.agents.not_ready(AGENT, "lunch")
    await house.agents.not_ready(AGENT, "training")
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, True, "training")


async def test_a_browser_that_vanished_is_not_rung_for_ever(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    await house.agents.vanished(AGENT)
    view = house.world.presence.view(AGENT)
    assert (view.state, view.reason, view.afterwards) == ("unresponsive", "disconnected", "ready")
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, True, "disconnected")
    await house.agents.sign_in(AGENT)
    assert house.state() == "ready", "as before"
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, False, "")


async def test_who_stays_away_is_signed_out_but_not_out_of_a_call(house: House) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.vanished(AGENT)
    house.world.clock.advance(ABSENT_S - 1)
    await house.agents.sign_in(AGENT)
    house.world.clock.advance(ABSENT_S)
    assert house.state() == "not_ready", "they came back"
    assert not house.agents.busy(AGENT)
    house.world.command(AGENT, Input.ANSWERED)
    await house.agents.vanished(AGENT)
    house.world.clock.advance(ABSENT_S + 1)
    assert house.state() == "on_call"
    assert house.agents.busy(AGENT)
    house.world.command(AGENT, Input.TALK_ENDED)
    assert house.state() == "unresponsive"
    await house.orders()
    house.world.clock.advance(ABSENT_S)
    assert house.state() == "signed_out"
    assert ("queue_remove", "support", DEVICE) in await house.orders()


@pytest.mark.parametrize("reason", ["", "golf", "missed", "signed_in"])
async def test_a_pause_needs_a_reason_from_the_list(house: House, reason: str) -> None:
    await house.agents.sign_in(AGENT)
    await house.agents.ready(AGENT)
    with pytest.raises(Invalid) as caught:
        await house.agents.not_ready(AGENT, reason)
    assert caught.value.code == "unknown_reason"
    assert house.state() == "ready"


async def test_a_pause_has_the_limit_of_its_reason(house: House) -> None:
    await house.agents.sign_in(AGENT)
    began = house.world.at()
    await house.agents.not_ready(AGENT, "lunch")
    view = house.world.presence.view(AGENT)
    assert view.limit_at == began + timedelta(minutes=30)
    house.world.clock.advance(3600)
    assert house.state() == "not_ready", "nothing is forced"
    await house.agents.not_ready(AGENT, "training")
    assert house.world.presence.view(AGENT).limit_at is None


async def test_a_wrap_up_is_made_longer_once(house: House) -> None:
    world, call = house.world, named("call")
    await house.agents.sign_in(AGENT)
    fields = ("1.1", events.Direction.INBOUND, "95588", "", "4001", "PJSIP/carrier")
    world.say(events.CallArrived, call, *fields)
    world.say(events.AgentRinging, call, "leg", DEVICE, "support")
    world.say(events.CallAnswered, call, "leg", DEVICE, events.LegRole.AGENT, "support")
    world.say(events.LegEnded, call, leg_log(DEVICE, "leg", world))
    view = world.presence.view(AGENT)
    assert (view.state, view.may_extend) == ("wrap_up", True)
    assert view.until is not None
    await house.agents.extend_wrap_up(AGENT)
    longer = world.presence.view(AGENT)
    assert (longer.until, longer.may_extend) == (view.until + timedelta(seconds=60), False)
    with pytest.raises(Conflict) as caught:
        await house.agents.extend_wrap_up(AGENT)
    assert caught.value.code == "no_more_time"
    world.clock.advance(74)
    assert house.state() == "wrap_up"
    world.clock.advance(2)
    assert house.state() == "not_ready"


async def test_what_a_former_run_left_is_waited_for_and_restored(house: House) -> None:
    world, other = house.world, USERS[1]
    gone = restored("ready", "", "ready", "", None, None, world.at(), since=world.at())
    wrapping = restored(
        "wrap_up", "", "ready", "", world.at(10), None, world.at(), since=world.at()
    )
    house.agents.restore({AGENT: gone, other: wrapping})
    assert house.state() == "unresponsive"
    assert ("queue_add", "support", DEVICE, "Agent 1", True) in await house.orders()
    world.clock.advance(9)
    assert world.presence.view(other).state == "wrap_up"
    world.clock.advance(1)
    assert world.presence.view(other).state == "unresponsive"
    await house.agents.sign_in(AGENT)
    assert house.state() == "ready"
    assert (await house.orders())[-1] == ("queue_pause", DEVICE, False, "")
    world.clock.advance(ABSENT_S)
    assert house.state() == "ready"
    assert world.presence.view(other).state == "signed_out"


async def test_what_is_not_possible_now(house: House) -> None:
    with pytest.raises(Conflict) as caught:
        await house.agents.finish_wrap_up(AGENT)
    assert caught.value.code == "agent_signed_out"
    await house.agents.sign_in(AGENT)
    house.world.command(AGENT, Input.ANSWERED)
    with pytest.raises(Conflict, match="on_call cannot sign out"):
        await house.agents.sign_out(AGENT)


async def test_somebody_without_a_phone_is_never_ready(house: House) -> None:
    boss = Seat(named("boss"), "Boss", "", "", ())
    house.world.roster.replace([*ROSTER_SEATS, boss], ROSTER_QUEUES)
    await house.agents.sign_in(boss.user_id)
    with pytest.raises(Conflict) as caught:
        await house.agents.ready(boss.user_id)
    assert caught.value.code == "no_phone"
    assert await house.orders() == []


async def test_somebody_in_no_queue_is_never_ready(house: House) -> None:
    boss = Seat(named("boss"), "Boss", "1007", "PJSIP/1007", ())
    house.world.roster.replace([*ROSTER_SEATS, boss], ROSTER_QUEUES)
    await house.agents.sign_in(boss.user_id)
    assert house.world.presence.view(boss.user_id).queues == ()
    with pytest.raises(Conflict) as caught:
        await house.agents.ready(boss.user_id)
    assert caught.value.code == "no_queue"
    assert house.world.presence.view(boss.user_id).state == "not_ready"


async def test_a_user_made_after_the_start_is_found(house: House) -> None:
    await house.agents.sign_in(named("new"))
    await house.agents.ready(named("new"))
    assert house.reloads == 1
