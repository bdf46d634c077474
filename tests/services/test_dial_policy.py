"""How often and for how much one agent may dial outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.domain.dialling import Tariffs
from callcenter.services import log_rows
from callcenter.services.cost_watch import LOOK_S, CostWatch
from callcenter.services.dial_policy import DialLimits, DialPolicy
from callcenter.services.errors import Conflict, Invalid
from callcenter.services.figures import midnight
from callcenter.services.views import NoticeView
from callcenter.store.database import Database
from telephony import events
from telephony.events import Direction, LegLog, LegResult, LegRole, TransferKind
from telephony.switch import ConsultOrder
from tests import people
from tests.feed_scenarios import USERS
from tests.services.phoning import AGENT, CALL, CONSULT, DEVICE, OTHER, Phoning
from tests.telephony.managers import until
from tests.telephony.test_ami import answered_call, house

NUMBER, ABROAD = "+8613900139000", "+14155552671"
TARIFFS = Tariffs({"+86": 10, "+": 200})


async def refused(policy: DialPolicy, user_id: UUID, number: str) -> str:
    with pytest.raises(Conflict) as caught:
        await policy.target(user_id, number, "number")
    return caught.value.code


async def test_so_many_numbers_in_a_minute() -> None:
    phoning = Phoning()
    policy = phoning.policed(DialLimits(per_minute=3))
    for _ in range(3):
        await policy.target(AGENT, NUMBER, "number")
        phoning.world.clock.advance(10)
    assert await refused(policy, AGENT, NUMBER) == "too_many_dials"
    assert await policy.target(AGENT, "1002", "number")  # colleagues cost nothing
    await policy.target(OTHER, NUMBER, "number")  # each for themselves
    phoning.world.clock.advance(29)
    assert await refused(policy, AGENT, NUMBER) == "too_many_dials"
    phoning.world.clock.advance(2)
    await policy.target(AGENT, NUMBER, "number")
    assert await refused(policy, AGENT, NUMBER) == "too_many_dials"


async def test_what_is_no_number_is_not_counted() -> None:
    policy = Phoning().policed(DialLimits(per_minute=1))
    for _ in range(5):
        with pytest.raises(Invalid):
            await policy.target(AGENT, "nobody", "number")
    await policy.target(AGENT, NUMBER, "number")


async def test_dials_transfers_and_consultations_count_together() -> None:
    phoning = Phoning()
    phoning.policy = phoning.policed(DialLimits(per_minute=2))
    phoning.talks()
    await phoning.consults.transfer(AGENT, CALL, NUMBER)
    await phoning.consults.consult(AGENT, CALL, NUMBER)
    with pytest.raises(Conflict) as caught:
        await phoning.phones.dial(AGENT, NUMBER)
    assert caught.value.code == "too_many_dials"


@pytest_asyncio.fixture(loop_scope="session")
async def phoning(database: Database) -> Phoning:
    """Two agents who are in the database, too."""
    for n, user_id in enumerate(USERS[:2], 1):
        await people.add_user(database, f"agent{n}", extension=f"100{n}", user_id=user_id)
    return Phoning(database)


async def dialled(
    phoning: Phoning,
    minutes: float,
    *,
    number: str = NUMBER,
    hours_ago: float = 1,
    **values: object,
) -> UUID:
    started: datetime = phoning.world.clock.now() - timedelta(hours=hours_ago)
    row = {
        "direction": "outbound",
        "dialled": number,
        "started_at": started,
        "answered_at": started,
        "ended_at": started + timedelta(minutes=minutes),
    } | values
    return await people.add_call(phoning.database, None, 0, AGENT, **row)


async def test_what_was_spent_today(phoning: Phoning) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    assert await policy.spent(AGENT) == 0
    await dialled(phoning, 2.5)
    await dialled(phoning, 1, number=ABROAD)
    await dialled(phoning, 10, answered_at=None)
    await dialled(phoning, 10, direction="inbound")
    await dialled(phoning, 10, first_agent_id=OTHER)
    await dialled(phoning, 10, ended_at=None)
    now = phoning.world.clock.now()
    yesterday = (now - midnight(now, None)).total_seconds() / 3600 + 0.1
    await dialled(phoning, 10, hours_ago=yesterday)
    assert await policy.spent(AGENT) == 3 * 10 + 200


async def test_calls_that_go_on_are_spent_as_far_as_they_went(phoning: Phoning) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    outbound = ("1.1", Direction.OUTBOUND, "1001", "", NUMBER, DEVICE)
    phoning.say(events.CallArrived, CALL, *outbound)
    phoning.say(events.CallAnswered, CALL, "leg", DEVICE, LegRole.AGENT, "")
    phoning.world.clock.advance(600)
    assert await policy.spent(AGENT) == 0  # it rings
    phoning.say(events.CallAnswered, CALL, "far", "PJSIP/carrier", LegRole.CUSTOMER, "")
    phoning.world.clock.advance(61)
    assert await policy.spent(AGENT) == 20
    assert await policy.spent(OTHER) == 0


def dials(phoning: Phoning, number: str = NUMBER) -> None:
    outbound = ("1.1", Direction.OUTBOUND, "1001", "", number, DEVICE)
    phoning.say(events.CallArrived, CALL, *outbound)
    phoning.say(events.CallAnswered, CALL, "leg", DEVICE, LegRole.AGENT, "")
    phoning.say(events.CallAnswered, CALL, "far", "PJSIP/carrier", LegRole.CUSTOMER, "")


def leaves(phoning: Phoning, leg_id: str, interface: str, role: LegRole) -> None:
    at = phoning.world.at()
    log = LegLog(leg_id, interface, role, LegResult.ANSWERED, at, at, at, 0, 0, 0, 0, 0, None)
    phoning.say(events.LegEnded, CALL, log)


async def test_a_call_that_a_colleague_took_over_is_who_dialled_its(phoning: Phoning) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    dials(phoning)
    phoning.say(events.CallTransferred, CALL, TransferKind.BLIND, DEVICE, "1002")
    phoning.say(events.CallAnswered, CALL, "other", "PJSIP/1002", LegRole.AGENT, "")
    leaves(phoning, "leg", DEVICE, LegRole.AGENT)
    phoning.world.clock.advance(121)
    assert (await policy.spent(AGENT), await policy.spent(OTHER)) == (30, 0)
    leaves(phoning, "far", "PJSIP/carrier", LegRole.CUSTOMER)
    assert await policy.spent(AGENT) == 0  # it is the log's from now on


@pytest.mark.parametrize("told_late", [False, True])
async def test_a_customer_sent_outside_costs_while_they_talk_there(
    phoning: Phoning, told_late: bool
) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    phoning.talks()
    phoning.world.clock.advance(300)
    assert await policy.spent(AGENT) == 0  # whoever calls us pays themselves
    transfer = (events.CallTransferred, CALL, TransferKind.BLIND, DEVICE, ABROAD)
    answer = (events.CallAnswered, CALL, "far", "PJSIP/carrier", LegRole.OUTSIDE, "")
    for told in (answer, transfer) if told_late else (transfer, answer):
        phoning.say(*told)
    leaves(phoning, "leg", DEVICE, LegRole.AGENT)
    phoning.world.clock.advance(90)
    assert (await policy.spent(AGENT), await policy.spent(OTHER)) == (400, 0)
    leaves(phoning, "far", "PJSIP/carrier", LegRole.OUTSIDE)
    assert await policy.spent(AGENT) == 0


def asks_outside(phoning: Phoning) -> None:
    outbound = ("2.1", Direction.OUTBOUND, "1001", "", ABROAD, DEVICE)
    phoning.say(events.CallArrived, CONSULT, *outbound)
    phoning.say(events.ConsultBegan, CONSULT, CALL, DEVICE)
    phoning.say(events.CallAnswered, CONSULT, "asking", DEVICE, LegRole.AGENT, "")


async def test_whom_one_asks_outside_costs_from_their_answer_on(phoning: Phoning) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    phoning.talks()
    asks_outside(phoning)
    phoning.world.clock.advance(50)
    assert await policy.spent(AGENT) == 0
    phoning.say(events.CallAnswered, CONSULT, "far", "PJSIP/carrier", LegRole.OUTSIDE, "")
    phoning.world.clock.advance(50)
    assert await policy.spent(AGENT) == 200
    phoning.say(events.CallMerged, CONSULT, CALL)  # three talk, or the customer was handed over
    phoning.world.clock.advance(50)
    assert await policy.spent(AGENT) == 400


@pytest.mark.parametrize("answered", [False, True])
async def test_a_consultation_that_was_cancelled_costs_if_it_was_answered(
    phoning: Phoning, answered: bool
) -> None:
    """From the switch's own events into the log."""
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    tracked = await cancelled_consultation(answered)
    for event in tracked:
        phoning.outside.on_event(event)
    assert list(phoning.outside.connections()) == []
    (log,) = (event.log for event in tracked if isinstance(event, events.CallEnded))
    assert (log.direction, log.dialled) == (Direction.OUTBOUND, ABROAD)
    began, ended = log_rows.begun(log), log_rows.ended(log, phoning.world.roster)
    today = phoning.world.clock.now() - timedelta(minutes=5) - log.started_at
    await people.add_call(
        phoning.database,
        None,
        0,
        ended["first_agent"],
        direction=began["direction"],
        dialled=began["dialled"],
        started_at=log.started_at + today,
        answered_at=ended["answered"] and ended["answered"] + today,
        ended_at=ended["ended_at"] + today,
    )
    assert await policy.spent(AGENT) == (200 if answered else 0)


async def cancelled_consultation(answered: bool) -> list[events.CallEvent]:
    """What is told of it on the simulated switch."""
    async with house() as (simulator, switch, ear):
        call_id = await answered_call(simulator, switch, ear)
        await switch.consult(call_id, DEVICE, "crm-outbound", ABROAD)
        began = await ear.next(events.ConsultBegan)
        if answered:
            board = simulator.world.board
            await until(lambda: board.pick_up(board.of("PJSIP/carrier")[-1]))
            await until(lambda: ear.all(events.CallAnswered)[-1].role is LegRole.OUTSIDE)
        await switch.consult_order(call_id, DEVICE, ConsultOrder.CANCEL)
        ended = await ear.next(events.CallEnded)
        assert ended.call_id == began.call_id
        return [one for one in ear.all(events.CallEvent) if one.call_id == began.call_id]


def watching(phoning: Phoning, daily_cost: int) -> CostWatch:
    limits = DialLimits(daily_cost=daily_cost, tariffs=TARIFFS)
    phoning.policy = phoning.policed(limits, "+86", "+1")
    world = phoning.world
    return CostWatch(phoning.policy, phoning.outside, world.feed, world.clock)


def warned(phoning: Phoning) -> list[tuple[object, str]]:
    return [
        (message.audience, message.data.code)
        for message in phoning.world.messages
        if isinstance(message.data, NoticeView)
    ]


async def test_who_talks_is_told_a_minute_before_and_not_cut(phoning: Phoning) -> None:
    watch = watching(phoning, 30)
    began = phoning.world.clock.now()
    dials(phoning)
    await watch.look()
    assert warned(phoning) == []
    told_at = []
    for _ in range(60):
        before = len(warned(phoning))
        await watch.look()
        told_at += [phoning.world.clock.now() - began] * (len(warned(phoning)) - before)
        phoning.world.clock.advance(LOOK_S)
    assert warned(phoning) == [(frozenset((AGENT,)), "daily_cost_near")]
    # The fourth minute is beyond 30; a minute before it, or one look earlier.
    assert timedelta(seconds=120 - LOOK_S) <= told_at[0] <= timedelta(seconds=120)
    assert await phoning.policy.spent(AGENT) == 50  # what lies beyond counts as well
    assert {order[0] for order in phoning.switch.orders} <= {"record"}  # nobody is cut off
    assert await refused(phoning.policy, AGENT, NUMBER) == "daily_cost_reached"
    await phoning.policy.target(OTHER, NUMBER, "number")


async def test_nobody_is_told_where_there_is_no_limit(phoning: Phoning) -> None:
    watch = watching(phoning, 0)
    watch.start()
    dials(phoning)
    phoning.world.clock.advance(6_000)
    await watch.look()
    assert warned(phoning) == []
    await watch.stop()


async def test_a_customer_sent_to_a_number_outside_costs_too(phoning: Phoning) -> None:
    policy = phoning.policed(DialLimits(tariffs=TARIFFS))
    transfers = [{"kind": "blind", "by": DEVICE, "to": ABROAD}]
    call_id = await dialled(phoning, 10, direction="inbound", transfers=transfers)
    at = phoning.world.clock.now() - timedelta(hours=1)
    for role, interface, user_id in (("agent", DEVICE, AGENT), ("outside", "PJSIP/carrier", None)):
        await people.insert(
            phoning.database,
            "call_leg",
            call_id=call_id,
            pbx="pbx1",
            uniqueid=role,
            interface=interface,
            role=role,
            user_id=user_id,
            result="answered",
            started_at=at,
            ended_at=at,
            connected_s=90,
        )
    assert await policy.spent(AGENT) == 400
    assert await policy.spent(OTHER) == 0


async def test_when_the_days_money_is_spent(phoning: Phoning) -> None:
    limits = DialLimits(daily_cost=230, tariffs=Tariffs({"+86": 10, "+1": 200}))
    policy = phoning.policed(limits, "+86", "+1", "95588")
    await dialled(phoning, 3)
    await policy.target(AGENT, ABROAD, "number")  # 30 are spent: its first minute fits
    await dialled(phoning, 1)
    assert await refused(policy, AGENT, ABROAD) == "daily_cost_reached"
    await policy.target(AGENT, NUMBER, "number")
    await dialled(phoning, 19)
    assert await policy.spent(AGENT) == 230
    assert await refused(policy, AGENT, NUMBER) == "daily_cost_reached"
    await policy.target(AGENT, "1002", "number")  # what costs nothing goes on
    await policy.target(AGENT, "95588", "number")
    await policy.target(OTHER, ABROAD, "number")
