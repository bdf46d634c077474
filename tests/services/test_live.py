"""Who sees which call, when: the pop's rules, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from callcenter.domain.agents import Input
from callcenter.services.views import CallView, QueueView, RecentContact
from telephony import events
from telephony.events import Direction, LegResult, LegRole, call_id_for
from telephony.problems import Problem
from tests.feed_scenarios import (
    DEVICES,
    NUMBERS,
    PBX,
    ROSTER_QUEUES,
    ROSTER_SEATS,
    USERS,
    World,
    card,
    leg_log,
    named,
    some_log,
)

AGENT, OTHER, THIRD = USERS
KNOWN, STRANGER = NUMBERS[0], NUMBERS[1]
CALL = call_id_for(PBX, "1.1")
TRUNK = "PJSIP/carrier"


@pytest.fixture
def world() -> World:
    made = World()
    for user in USERS:
        made.command(user, Input.SIGN_IN)
        made.command(user, Input.GO_READY)
    made.messages.clear()
    return made


def arrives(world: World, number: str = KNOWN, call: UUID = CALL, queue: str = "support") -> None:
    fields = (f"1.{call.hex[:4]}", Direction.INBOUND, number, "WANG", "4001", TRUNK)
    world.say(events.CallArrived, call, *fields)
    world.say(events.CallQueued, call, queue, 10, 1)


def rings(world: World, device: str = DEVICES[0], call: UUID = CALL) -> None:
    world.say(events.AgentRinging, call, f"leg {device}", device, "support")


def stops_ringing(
    world: World, result: LegResult, device: str = DEVICES[0], call: UUID = CALL
) -> None:
    world.say(events.AgentRingEnded, call, f"leg {device}", device, result)


def answers(world: World, device: str = DEVICES[0], call: UUID = CALL) -> None:
    world.say(events.CallAnswered, call, f"leg {device}", device, LegRole.AGENT, "support")


def leaves(world: World, device: str = DEVICES[0], call: UUID = CALL) -> None:
    world.say(events.LegEnded, call, leg_log(device, f"leg {device}", world))


def ends(world: World, call: UUID = CALL) -> None:
    world.say(events.CallEnded, call, some_log(call, world))


def told(world: World, user: UUID) -> list[str]:
    """What this user's screen was told of calls, in short."""
    lines = []
    for message in world.messages:
        if message.is_for(user) and message.type in {"call", "call.gone"}:
            data = orjson.loads(message.encoded())["data"]
            lines.append(data.get("state", "gone"))
    return lines


def desk(world: World, user: UUID = AGENT) -> list[CallView]:
    return list(world.live.snapshot(user).calls)


def state(world: World, user: UUID = AGENT) -> tuple[str, str]:
    me = world.live.snapshot(user).me
    return me.state, me.reason


def test_a_waiting_caller_is_on_nobodys_desk(world: World) -> None:
    arrives(world)
    world.clock.advance(1)
    assert all(told(world, user) == [] for user in USERS)
    assert world.live.snapshot(OTHER).queues[0].waiting == 1


def test_only_the_ringing_agents_screen_pops_and_knows_everything(world: World) -> None:
    arrives(world)
    world.clock.advance(7)
    rings(world)
    assert told(world, AGENT) == ["ringing"]
    assert told(world, OTHER) == told(world, THIRD) == []
    [call] = desk(world)
    assert call.caller.match == "exact"
    assert call.caller.card == card(KNOWN)
    assert call.queue == "support"
    assert call.queued_at is not None
    assert call.rang_at is not None
    assert (call.rang_at - call.queued_at).total_seconds() == 7
    assert call.ticket_id == card(KNOWN).tickets[0].id
    assert state(world) == ("ringing", "")


def test_a_stranger_pops_by_number_and_is_completed_when_the_look_up_returns(world: World) -> None:
    arrives(world, STRANGER)
    rings(world)
    [call] = desk(world)
    assert (call.caller.number, call.caller.looked_up) == (STRANGER, False)
    assert world.asked == [(CALL, STRANGER, "WANG")]
    world.directory.cards[STRANGER] = card(STRANGER)
    world.live.caller_known(CALL, world.directory.caller(STRANGER, "WANG"))
    [call] = desk(world)
    assert call.caller.card == card(STRANGER)
    assert told(world, AGENT) == ["ringing", "ringing"]


def test_a_look_up_that_returns_before_the_ringing_is_in_the_first_pop(world: World) -> None:
    arrives(world, STRANGER)
    world.directory.cards[STRANGER] = card(STRANGER)
    world.live.caller_known(CALL, world.directory.caller(STRANGER))
    rings(world)
    assert told(world, AGENT) == ["ringing"]
    assert desk(world)[0].caller.looked_up


def test_a_withheld_number_is_not_looked_up(world: World) -> None:
    arrives(world, "")
    rings(world)
    assert world.asked == []
    assert desk(world)[0].caller.match == "withheld"


def test_ring_all_pops_everywhere_and_goes_when_one_answers(world: World) -> None:
    arrives(world)
    for device in DEVICES:
        rings(world, device)
    answers(world, DEVICES[1])
    assert told(world, OTHER) == ["ringing", "active"]
    assert told(world, AGENT) == told(world, THIRD) == ["ringing", "gone"]
    for device in (DEVICES[0], DEVICES[2]):
        stops_ringing(world, LegResult.CANCELLED, device)
    assert told(world, AGENT) == ["ringing", "gone"]
    assert state(world) == ("ready", "")
    assert state(world, OTHER)[0] == "on_call"


@pytest.mark.parametrize(
    ("result", "after"),
    [
        (LegResult.NO_ANSWER, ("not_ready", "missed")),
        (LegResult.FAILED, ("not_ready", "no_phone")),
        (LegResult.REJECTED, ("not_ready", "rejected")),
        (LegResult.BUSY, ("not_ready", "no_phone")),
        (LegResult.CANCELLED, ("ready", "")),
    ],
)
def test_a_ring_that_nobody_answered(
    world: World, result: LegResult, after: tuple[str, str]
) -> None:
    arrives(world)
    rings(world)
    stops_ringing(world, result)
    assert told(world, AGENT) == ["ringing", "gone"]
    assert state(world) == after


def test_one_phone_that_gives_up_while_another_of_the_same_agent_rings(world: World) -> None:
    arrives(world)
    rings(world)
    world.say(events.AgentRinging, CALL, "second phone", DEVICES[0], "support")
    stops_ringing(world, LegResult.NO_ANSWER)
    assert state(world) == ("ringing", "")
    assert told(world, AGENT) == ["ringing"]
    world.say(events.AgentRingEnded, CALL, "second phone", DEVICES[0], LegResult.NO_ANSWER)
    assert state(world) == ("not_ready", "missed")


def test_a_phone_that_cannot_even_ring(world: World) -> None:
    arrives(world)
    stops_ringing(world, LegResult.FAILED)
    assert told(world, AGENT) == []
    assert state(world) == ("not_ready", "no_phone")


def test_the_caller_gives_up_while_it_rings(world: World) -> None:
    arrives(world)
    rings(world)
    ends(world)
    assert told(world, AGENT) == ["ringing", "gone"]
    assert state(world) == ("ready", "")
    world.clock.advance(1)
    assert world.live.snapshot(AGENT).queues[0].waiting == 0


def test_talk_hold_hang_up_and_wrap_up_that_ends_by_itself(world: World) -> None:
    arrives(world)
    rings(world)
    answers(world)
    world.say(events.CallUnqueued, CALL, "support")
    world.say(events.CallHeld, CALL, "leg", DEVICES[0])
    world.say(events.CallResumed, CALL, "leg", DEVICES[0])
    leaves(world)
    ends(world)
    assert told(world, AGENT) == ["ringing", "active", "held", "active", "ended"]
    assert state(world) == ("wrap_up", "")
    world.clock.advance(14.9)
    assert state(world)[0] == "wrap_up"
    world.clock.advance(0.2)
    assert state(world) == ("ready", "")
    assert desk(world) == []
    assert world.wrapped == [(CALL, AGENT, 15.0)]


def test_wrap_up_ended_by_the_agent_is_measured(world: World) -> None:
    arrives(world)
    rings(world)
    answers(world)
    leaves(world)
    world.clock.advance(4)
    world.command(AGENT, Input.GO_READY)
    assert state(world) == ("ready", "")
    assert world.wrapped == [(CALL, AGENT, 4.0)]
    world.clock.advance(60)
    assert state(world) == ("ready", "")


def test_not_ready_asked_for_during_a_call_follows_the_wrap_up(world: World) -> None:
    arrives(world)
    rings(world)
    answers(world)
    world.command(AGENT, Input.GO_NOT_READY, "lunch")
    assert state(world) == ("on_call", "lunch")
    leaves(world)
    assert state(world) == ("wrap_up", "lunch")
    world.clock.advance(16)
    assert state(world) == ("not_ready", "lunch")


def test_a_second_call_keeps_the_agent_on_the_phone_until_both_are_over(world: World) -> None:
    second = named("second call")
    arrives(world)
    rings(world)
    answers(world)
    arrives(world, STRANGER, second)
    rings(world, call=second)
    answers(world, call=second)
    assert [call.id for call in desk(world)] == [CALL, second]
    leaves(world)
    assert state(world)[0] == "on_call"
    leaves(world, call=second)
    assert state(world)[0] == "wrap_up"
    world.clock.advance(20)
    assert desk(world) == []


def test_a_blind_transfer_moves_the_call_to_the_next_desk(world: World) -> None:
    arrives(world)
    rings(world)
    answers(world)
    leaves(world)  # the first agent hands over
    rings(world, DEVICES[1])
    answers(world, DEVICES[1])
    assert state(world)[0] == "wrap_up"
    assert told(world, OTHER) == ["ringing", "active"]
    assert desk(world, OTHER)[0].caller.card == card(KNOWN)


def test_a_finished_consultation_becomes_the_customers_call(world: World) -> None:
    consult = named("consultation")
    arrives(world)
    rings(world)
    answers(world)
    fields = ("1.2", Direction.INTERNAL, "1001", "", "1002", DEVICES[0])
    world.say(events.CallArrived, consult, *fields)
    rings(world, DEVICES[1], consult)
    answers(world, DEVICES[1], consult)
    assert desk(world, OTHER)[0].caller.name == "Agent 1"
    world.say(events.CallMerged, consult, CALL)
    [call] = desk(world, OTHER)
    assert (call.id, call.state) == (CALL, "active")
    assert call.caller.card == card(KNOWN)
    assert [one.id for one in desk(world)] == [CALL]


def consult(world: World, call: UUID, dialled: str = "1002") -> None:
    """The first agent asks somebody about the customer who talks with them."""
    arrives(world)
    rings(world)
    answers(world)
    direction = Direction.INTERNAL if len(dialled) == 4 else Direction.OUTBOUND
    world.say(events.CallArrived, call, "1.2", direction, "1001", "", dialled, DEVICES[0])
    world.say(events.ConsultBegan, call, CALL, DEVICES[0])
    world.say(events.CallHeld, CALL, f"leg {DEVICES[0]}", DEVICES[0])


def test_who_is_consulted_sees_the_customer_before_they_have_them(world: World) -> None:
    asked = named("consultation")
    consult(world, asked)
    rings(world, DEVICES[1], asked)
    [call] = desk(world, OTHER)
    assert (call.id, call.consult_of, call.caller.name) == (asked, CALL, "Agent 1")
    assert call.about is not None
    assert call.about.card == card(KNOWN)
    assert call.ticket_id == card(KNOWN).tickets[0].id
    customer, mine = desk(world)
    assert (customer.state, customer.consult_of, customer.about) == ("held", None, None)
    assert (mine.consult_of, mine.caller.name, mine.about) == (CALL, "Agent 2", None)
    world.live.set_ticket(CALL, None)
    assert desk(world, OTHER)[0].ticket_id is None
    corrected = world.directory.caller(STRANGER, "LI")
    world.live.customer_chosen(CALL, named("somebody else"), corrected)
    assert desk(world, OTHER)[0].about == corrected
    told_last = [m.data for m in world.messages if m.is_for(OTHER) and m.type == "call"][-1]
    assert told_last == desk(world, OTHER)[0]


def test_who_is_spoken_to_is_told_by_hold(world: World) -> None:
    asked = named("consultation")
    consult(world, asked)
    rings(world, DEVICES[1], asked)
    answers(world, DEVICES[1], asked)
    world.say(events.CallHeld, asked, "leg", DEVICES[0])  # swap
    world.say(events.CallResumed, CALL, "leg", DEVICES[0])
    assert [(call.id, call.state) for call in desk(world)] == [(CALL, "active"), (asked, "held")]
    world.say(events.CallHeld, CALL, "leg", DEVICES[0])
    world.say(events.CallResumed, asked, "leg", DEVICES[0])
    assert [call.state for call in desk(world)] == ["held", "active"]
    ends(world, asked)  # cancel
    world.say(events.CallResumed, CALL, "leg", DEVICES[0])
    assert [(call.id, call.state) for call in desk(world)] == [(CALL, "active")]
    assert desk(world, OTHER) == []
    assert state(world, OTHER) == ("ready", "")


def test_the_customer_leaves_while_their_agent_asks_somebody(world: World) -> None:
    asked = named("consultation")
    consult(world, asked)
    rings(world, DEVICES[1], asked)
    answers(world, DEVICES[1], asked)
    leaves(world)
    ends(world)
    assert [(call.id, call.state) for call in desk(world)] == [(CALL, "ended"), (asked, "active")]
    assert desk(world)[1].about is None
    assert desk(world, OTHER)[0].about is not None, "it is still about them"
    assert state(world)[0] == "on_call"
    ends(world, asked)
    assert [(call.id, call.state) for call in desk(world)] == [(CALL, "ended")]
    assert state(world)[0] == "wrap_up"
    world.clock.advance(16)
    assert world.live.call(asked) is None


def test_a_completed_consultation_keeps_ticket_and_note(world: World) -> None:
    asked, ticket = named("consultation"), named("ticket")
    consult(world, asked)
    world.live.set_note(CALL, "wants his money back")
    world.live.set_ticket(CALL, ticket)
    rings(world, DEVICES[1], asked)
    answers(world, DEVICES[1], asked)
    world.say(events.CallMerged, asked, CALL)
    leaves(world)
    [call] = desk(world, OTHER)
    assert (call.id, call.state, call.consult_of, call.about) == (CALL, "active", None, None)
    assert (call.ticket_id, call.note) == (ticket, "wants his money back")
    assert call.caller.card == card(KNOWN)
    assert call.parties == ()
    assert state(world)[0] == "wrap_up"


def test_a_transfer_before_the_colleague_answered(world: World) -> None:
    asked = named("consultation")
    consult(world, asked)
    rings(world, DEVICES[1], asked)
    world.say(events.CallMerged, asked, CALL)
    leaves(world)
    [call] = desk(world, OTHER)
    assert (call.id, call.state, call.caller.card) == (CALL, "ringing", card(KNOWN))
    answers(world, DEVICES[1])
    assert desk(world, OTHER)[0].state == "active"
    assert state(world, OTHER)[0] == "on_call"


def test_three_together_name_each_other_until_one_leaves(world: World) -> None:
    asked = named("consultation")
    consult(world, asked)
    rings(world, DEVICES[1], asked)
    answers(world, DEVICES[1], asked)
    world.say(events.CallMerged, asked, CALL)
    assert [(call.id, call.state, call.parties) for call in desk(world)] == [
        (CALL, "active", ("Agent 2",))
    ]
    assert [(call.id, call.parties) for call in desk(world, OTHER)] == [(CALL, ("Agent 1",))]
    leaves(world)
    assert desk(world, OTHER)[0].parties == ()
    assert desk(world, OTHER)[0].state == "active"
    assert desk(world)[0].parties == ()


def test_somebody_outside_is_named_until_they_leave(world: World) -> None:
    asked = named("consultation")
    consult(world, asked, STRANGER)
    world.say(events.CallAnswered, asked, "far", TRUNK, LegRole.CUSTOMER, "")
    world.say(events.CallMerged, asked, CALL)
    assert desk(world)[0].parties == (STRANGER,)
    log = replace(leg_log(TRUNK, "far", world), role=LegRole.OUTSIDE)
    world.say(events.LegEnded, CALL, log)
    assert desk(world)[0].parties == ()
    assert desk(world)[0].state == "active"


def test_recording_is_as_the_queue_wants_and_the_switch_tells(world: World) -> None:
    def shown() -> str:
        return desk(world)[0].recording

    def switch_says(state: events.RecordingState) -> None:
        world.say(events.RecordingChanged, CALL, state)

    arrives(world, queue="support")
    rings(world)
    assert shown() == "never"
    world.say(events.CallQueued, CALL, "vip", 10, 1)
    assert shown() == "off"
    answers(world)
    for told_state in (events.RecordingState.ON, events.RecordingState.PAUSED):
        switch_says(told_state)
        assert shown() == told_state
    switch_says(events.RecordingState.OFF)
    assert shown() == "off"


def strips_of(world: World, queue: str) -> list[QueueView]:
    strips = [m.data for m in world.messages if isinstance(m.data, QueueView)]
    return [strip for strip in strips if strip.name == queue]


def test_the_strip_counts_the_tiers_that_are_known(world: World) -> None:
    arrives(world, KNOWN)
    arrives(world, STRANGER, named("stranger"))
    world.clock.advance(1)
    queue = world.live.snapshot(AGENT).queues[0]
    assert (queue.waiting, queue.tiers) == (2, {"platinum": 1})
    world.directory.cards[STRANGER] = card(STRANGER)
    world.live.caller_known(named("stranger"), world.directory.caller(STRANGER))
    world.clock.advance(1)
    assert world.live.snapshot(AGENT).queues[0].tiers == {"platinum": 2}
    rings(world)
    world.say(events.CallUnqueued, CALL, "support")
    world.clock.advance(1)
    assert world.live.snapshot(AGENT).queues[0].tiers == {"platinum": 1}
    assert len(strips_of(world, "support")) == 3


def test_the_customer_leaves_during_a_consultation_and_is_wrapped_up_after_it(
    world: World,
) -> None:
    consult = named("consultation")
    arrives(world)
    rings(world)
    answers(world)
    fields = ("1.2", Direction.INTERNAL, "1001", "", "1002", DEVICES[0])
    world.say(events.CallArrived, consult, *fields)
    rings(world, DEVICES[1], consult)
    answers(world, DEVICES[1], consult)
    leaves(world)
    ends(world)
    assert state(world)[0] == "on_call"
    ends(world, consult)
    assert state(world)[0] == "wrap_up"
    assert {call.id for call in desk(world)} == {CALL, consult}
    world.clock.advance(15)
    assert desk(world) == []
    assert world.wrapped == [(CALL, AGENT, 15.0)]


def test_click_to_dial_rings_the_agent_then_the_customer(world: World) -> None:
    fields = ("1.1", Direction.OUTBOUND, "1001", "", KNOWN, DEVICES[0])
    world.say(events.CallArrived, CALL, *fields)
    rings(world)
    assert desk(world)[0].state == "ringing"
    answers(world)
    calling = desk(world)[0]
    assert (calling.state, calling.answered_at) == ("active", None)
    assert calling.caller.card == card(KNOWN)
    world.clock.advance(5)
    world.say(events.CallAnswered, CALL, "far", TRUNK, LegRole.CUSTOMER, "")
    assert desk(world)[0].answered_at == world.clock.now()
    leaves(world)
    assert state(world)[0] == "wrap_up"


def test_a_dialled_number_that_is_busy_leaves_no_after_call_work(world: World) -> None:
    fields = ("1.1", Direction.OUTBOUND, "1001", "", KNOWN, DEVICES[0])
    world.say(events.CallArrived, CALL, *fields)
    assert state(world)[0] == "on_call"
    ends(world)
    assert state(world) == ("ready", "")
    assert desk(world) == []


def test_every_screen_is_told_what_follows_the_call(world: World) -> None:
    """Not ready, dialled, hung up: the wrap-up ends where they were, and all windows know it."""

    def told_me() -> tuple[str, str, str]:
        me = world.live.snapshot(AGENT).me
        return me.state, me.afterwards, me.reason

    assert told_me() == ("ready", "ready", "")
    world.command(AGENT, Input.GO_NOT_READY, "lunch")
    world.say(events.CallArrived, CALL, "1.1", Direction.OUTBOUND, "1001", "", KNOWN, DEVICES[0])
    assert told_me() == ("on_call", "not_ready", "lunch")
    world.command(AGENT, Input.GO_READY)
    assert told_me() == ("on_call", "ready", "")
    world.command(AGENT, Input.GO_NOT_READY, "lunch")
    answers(world)
    world.presence.apply(AGENT, Input.TALK_ENDED, wrap_until=world.at() + timedelta(seconds=15))
    assert told_me() == ("wrap_up", "not_ready", "lunch")
    world.clock.advance(15)
    assert told_me() == ("not_ready", "not_ready", "lunch")
    told = [m.data.afterwards for m in world.messages if m.type == "agent" and m.is_for(AGENT)]  # type: ignore[attr-defined]  # AgentView
    assert told == ["not_ready", "not_ready", "ready", "not_ready", "not_ready", "not_ready"]


def test_an_internal_call_shows_each_side_the_other(world: World) -> None:
    fields = ("1.1", Direction.INTERNAL, "1001", "", "1002", DEVICES[0])
    world.say(events.CallArrived, CALL, *fields)
    rings(world, DEVICES[1])
    assert desk(world)[0].caller.name == "Agent 2"
    assert desk(world, OTHER)[0].caller.name == "Agent 1"
    answers(world, DEVICES[1])
    assert desk(world)[0].answered_at is not None
    ends(world)
    assert state(world, OTHER) == ("ready", "")


def test_what_a_person_chose_outlives_a_late_look_up(world: World) -> None:
    arrives(world, STRANGER)
    rings(world)
    chosen = world.directory.caller(KNOWN)
    world.live.customer_chosen(CALL, named("chosen"), chosen)
    world.live.caller_known(CALL, world.directory.caller(STRANGER))
    assert desk(world)[0].caller == chosen


def test_a_burst_of_callers_is_one_message_for_the_strip(world: World) -> None:
    for number in range(10):
        arrives(world, call=named(f"burst {number}"))
    world.clock.advance(1)
    assert len(strips_of(world, "support")) == 1
    assert world.live.snapshot(AGENT).queues[0].waiting == 10


def test_nothing_is_kept_of_calls_that_are_over(world: World) -> None:
    for number in range(5):
        call = named(f"gone {number}")
        arrives(world, call=call)
        rings(world, call=call)
        answers(world, call=call)
        leaves(world, call=call)
        ends(world, call=call)
        world.clock.advance(16)
        assert world.live.call(call) is None


def test_events_of_calls_nobody_announced_change_nothing(world: World) -> None:
    rings(world)
    answers(world)
    leaves(world)
    ends(world)
    assert world.messages == []


def test_the_switch_is_shown_as_it_is(world: World) -> None:
    lost = events.SwitchLost(PBX, world.stamp(), world.at(), Problem("closed"))
    world.live.on_event(lost)
    world.live.on_event(lost)
    assert world.live.snapshot(AGENT).switch.reason == str(Problem("closed"))
    world.live.on_event(events.SwitchConnected(PBX, world.stamp(), world.at(), "22.10.1"))
    assert world.live.snapshot(AGENT).switch.connected
    assert [m.type for m in world.messages] == ["switch", "switch"]


def test_who_signs_in_while_talking_is_on_a_call(world: World) -> None:
    """After a restart of ours: the calls are there before the screens are."""
    arrives(world)
    world.command(AGENT, Input.SIGN_OUT)
    rings(world)
    answers(world)
    assert state(world)[0] == "signed_out"
    world.command(AGENT, Input.SIGN_IN)
    world.live.resume(AGENT)
    assert state(world) == ("on_call", "signed_in")
    leaves(world)
    assert state(world)[0] == "wrap_up"
    world.clock.advance(15)
    assert state(world) == ("not_ready", "signed_in")


@pytest.mark.parametrize("reads_all", [{"call"}, {"ticket"}, set()])
def test_a_pop_shows_the_calls_and_tickets_of_who_may_read_all(
    world: World, reads_all: set[str]
) -> None:
    first, *others = ROSTER_SEATS
    restricted = replace(first, reads_all=frozenset(reads_all))
    world.roster.replace([restricted, *others], ROSTER_QUEUES)
    known = card(KNOWN)
    met = RecentContact(world.at(), "inbound", "answered", "Zhang", 60, "private")
    world.directory.cards[KNOWN] = replace(known, contacts=(met,))
    arrives(world)
    rings(world)
    rings(world, DEVICES[1])
    told = [one.data for one in world.messages]
    for user, mask in ((AGENT, reads_all), (OTHER, {"call", "ticket"})):
        [view] = world.live.snapshot(user).calls
        shown = view.caller.card
        assert shown is not None
        assert (bool(shown.contacts), bool(shown.tickets)) == ("call" in mask, "ticket" in mask)
        assert view in told, "pushed as it stands in the snapshot"
