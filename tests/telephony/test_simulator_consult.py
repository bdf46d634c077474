"""Attended transfer on the simulated switch: how it may end besides well (see the recordings)."""

from __future__ import annotations

import pytest

from telephony.ami.orders import CONSULT_KEYS
from telephony.events import CallLog, CallResult, Direction, LegResult, TransferKind
from telephony.replay import replay
from telephony.simulator.actions import Refused
from telephony.simulator.channels import Channel
from telephony.switch import ConsultOrder
from tests.telephony.stage import Stage


def consulting(stage: Stage, exten: str = "1002") -> tuple[Channel, Channel]:
    """A caller waits while 1001 rings `exten`; the caller's and the agent's channels."""
    stage.staff("support", 1001)
    caller = stage.call_in()
    agent = stage.pick_up(1001, after=1)
    stage.wait(2)
    stage.act("Setvar", Channel=agent.name, Variable="__CRM_CONSULT", Value=place(exten))
    stage.act("Atxfer", Channel=agent.name, Context="crm-consult", Exten="0#")
    stage.wait(1)
    return caller, agent


def place(exten: str) -> str:
    context = "crm-outbound" if len(exten) > 9 else "crm-transfer"
    return f"{context},{exten},1"


def press(stage: Stage, order: ConsultOrder) -> None:
    agent = stage.world.board.of("PJSIP/1001")[0].name
    for key in CONSULT_KEYS[order]:
        stage.act("PlayDTMF", Channel=agent, Digit=key, Receive="true")
    stage.wait(0.25)


def the_log(stage: Stage) -> CallLog:
    assert stage.world.board.channels == {}
    (log,) = [log for log in logs(stage) if log.direction is Direction.INBOUND]
    return log


def logs(stage: Stage) -> list[CallLog]:
    """The caller's, and that of a consultation that did not become a part of it."""
    return replay(bytes(stage.written))


def results(stage: Stage) -> dict[str, LegResult]:
    return {leg.interface: leg.result for log in logs(stage) for leg in log.legs}


def test_the_third_party_declines_and_the_agent_has_the_caller_again() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    stage.hang_up(stage.phone(1002), 17)
    stage.wait(2)
    assert agent.bridge is caller.bridge
    stage.hang_up(caller)
    log = the_log(stage)
    assert (log.result, log.transfers) == (CallResult.ANSWERED, ())
    assert results(stage)["PJSIP/1002"] is not LegResult.ANSWERED


def test_the_third_party_leaves_and_the_agent_has_the_caller_again() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    expert = stage.pick_up(1002)
    stage.wait(2)
    stage.hang_up(expert)
    assert agent.bridge is caller.bridge
    stage.wait(1)
    stage.hang_up(agent)
    assert the_log(stage).transfers == ()


def test_the_caller_leaves_while_they_consult_and_the_two_talk_on() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    expert = stage.pick_up(1002)
    stage.wait(1)
    stage.hang_up(caller)
    stage.wait(1)
    assert expert.bridge is agent.bridge is not None
    stage.hang_up(expert)
    assert the_log(stage).result is CallResult.ANSWERED


def test_the_caller_leaves_while_it_rings_and_whoever_answers_has_the_agent() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    stage.hang_up(caller)
    expert = stage.pick_up(1002, after=1)
    stage.wait(1)
    assert expert.bridge is agent.bridge is not None
    stage.hang_up(agent)
    assert stage.world.board.channels == {}


def test_the_caller_leaves_the_agent_who_had_come_back_to_them() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    expert = stage.pick_up(1002)
    press(stage, ConsultOrder.SWAP)
    assert agent.bridge is caller.bridge
    stage.hang_up(caller)
    stage.wait(1)
    assert expert.bridge is agent.bridge is not None
    stage.hang_up(agent)
    assert stage.world.board.channels == {}


def test_to_hang_up_while_it_rings_is_to_hand_over() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    stage.hang_up(agent)
    expert = stage.pick_up(1002, after=1)
    stage.wait(1)
    assert expert.bridge is caller.bridge
    stage.hang_up(caller)
    assert [transfer.kind for transfer in the_log(stage).transfers] == [TransferKind.ATTENDED]


@pytest.mark.parametrize("refuses", [True, False])
def test_handed_over_while_it_rings_and_taken_by_nobody(refuses: bool) -> None:
    """The agent's own telephone rings again; unanswered there too, the caller is let go."""
    stage = Stage()
    consulting(stage)
    press(stage, ConsultOrder.COMPLETE)
    stage.hang_up(stage.phone(1002), 17)
    assert stage.rings(1001)
    if refuses:
        stage.hang_up(stage.phone(1001), 17)
    stage.wait(30)
    assert stage.world.board.channels == {}


def test_the_caller_does_not_wait_for_whom_they_are_handed_to() -> None:
    stage = Stage()
    caller, _ = consulting(stage)
    press(stage, ConsultOrder.COMPLETE)
    stage.hang_up(caller)
    assert stage.world.board.channels == {}


def test_orders_while_it_rings() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    press(stage, ConsultOrder.THREE_WAY)
    assert agent.bridge is not caller.bridge, "nobody is there yet"
    press(stage, ConsultOrder.SWAP)
    assert agent.bridge is caller.bridge
    expert = stage.pick_up(1002)
    press(stage, ConsultOrder.THREE_WAY)
    stage.wait(1)
    assert expert.bridge is agent.bridge is caller.bridge
    for channel in (expert, caller):
        stage.hang_up(channel)
    assert stage.world.board.channels == {}


def test_keys_that_are_no_order_change_nothing() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    stage.pick_up(1002)
    for key in "1#BC*":
        stage.act("PlayDTMF", Channel=agent.name, Digit=key, Receive="true")
    stage.act("PlayDTMF", Channel=agent.name, Digit="C")  # only sent to the phone
    stage.wait(2)
    assert agent.bridge is not caller.bridge


def test_whoever_was_given_a_caller_may_consult_too() -> None:
    stage = Stage()
    caller, _ = consulting(stage)
    second = stage.pick_up(1002)
    press(stage, ConsultOrder.COMPLETE)
    stage.wait(1)
    stage.act("Atxfer", Channel=second.name, Context="crm-transfer", Exten="1003")
    stage.wait(0.2)
    third = stage.pick_up(1003)
    stage.hang_up(second)
    stage.wait(1)
    assert third.bridge is caller.bridge
    stage.hang_up(third)
    assert len(the_log(stage).transfers) == 2


def test_a_caller_handed_over_to_a_queue_waits_there() -> None:
    stage = Stage()
    caller, agent = consulting(stage, "q-sales")
    press(stage, ConsultOrder.COMPLETE)
    assert agent.gone
    stage.staff("sales", 1003)
    stage.wait(0)
    taker = stage.pick_up(1003, after=1)
    stage.wait(1)
    assert taker.bridge is caller.bridge
    stage.hang_up(taker)
    assert stage.world.board.channels == {}
    assert [member.in_call for member in stage.world.queues["sales"].members.values()] == [False]


def test_the_caller_is_taken_elsewhere_meanwhile() -> None:
    """The agent and whom they ask keep each other."""
    stage = Stage()
    caller, agent = consulting(stage)
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten="1003")
    stage.pick_up(1003, after=1)
    stage.wait(1)
    stage.hang_up(caller)
    stage.hang_up(agent)
    assert results(stage)["PJSIP/1003"] is LegResult.ANSWERED


def test_the_caller_leaves_just_after_the_handover() -> None:
    """Before the Local channel is optimised away."""
    stage = Stage()
    caller, agent = consulting(stage)
    stage.pick_up(1002)
    stage.hang_up(agent)
    stage.hang_up(caller)
    stage.wait(1)
    assert [transfer.kind for transfer in the_log(stage).transfers] == [TransferKind.ATTENDED]


def test_outside_experts_can_be_asked() -> None:
    stage = Stage()
    caller, agent = consulting(stage, "13900139001")
    expert = stage.world.board.of("PJSIP/carrier")[-1]
    stage.world.board.pick_up(expert)
    stage.hang_up(agent)
    stage.wait(1)
    assert expert.bridge is caller.bridge
    stage.hang_up(caller)


def test_only_somebody_who_talks_can_consult() -> None:
    stage = Stage()
    stage.staff("support", 1001)
    stage.call_in()
    with pytest.raises(Refused, match="No attended transfer"):
        stage.act("Atxfer", Channel=stage.phone(1001).name, Context="crm-transfer", Exten="1002")
