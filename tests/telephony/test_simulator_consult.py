"""Attended transfer on the simulated switch: how it may end besides well (see the recordings)."""

from __future__ import annotations

import pytest

from telephony.events import CallLog, CallResult, LegResult, TransferKind
from telephony.replay import replay
from telephony.simulator.actions import Refused
from telephony.simulator.channels import Channel
from tests.telephony.stage import Stage


def consulting(stage: Stage, exten: str = "1002") -> tuple[Channel, Channel]:
    """A caller waits while 1001 rings `exten`; the caller's and the agent's channels."""
    stage.staff("support", 1001)
    caller = stage.call_in()
    agent = stage.pick_up(1001, after=1)
    stage.wait(2)
    stage.act("Atxfer", Channel=agent.name, Context="crm-transfer", Exten=exten)
    stage.wait(1)
    return caller, agent


def the_log(stage: Stage) -> CallLog:
    assert stage.world.board.channels == {}
    (log,) = replay(bytes(stage.written))
    return log


def results(log: CallLog) -> dict[str, LegResult]:
    return {leg.interface: leg.result for leg in log.legs}


def test_the_third_party_declines_and_the_agent_has_the_caller_again() -> None:
    stage = Stage()
    caller, agent = consulting(stage)
    stage.hang_up(stage.phone(1002), 17)
    stage.wait(2)
    assert agent.bridge is caller.bridge
    stage.hang_up(caller)
    log = the_log(stage)
    assert (log.result, log.transfers) == (CallResult.ANSWERED, ())
    assert results(log)["PJSIP/1002"] is not LegResult.ANSWERED


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


def test_the_caller_leaves_while_they_consult() -> None:
    stage = Stage()
    caller, _ = consulting(stage)
    stage.pick_up(1002)
    stage.wait(1)
    stage.hang_up(caller)
    assert the_log(stage).result is CallResult.ANSWERED


def test_the_agent_gives_up_before_anybody_answered() -> None:
    stage = Stage()
    _, agent = consulting(stage)
    stage.hang_up(agent)
    assert the_log(stage).transfers == ()


def test_the_caller_is_taken_elsewhere_meanwhile() -> None:
    stage = Stage()
    caller, _ = consulting(stage)
    stage.act("Redirect", Channel=caller.name, Context="crm-transfer", Exten="1003")
    stage.pick_up(1003, after=1)
    stage.wait(1)
    stage.hang_up(caller)
    assert results(the_log(stage))["PJSIP/1003"] is LegResult.ANSWERED


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
