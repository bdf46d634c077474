"""A call that comes from another switch of the house."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from telephony.calls import CallTracker, Topology
from telephony.events import (
    AgentRinging,
    CallArrived,
    CallEnded,
    Direction,
    LegRole,
    TelephonyEvent,
    call_id_for,
)
from telephony.wire import Frame

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
THERE = call_id_for("pbx1", "1700000000.7")


class Switch:
    """Frames of pbx2, a second apart."""

    def __init__(self) -> None:
        topology = Topology(trunks=("PJSIP/carrier", "PJSIP/pbx1"), links=("PJSIP/pbx1",))
        self.tracker = CallTracker("pbx2", topology)
        self.events: list[TelephonyEvent] = []
        self._at = 1_700_000_100

    def say(self, event: str, **headers: str) -> None:
        self._at += 1
        lines = [f"Event: {event}", f"Timestamp: {self._at}.0"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.events += self.tracker.feed(Frame("\r\n".join(lines).encode()), NOW)

    def comes(self, trunk: str = "PJSIP/pbx1") -> None:
        self.say(
            "Newchannel",
            Channel=f"{trunk}-00000001",
            ChannelStateDesc="Ring",
            CallerIDNum="13800138000",
            CallerIDName="Wang",
            Exten="3001",
            Uniqueid="9.1",
            Linkedid="9.1",
        )

    def linked(self, whence: str = "pbx1/1700000000.7", house: str = "") -> None:
        self.say("UserEvent", UserEvent="CrmLinked", Uniqueid="9.1", From=whence, House=house)

    def rings(self) -> None:
        phone = {"Channel": "PJSIP/3001-00000002", "Uniqueid": "9.2", "Linkedid": "9.1"}
        self.say("Newchannel", ChannelStateDesc="Down", **phone)
        dest = {f"Dest{name}": value for name, value in phone.items()}
        self.say("DialBegin", Channel="PJSIP/pbx1-00000001", Uniqueid="9.1", **dest)
        self.say("Newstate", ChannelStateDesc="Ringing", **phone)

    def hangs_up(self) -> CallEnded:
        self.say("Hangup", Channel="PJSIP/3001-00000002", Uniqueid="9.2", Cause="16")
        self.say("Hangup", Channel="PJSIP/pbx1-00000001", Uniqueid="9.1", Cause="16")
        ended = self.events[-1]
        assert isinstance(ended, CallEnded)
        return ended

    def arrived(self) -> list[CallArrived]:
        return [event for event in self.events if isinstance(event, CallArrived)]


def test_a_customer_who_is_sent_on_is_the_same_contact() -> None:
    switch = Switch()
    switch.comes()
    switch.linked()
    assert switch.arrived() == []  # until it is known who calls
    switch.rings()
    [arrived] = switch.arrived()
    assert (arrived.direction, arrived.caller) == (Direction.INBOUND, "13800138000")
    assert any(isinstance(event, AgentRinging) for event in switch.events)
    log = switch.hangs_up().log
    assert log.linked == (THERE,)
    assert [leg.role for leg in log.legs] == [LegRole.CUSTOMER, LegRole.AGENT]


def test_a_colleague_who_calls_is_no_customer() -> None:
    switch = Switch()
    switch.comes()
    switch.linked(house="1")
    switch.rings()
    [arrived] = switch.arrived()
    assert arrived.direction is Direction.INTERNAL
    log = switch.hangs_up().log
    assert (log.direction, log.linked) == (Direction.INTERNAL, (THERE,))
    assert [leg.role for leg in log.legs] == [LegRole.AGENT, LegRole.AGENT]


def test_a_customer_of_a_trunk_is_announced_at_once_and_stays_one() -> None:
    switch = Switch()
    switch.comes("PJSIP/carrier")
    assert len(switch.arrived()) == 1
    switch.linked(house="1")
    switch.rings()
    assert switch.hangs_up().log.direction is Direction.INBOUND


@pytest.mark.parametrize("whence", ["", "pbx1", "pbx1/", "/1.1", "pbx1/1 1", "pbx2/1.1", "a/b/c"])
def test_what_names_no_call_of_another_switch_links_nothing(whence: str) -> None:
    switch = Switch()
    switch.comes()
    switch.linked(whence)
    switch.say("UserEvent", UserEvent="CrmLinked", Uniqueid="8.8", From="pbx1/1.1")
    switch.rings()
    assert switch.hangs_up().log.linked == ()
