"""Members of two switches: one that comes back finds its own members, and leaves the other's."""

from __future__ import annotations

import asyncio

from callcenter.services.membership import Member, Membership
from callcenter.services.roster import QueueInfo, Roster, Seat
from callcenter.services.switchboard import Switchboard
from callcenter.store.ids import new_id
from telephony.events import SwitchConnected
from tests.fakes import START, FakeClock, FakeSwitch

ANN, BOB = new_id(), new_id()


async def test_a_switch_that_comes_back_gets_its_own_members_only() -> None:
    one, two = FakeSwitch("pbx1"), FakeSwitch("pbx2")
    queue = QueueInfo(new_id(), "support", {}, "support", 0, True)
    roster = Roster(
        [
            Seat(ANN, "Ann", "2001", "PJSIP/2001", ("support",)),
            Seat(BOB, "Bob", "3001", "pbx2:PJSIP/3001", ("support",)),
        ],
        [queue],
    )
    board = Switchboard(one, two)
    membership = Membership(roster, board, FakeClock())
    board.subscribe(membership.on_event)
    for user_id in (ANN, BOB):
        await membership.ensure(user_id, Member(paused=False))
    assert one.orders == [("queue_add", "support", "PJSIP/2001", "Ann", False)]
    assert two.orders == [("queue_add", "support", "PJSIP/3001", "Bob", False)]

    one.orders.clear()
    two.orders.clear()
    two.emit(SwitchConnected("pbx2", 1, START, "22"))
    async with asyncio.timeout(5):
        while not two.orders:  # noqa: ASYNC110 (a fake tells nobody)
            await asyncio.sleep(0.01)
    assert two.orders == [("queue_add", "support", "PJSIP/3001", "Bob", False)]
    assert one.orders == []
    await membership.stop()
