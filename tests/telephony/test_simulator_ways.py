"""The simulated switch's other ways: back to an agent who vanished, the echo, calls on demand."""

from __future__ import annotations

import pytest

from telephony.events import Direction, LegRole
from telephony.pbx.plan import FRONT_PRIORITY
from telephony.replay import replay
from telephony.simulator.actions import Refused
from telephony.simulator.agi import Routed
from telephony.simulator.channels import Channel
from tests.telephony.stage import Stage


def talking(stage: Stage, queue: str = "vip") -> Channel:
    """A caller of that queue, who talks with 1001."""
    stage.routed = Routed(queue=queue, priority=10)
    stage.staff(queue, 1001)
    caller = stage.call_in()
    stage.pick_up(1001, after=1)
    stage.act("QueueRemove", Queue=queue, Interface="PJSIP/1001")
    stage.wait(2)
    return caller


def dialled(stage: Stage) -> Channel:
    """Somebody 1001 has called, who comes from no queue."""
    order = {"Channel": "PJSIP/1001", "Context": "crm-outbound", "Exten": "13900139001"}
    stage.act("Originate", **order)
    stage.wait(0)
    stage.pick_up(1001)
    customer = stage.world.board.of("PJSIP/carrier")[-1]
    stage.world.board.pick_up(customer)
    stage.wait(2)
    return customer


def send_back(stage: Stage, customer: Channel, extension: str = "1001") -> None:
    stage.act("Redirect", Channel=customer.name, Context="crm-return", Exten=extension)
    stage.wait(0)


@pytest.mark.parametrize("came", [talking, dialled])
def test_the_same_agent_is_rung_and_has_the_customer_again(came: object) -> None:
    assert callable(came)
    stage = Stage()
    customer = came(stage)
    old = stage.phone(1001)
    send_back(stage, customer)
    assert old.gone
    again = stage.pick_up(1001, after=5)
    assert again.bridge is customer.bridge is not None
    stage.hang_up(again)
    assert stage.world.board.channels == {}
    (log,) = replay(bytes(stage.written))
    assert [leg.interface for leg in log.legs].count("PJSIP/1001") == 2


@pytest.mark.parametrize(("came", "queue"), [(talking, "vip"), (dialled, "support")])
@pytest.mark.parametrize("declines", [True, False])
def test_unanswered_the_customer_is_first_in_their_queue(
    came: object, queue: str, declines: bool
) -> None:
    assert callable(came)
    stage = Stage()
    customer = came(stage)
    for priority in (0, 90):
        stage.routed = Routed(queue=queue, priority=priority)
        stage.call_in()
    send_back(stage, customer)
    if declines:
        stage.hang_up(stage.phone(1001), 17)
    else:
        stage.wait(14.9)
        assert stage.rings(1001)
        stage.wait(0.1)
    entries = stage.world.queues[queue].entries
    assert entries[0].channel is customer
    assert [entry.priority for entry in entries] == [FRONT_PRIORITY, 90, 0]


def test_to_an_agent_nobody_knows_there_is_no_way_back() -> None:
    stage = Stage()
    customer = talking(stage)
    send_back(stage, customer, "2999")
    assert [entry.channel for entry in stage.world.queues["vip"].entries] == [customer]


def test_who_was_sent_on_afterwards_has_no_more_than_their_tier() -> None:
    stage = Stage()
    customer = talking(stage)
    send_back(stage, customer)
    stage.wait(15)
    stage.act("Redirect", Channel=customer.name, Context="crm-transfer", Exten="q-sales")
    assert [entry.priority for entry in stage.world.queues["sales"].entries] == [10]


@pytest.mark.parametrize("ends", ["phone", "order"])
def test_the_echo_is_a_call_of_one(ends: str) -> None:
    stage = Stage()
    order = {"Channel": "PJSIP/1001", "Context": "crm-outbound", "Exten": "*43"}
    stage.act("Originate", ChannelId="me-echo", **order)
    stage.wait(0)
    phone = stage.pick_up(1001)
    stage.wait(3)
    assert len(stage.world.board.channels) == 1
    if ends == "phone":
        stage.hang_up(phone)
    else:
        stage.act("Hangup", Channel=phone.name, Cause="16")
    (log,) = replay(bytes(stage.written))
    assert [(leg.interface, leg.role) for leg in log.legs] == [("PJSIP/1001", LegRole.AGENT)]


@pytest.mark.parametrize(("to", "rings"), [("1002", 1002), ("q-sales", 1003)])
def test_a_customer_calls_whom_one_likes(to: str, rings: int) -> None:
    stage = Stage(Routed(queue="vip"))
    stage.staff("sales", 1003)
    caller = stage.world.call_in("13800138000", "王伟", talk_s=5, to=to)
    stage.wait(0)
    stage.pick_up(rings, after=1)
    stage.wait(5)
    assert caller.gone
    (log,) = replay(bytes(stage.written))
    assert (log.direction, log.caller, log.caller_name) == (
        Direction.INBOUND,
        "13800138000",
        "王伟",
    )
    assert log.queues == (("sales",) if to.startswith("q-") else ())


def test_nobody_can_call_what_is_not_there() -> None:
    for nowhere in ("1099", "q-nowhere"):
        with pytest.raises(ValueError, match="neither a phone nor a queue"):
            Stage().world.call_in("13800138000", to=nowhere)


def test_who_is_on_hold_does_not_say_goodbye() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    caller = stage.call_in(talk_s=20)
    agent = stage.pick_up(1001)
    stage.world.board.hold(agent, True)
    stage.wait(60)
    assert not caller.gone
    stage.world.board.hold(agent, False)
    stage.wait(5)
    assert caller.gone


def test_but_not_for_ever() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    caller = stage.call_in(talk_s=20)
    stage.world.board.hold(stage.pick_up(1001), True)
    stage.wait(20 + 120)
    assert caller.gone


def test_a_colleague_answers_by_themselves() -> None:
    stage = Stage(answering=("PJSIP/1002",))
    caller = talking(stage)
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten="1002")
    stage.wait(6)
    assert stage.phone(1002).bridge is caller.bridge is not None


def test_only_what_is_recorded_can_be_paused() -> None:
    stage = Stage()
    caller = talking(stage)
    with pytest.raises(Refused, match="Cannot set mute flag"):
        stage.act("MixMonitorMute", Channel=caller.name, Direction="both", State="1")
    stage.act("MixMonitor", Channel=caller.name, File="one.wav")
    assert (
        dict(stage.act("Getvar", Channel=caller.name, Variable="MIXMONITOR_FILENAME").fields)[
            "Value"
        ]
        == "one.wav"
    )
    for wrong in ({"Direction": "up", "State": "1"}, {"Direction": "both", "State": "on"}):
        with pytest.raises(Refused):
            stage.act("MixMonitorMute", Channel=caller.name, **wrong)
    stage.act("StopMixMonitor", Channel=caller.name)
    with pytest.raises(Refused, match="Could not stop"):
        stage.act("StopMixMonitor", Channel=caller.name)
