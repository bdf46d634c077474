"""How often and for how much one agent may dial outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from callcenter.domain.dialling import Tariffs
from callcenter.services.dial_policy import DialLimits, DialPolicy
from callcenter.services.errors import Conflict, Invalid
from callcenter.services.figures import midnight
from callcenter.store.database import Database
from telephony import events
from telephony.events import Direction, LegRole
from tests import people
from tests.feed_scenarios import USERS
from tests.services.phoning import AGENT, CALL, DEVICE, OTHER, Phoning

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
