"""Whether the switch is there: each agent is told about their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callcenter.feed import Feed, Message
from callcenter.services.roster import Roster, Seat
from callcenter.services.switch_states import NOT_CONNECTED, SwitchStates
from callcenter.services.views import SwitchTrouble, SwitchView
from callcenter.store.ids import new_id
from telephony.events import SwitchConnected, SwitchLost
from telephony.problems import Problem

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANN, BOB, EVE = new_id(), new_id(), new_id()
SEATS = [
    Seat(ANN, "Ann", "2001", "PJSIP/2001", ()),
    Seat(BOB, "Bob", "3001", "pbx2:PJSIP/3001", ()),
    Seat(EVE, "Eve", "", "", ()),
]
WELL = SwitchView(True, True)
REFUSED = Problem("refused", {"at": "10.0.0.9:5038"})


@pytest.fixture
def told() -> list[Message]:
    return []


def made(told: list[Message], *pbxs: str) -> SwitchStates:
    feed = Feed()
    feed.subscribe(told.append)
    return SwitchStates(pbxs, Roster(SEATS), feed, lambda: True)


def connected(pbx: str) -> SwitchConnected:
    return SwitchConnected(pbx, 1, NOW, "22")


def lost(pbx: str) -> SwitchLost:
    return SwitchLost(pbx, 1, NOW, REFUSED)


def gone_of(pbx: str, problem: Problem = REFUSED, simulated: bool = True) -> SwitchView:
    return SwitchView(False, simulated, (SwitchTrouble(pbx, problem),))


def test_one_switch_is_everybodys(told: list[Message]) -> None:
    states = made(told, "pbx1")
    assert states.of(ANN) == NOT_CONNECTED
    states.connected(connected("pbx1"))
    states.connected(connected("pbx1"))
    states.lost(lost("pbx1"))
    assert [(one.audience, one.data) for one in told] == [
        (None, WELL),
        (None, gone_of("")),
    ]
    assert states.of(BOB) == states.whole == gone_of("")


def test_of_two_each_is_told_about_their_own(told: list[Message]) -> None:
    states = made(told, "pbx1", "pbx2")
    states.connected(connected("pbx1"))
    missing = Problem("not_connected_yet")
    assert states.of(ANN) == WELL
    assert states.of(BOB) == gone_of("pbx2", missing, simulated=False)
    assert states.of(EVE) == states.whole == gone_of("pbx2", missing)
    states.connected(connected("pbx2"))
    assert states.of(BOB) == states.of(EVE) == WELL
    told.clear()

    states.lost(lost("pbx2"))
    gone = gone_of("pbx2")
    assert (states.of(ANN), states.of(BOB), states.of(EVE)) == (WELL, gone, gone)
    assert [(one.audience, one.data) for one in told] == [(frozenset({BOB, EVE}), gone)]


def test_who_moves_to_another_switch_is_told(told: list[Message]) -> None:
    feed = Feed()
    feed.subscribe(told.append)
    roster = Roster(SEATS)
    states = SwitchStates(("pbx1", "pbx2"), roster, feed, lambda: True)
    states.connected(connected("pbx1"))
    told.clear()
    moved = Seat(ANN, "Ann", "2001", "pbx2:PJSIP/2001", ())
    roster.replace([moved, *SEATS[1:]], [])
    states.roster_changed()
    [message] = told
    assert message.audience == frozenset({ANN})
    assert states.of(ANN).connected is False


def test_a_device_at_a_switch_that_is_not_set_up(told: list[Message]) -> None:
    roster = Roster([Seat(ANN, "Ann", "9", "pbx9:PJSIP/9", ())])
    states = SwitchStates(("pbx1", "pbx2"), roster, Feed(), lambda: True)
    assert states.of(ANN) == gone_of("pbx9", Problem("not_set_up"), simulated=False)
    assert states.of(ANN).reason == "pbx9: No switch of this name is set up."
